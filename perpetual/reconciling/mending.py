"""Mends what was found: numbers first, then what was asked for, then each process is begun again."""

from collections.abc import Callable, Collection

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from foundation.operations import agreement, delivery
from foundation.process import begun_again
from foundation.process.begun_again import RECONCILER
from foundation.values.messages import Caller
from perpetual.reconciling import numbers
from perpetual.reconciling.comparing import LISTENER, Found


async def mend(
    client: Client,
    found: Found,
    *,
    seconds: float,
    say: Callable[[int], None] = lambda left: None,
    opens: bool = False,
) -> Collection[str]:
    """Mend it; gives the processes that have not taken everything in the time: the workers go on with them.

    With `opens` all that was found is mended, and the door opens: all companies were compared.

    Each part may be done again: who dies in between begins with the comparison.
    """
    for gap in found.gaps:
        await numbers.skip(gap)
    for company in sorted(set(found.listeners)):
        await _listen(client, company)
    begun = {}
    for process, company in found.to_begin.items():
        why, restored = "Temporal and the books differ", found.restored.get(process, ())
        if await begun_again.begin_again(client, company, process, why, restored):
            begun[process] = company
    if opens:
        # What is sent now needs workers, which wait for this.
        await agreement.reconciled(client)
    return await begun_again.send_all(client, begun, seconds=seconds, say=say)


async def _listen(client: Client, company: str) -> None:
    caller = Caller(company=company, actor=RECONCILER, correlation_id=f"{LISTENER} begun again")
    how = delivery.how_started(f"{company}/{LISTENER}", {}, caller, "Tells others of what was done")
    # A run that there is has come further in the log than the books: it would pass over what comes again.
    await client.start_workflow(**how | {"id_conflict_policy": WorkflowIDConflictPolicy.TERMINATE_EXISTING})
