"""Runs over many: how far one has come, what became of each item, and how it is cancelled."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from api import processes
from api.door import Asked, Router, allows
from api.lists import Conditions, add_list
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, equal, named
from foundation.database.tables import ProcessState, RunItem
from foundation.process.run import CancelRun, run_types
from foundation.process.run_messages import RunProgress, Status
from foundation.values.errors import NotFound
from foundation.values.messages import Message

router = Router(prefix="/v1/runs", tags=["Processes"])

READ = allows("operations.process.read")


class RunView(Message):
    """Where a run stands: of so many items, how many were done, refused, failed, left, or are still open."""

    id: str
    type: str
    stage: str
    waiting_on: str | None
    why: str | None
    exception: str | None
    outcome: str | None
    started_at: datetime
    closed_at: datetime | None
    items: int
    open: int
    done: int
    refused: int
    failed: int
    left: int


class RunItemView(Message):
    """One item of a run, and what became of it."""

    position: int
    item_id: str
    party: str | None
    status: str
    failure: str | None
    """The class of what was in its way, such as `period-locked`."""
    reason: str | None
    attempts: int
    changed_at: datetime | None
    body: dict[str, Any]


async def _of_run(run_id: str) -> Conditions:
    """The items of one run. Refuses: NotFound."""
    _check_is_run(run_id)
    return [RunItem.run_id == run_id]


ITEMS = Listing(
    name="run_items",
    about="The items of a run in their order; those that could not be done are `refused` or `failed`.",
    view=RunItemView,
    rows=select(*columns_for(RunItem, RunItemView)),
    filters=(equal(RunItem.status, type=Status), equal(RunItem.party), equal(RunItem.failure)),
    sorts=named(RunItem.position, RunItem.party, RunItem.changed_at),
    order="position",
    unique=(RunItem.position,),
)
add_list(router, ITEMS, READ, path="/{run_id:path}/items", where=_of_run)


@router.get("/{run_id:path}", dependencies=[READ])
async def one_run(run_id: str, asked: Asked) -> RunView:
    """How far a run has come. Refuses: NotFound."""
    _check_is_run(run_id)
    counted = select(RunItem.status, func.count().label("items")).where(RunItem.run_id == run_id)
    async with asked.read() as tx:
        state = await tx.get(ProcessState, run_id)
        if state is None:
            raise NotFound(f"there is no run {run_id}")
        counts = {row.status: row["items"] for row in await tx.execute(counted.group_by(RunItem.status))}
    of_process = {name: getattr(state, name) for name in RunView.model_fields if name in state.keys()}  # noqa: SIM118
    stands = {status: counts.get(status, 0) for status in ("open", "done", "refused", "failed", "left")}
    return RunView(**of_process, **stands, items=sum(counts.values()))


@router.post("/{run_id:path}/cancellation", dependencies=[allows("operations.process.repair")])
async def cancel(run_id: str, wanted: CancelRun, asked: Asked) -> RunProgress:
    """Begin no more of a run: what is done stays, and what is not begun never is. Refuses: NotFound."""
    _check_is_run(run_id)
    return await processes.command(asked, run_id, "cancel", wanted, RunProgress)


def _check_is_run(run_id: str) -> None:
    """A path may name any process: only runs over many are shown and cancelled here. Refuses: NotFound."""
    kind = run_id.split("/")[1] if run_id.count("/") > 1 else ""
    if kind not in run_types():
        raise NotFound(f"there is no run {run_id}")
