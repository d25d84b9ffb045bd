"""Dunning: procedures, runs, who is being reminded, and the letters with their PDF."""

from uuid import UUID

from fastapi import Response

from activities.receivables import dunning, dunning_procedures, printing
from api import prints, processes, schedules
from api.door import Asked, AskedRequest, Router, allows
from api.lists import add_list
from api.receivables.write_offs import reverse_document
from api.records import Resource, records, router_for
from api.schedules import Recurring, ScheduleAsked, ScheduleView
from domains.ledger.messages import DocumentReversed, ReversalAsked
from domains.receivables.messages import (
    DisputeAsked,
    DisputeDunning,
    DunningProcedurePut,
    DunningRunAsked,
    DunningRunProgress,
    EndDunning,
    LoadDunningProcedure,
    PromiseAsked,
    PromiseDunning,
    ReasonAsked,
    ResumeDunning,
    ReversibleReceivable,
    StopAsked,
)
from domains.receivables.queries import dunning as queries
from domains.receivables.queries.dunning import (
    DunningLetterView,
    DunningProcedureView,
    DunningView,
)
from domains.receivables.tables.dunning import DunningProcedure
from foundation.values.errors import Invalid
from workflows.dunning_run import RunOn

template = Router(prefix="/v1/dunning-procedures/template", tags=["Finance"])
runs = Router(prefix="/v1/dunning-runs", tags=["Finance"])
dunnings = Router(prefix="/v1/dunning", tags=["Finance"])
letters = Router(prefix="/v1/dunning-letters", tags=["Finance"])

READ, CHANGE, RUN = (allows(f"receivables.dunning.{verb}") for verb in ("read", "change", "run"))
DAILY = Recurring("dunning_run", "Who is overdue is reminded")


@template.post("", status_code=201, dependencies=[allows("receivables.dunning.write")])
async def load_template(load: LoadDunningProcedure, asked: Asked) -> DunningProcedurePut:
    """Load a procedure of three letters, for every customer; one that is there already stays as it is."""
    return await asked.run(dunning_procedures.load_dunning_procedure, load)


async def _procedure(asked: AskedRequest, code: str) -> DunningProcedureView | None:
    async with asked.read() as tx:
        wanted = queries.PROCEDURES.where(DunningProcedure.code == code)
        row = (await tx.execute(wanted)).one_or_none()
    return None if row is None else queries.procedure_view(row)


procedures = router_for(
    Resource(
        path="dunning-procedures",
        tag="Finance",
        permission="receivables.dunning",
        put=dunning_procedures.put_dunning_procedure,
        view=DunningProcedureView,
        records=records(
            "dunning-procedures",
            DunningProcedureView,
            queries.PROCEDURES,
            DunningProcedure,
            to_view=queries.procedure_view,
        ),
        read=_procedure,
        example={
            "code": "ONCE",
            "name": "One letter after 14 days",
            "is_default": True,
            "levels": [
                {
                    "days_overdue": 14,
                    "fee_amount": "5.00",
                    "interest_percent": "9",
                    "texts": [
                        {"language": "en", "title": "Reminder", "text": "Please pay by {pay_by}."},
                    ],
                }
            ],
        },
    )
)


@runs.post("", status_code=201, dependencies=[RUN])
async def run(wanted: DunningRunAsked, asked: Asked) -> DunningRunProgress:
    """Begin to remind whoever is to be reminded on a day. A day that had its run gets no other."""
    on = wanted.on or asked.today
    if on > asked.today:
        why = f"{on} has not come yet"
        raise Invalid(f"on: {why}", errors=[("on", why)])
    start = processes.Start(
        name="dunning_run",
        document_id=on,
        command=RunOn(on=on, time_zone=str(asked.time_zone)),
        answer_type=DunningRunProgress,
        summary=f"The run of {on}",
    )
    progress: DunningRunProgress = await processes.start(asked, start)
    return progress


@runs.post("/schedule", dependencies=[RUN])
async def schedule(wanted: ScheduleAsked, asked: Asked) -> ScheduleView:
    """Have a run each day, also for days that were missed; or none for now."""
    return await schedules.keep(asked, DAILY, wanted)


@runs.get("/schedule", dependencies=[READ])
async def scheduled(asked: Asked) -> ScheduleView:
    """When the next run is due."""
    return await schedules.shown(asked, DAILY)


add_list(dunnings, queries.DUNNINGS, READ)


@dunnings.get("/{dunning_id}", dependencies=[READ])
async def one_dunning(dunning_id: UUID, asked: Asked) -> DunningView:
    """One dunning: its level, and what it waits for."""
    async with asked.read() as tx:
        return await queries.dunning(tx, dunning_id, asked.today)


@dunnings.post("/{dunning_id}/dispute", dependencies=[CHANGE])
async def dispute(dunning_id: UUID, wanted: DisputeAsked, asked: Asked) -> DunningView:
    """Leave an invoice out of the letters, or write none at all, until it is resumed."""
    await asked.run(dunning.dispute_dunning, DisputeDunning(**dict(wanted), dunning_id=dunning_id))
    return await one_dunning(dunning_id, asked)


@dunnings.post("/{dunning_id}/promise", dependencies=[CHANGE])
async def promise(dunning_id: UUID, wanted: PromiseAsked, asked: Asked) -> DunningView:
    """Wait for the money until the day it was promised for, then go on at the same level."""
    promise = PromiseDunning(**dict(wanted), dunning_id=dunning_id, on=asked.today)
    await asked.run(dunning.promise_dunning, promise)
    return await one_dunning(dunning_id, asked)


@dunnings.post("/{dunning_id}/resume", dependencies=[CHANGE])
async def resume(dunning_id: UUID, wanted: ReasonAsked, asked: Asked) -> DunningView:
    """Go on with the next run: disputes are settled, and promises count no more."""
    await asked.run(dunning.resume_dunning, ResumeDunning(**dict(wanted), dunning_id=dunning_id))
    return await one_dunning(dunning_id, asked)


@dunnings.post("/{dunning_id}/stop", dependencies=[CHANGE])
async def stop(dunning_id: UUID, wanted: StopAsked, asked: Asked) -> DunningView:
    """Write no more letters; what is overdue now is not reminded of again."""
    stop = EndDunning(
        dunning_id=dunning_id,
        ended_on=wanted.stopped_on or asked.today,
        outcome="stopped",
        reason=wanted.reason,
    )
    await asked.run(dunning.end_dunning, stop)
    return await one_dunning(dunning_id, asked)


add_list(letters, queries.LETTERS, READ)


@letters.post("/{letter_id}/reversal", status_code=201, dependencies=[allows("receivables.dunning.reverse")])
async def reverse_charge(letter_id: UUID, reversal: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take back what a letter charged: fee and interest. The letter stays as it was sent."""
    return await reverse_document(asked, ReversibleReceivable.DUNNING_LETTER, letter_id, reversal)


@letters.get("/{letter_id}", dependencies=[READ])
async def one_letter(letter_id: UUID, asked: Asked) -> DunningLetterView:
    """One letter with what it lists, its fee and its interest."""
    async with asked.read() as tx:
        return await queries.letter(tx, letter_id)


@letters.get("/{letter_id}/pdf", dependencies=[READ], **prints.PDF)
async def pdf(letter_id: UUID, asked: Asked) -> Response:
    """The letter as it was sent, in the customer's language: printed once, and the same ever after."""
    return await prints.shown(asked, printing.print_dunning_letter, "dunning_letter", letter_id)
