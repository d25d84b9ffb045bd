"""Replenishment: reorder rules, what is short, and the runs that ask for it."""

from typing import Annotated

from fastapi import Query

from activities.replenishment import shortages
from activities.replenishment.reorder_rules import put_reorder_rule
from api import processes, schedules
from api.door import Asked, AskedRequest, Router, allows
from api.records import Resource, router_for
from api.schedules import Recurring, ScheduleAsked, ScheduleView
from domains.master_data import queries as master_data
from domains.replenishment import queries, rules
from domains.replenishment.messages import (
    ReplenishmentRunAsked,
    ReplenishmentRunProgress,
    ShortageView,
    ShowRequisitions,
)
from domains.replenishment.queries import REORDER_RULES, ReorderRuleView, reorder_rule
from foundation.values.days import TooFarAhead, check_not_too_far_ahead
from foundation.values.messages import Code
from workflows.dunning_run import RunOn

runs = Router(prefix="/v1/replenishment-runs", tags=["Procurement"])
reports = Router(prefix="/v1/reports", tags=["Reports"])

DAILY = Recurring("replenishment_run", "What runs short is asked for")
READ, RUN = allows("replenishment.shortage.read"), allows("replenishment.run.start")


async def _reorder_rule(asked: AskedRequest, code: str) -> ReorderRuleView | None:
    async with asked.read() as tx:
        return await reorder_rule(tx, code)


reorder_rules = router_for(
    Resource(
        path="reorder-rules",
        tag="Procurement",
        permission="replenishment.reorder_rule",
        put=put_reorder_rule,
        view=ReorderRuleView,
        records=REORDER_RULES,
        read=_reorder_rule,
        example={
            "code": "MAIN/FRAME-CITY",
            "item_code": "FRAME-CITY",
            "warehouse_code": "MAIN",
            "reorder_point": "20",
            "order_up_to": "60",
            "valid_from": "2026-01-01",
        },
    )
)


@reports.get("/shortages", dependencies=[READ])
async def shortages_now(
    asked: Asked,
    item: Annotated[Code | None, Query(description="Only of this item")] = None,
    warehouse: Annotated[Code | None, Query(description="Only in this warehouse")] = None,
) -> list[ShortageView]:
    """What is short now, by item and warehouse: where orders wait, or a reorder rule of today is reached by
    what there is; with what is to come for it, and how much more is to be bought.
    """
    async with asked.read() as tx:
        found = await queries.positions(
            tx, asked.today, warehouse_code=warehouse, item_codes=None if item is None else [item]
        )
    return [rules.as_shown(rules.shortage(one, asked.today)) for one in found if one.is_short]


@runs.post("", status_code=201, dependencies=[RUN])
async def run(wanted: ReplenishmentRunAsked, asked: Asked) -> ReplenishmentRunProgress:
    """Ask for what is short now, with requisitions of a day. A day that had its run gets no other. With
    `?dry_run=true` it is shown what would be asked for, and what could not.
    """
    on = wanted.on or asked.today
    async with asked.read() as tx:
        company = await master_data.company(tx)
    try:
        check_not_too_far_ahead(on, asked.today, company.days_ahead)
    except TooFarAhead as refusal:
        raise refusal.of_field("on") from None
    start = processes.Start(
        name="replenishment_run",
        document_id=on,
        command=RunOn(on=on, time_zone=str(asked.time_zone)),
        answer_type=ReplenishmentRunProgress,
        summary=f"The run of {on}",
        first=(shortages.show_requisitions, ShowRequisitions(on=on)),
    )
    progress: ReplenishmentRunProgress = await processes.start(asked, start)
    return progress


@runs.post("/schedule", dependencies=[RUN])
async def schedule(wanted: ScheduleAsked, asked: Asked) -> ScheduleView:
    """Have a run each day, also for days that were missed; or none for now. Who has it scheduled is who asks
    for what its runs ask for, and does not approve it.
    """
    return await schedules.keep(asked, DAILY, wanted)


@runs.get("/schedule", dependencies=[READ])
async def scheduled(asked: Asked) -> ScheduleView:
    """When the next run is due."""
    return await schedules.shown(asked, DAILY)
