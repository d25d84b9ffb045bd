"""What processes write down about themselves, when no operation of the business goes with it."""

from foundation import commands
from foundation.mailbox import BeginProcess, ProcessBegun, TellProcess
from foundation.messages import Stage
from foundation.operation import operation
from foundation.steps import Decision
from foundation.transaction import Transaction


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
