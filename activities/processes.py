"""What processes write down about themselves, when no operation of the business goes with it."""

from sqlalchemy import ARRAY, Integer, bindparam, text

from foundation.database.transaction import Transaction
from foundation.operations import commands
from foundation.operations.mailbox import (
    BeginProcess,
    CommandsComing,
    CommandsTaken,
    FindComing,
    NumbersSkipped,
    ProcessBegun,
    SkipNumbers,
    TellProcess,
    Unanswered,
)
from foundation.operations.operation import look, operation
from foundation.process.holding import Decision
from foundation.process.schedules import KeepSchedule
from foundation.values.messages import Stage

_KEEP_SCHEDULE = text(
    """
    INSERT INTO foundation.schedule (process, summary, is_monthly, hour, active, time_zone, correlation_id)
    VALUES (:process, :summary, :is_monthly, :hour, :active, :time_zone, :correlation_id)
    ON CONFLICT (company_id, process) DO UPDATE
    SET summary = excluded.summary, hour = excluded.hour, active = excluded.active, actor = excluded.actor,
        time_zone = excluded.time_zone, correlation_id = excluded.correlation_id,
        changed_at = clock_timestamp()
    """
)
_UNANSWERED = text(
    """
    SELECT count(*) FROM foundation.command
    WHERE process_id = :process_id AND (number <= :up_to OR number = ANY (:past))
        AND (answered_at IS NULL OR again)
    """
).bindparams(bindparam("past", type_=ARRAY(Integer)))
_COMING = text(
    """
    SELECT coalesce(array_agg(number ORDER BY number), '{}') FROM foundation.command c
    WHERE process_id = :process_id AND answered_at IS NULL
        AND (
            c.recorded_at < coalesce((SELECT recorded_at FROM foundation.inbox WHERE id = :told), 'infinity')
            OR EXISTS (SELECT FROM foundation.operation o
                WHERE o.process_id = c.process_id AND o.recorded_at > c.recorded_at)
        )
    """
)
_SKIP_NUMBERS = text("SELECT foundation.skip_numbers(:series, :fiscal_year, :up_to)")
_SKIP_SEQUENCE = text("SELECT foundation.skip_sequence(:sequence, :up_to)")


@operation("process.record_stage")
async def record_stage(tx: Transaction, stage: Stage) -> Stage:
    """Write down where a process stands.

    The operation's own transaction does it, as for every step with a stage.
    """
    del tx
    return stage


@operation("process.decide")
async def decide(tx: Transaction, decision: Decision) -> Decision:
    """Write down what a person decided about a process: a hold, a release, the repair of a step.

    The operation's log row is the record; a step that is skipped has its key taken by it.
    """
    del tx
    return decision


@operation("process.begin")
async def begin(tx: Transaction, process: BeginProcess) -> ProcessBegun:
    """Begin another process, once by its id: it is started when that is written down."""
    return await commands.begin(tx, process)


@operation("process.tell")
async def tell(tx: Transaction, fact: TellProcess) -> TellProcess:
    """Tell another process a fact."""
    tx.tell(fact.process_id, fact.kind, fact.body)
    return fact


@operation("process.keep_schedule")
async def keep_schedule(tx: Transaction, schedule: KeepSchedule) -> KeepSchedule:
    """Write down what is begun each day or month."""
    await tx.execute(_KEEP_SCHEDULE, schedule.model_dump())
    return schedule


@look("process.count_unanswered")
async def count_unanswered(tx: Transaction, taken: CommandsTaken) -> Unanswered:
    """How many of the commands that the process has taken are not answered yet by our books."""
    values = {"process_id": taken.process_id, "up_to": taken.up_to, "past": list(taken.past)}
    return Unanswered(commands=(await tx.execute(_UNANSWERED, values)).scalar_one())


@operation("process.find_coming")
async def find_coming(tx: Transaction, find: FindComing) -> CommandsComing:
    """Which commands of a process were accepted before what it is told of was done, or may have had an
    effect.

    Logged: what comes of it goes into further steps, which must be the same when it is asked for again.
    """
    return CommandsComing(numbers=tuple((await tx.execute(_COMING, find.model_dump())).scalar_one()))


@operation("process.skip_numbers")
async def skip_numbers(tx: Transaction, skip: SkipNumbers) -> NumbersSkipped:
    """Let a series go on behind numbers that were given and lost. The log row is the note of the gap."""
    if skip.sequence:
        values = {"sequence": skip.sequence, "up_to": skip.up_to}
        first = (await tx.execute(_SKIP_SEQUENCE, values)).scalar_one()
    else:
        values = {"series": skip.series, "fiscal_year": skip.fiscal_year, "up_to": skip.up_to}
        first = (await tx.execute(_SKIP_NUMBERS, values)).scalar_one()
    return NumbersSkipped(series=skip.series, fiscal_year=skip.fiscal_year, first=first, last=skip.up_to)
