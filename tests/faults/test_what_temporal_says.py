"""What Temporal's failures mean: it is away, it knows no such process, its process's tasks fail."""

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from foundation.runtime.temporal import is_away, is_stuck, is_unknown
from tests.erp import Erp


async def refused_by(client: Client) -> RPCError:
    """What is said of a process that was never begun."""
    with pytest.raises(RPCError) as refused:
        await client.get_workflow_handle("NOBODY/order_to_cash/begun").describe()
    return refused.value


async def test_a_process_that_was_never_begun_is_unknown(
    on_dev_server: Erp,
) -> None:
    refused = await refused_by(on_dev_server.temporal)

    assert (is_unknown(refused), is_away(refused)) == (True, False)


async def test_a_server_that_knows_no_namespace_yet_is_away_and_says_nothing_of_processes(
    on_dev_server: Erp,
) -> None:
    config = on_dev_server.temporal.config(active_config=True) | {"namespace": "not-yet"}
    refused = await refused_by(Client(**config))

    assert (is_unknown(refused), is_away(refused)) == (False, True)


@pytest.mark.parametrize(
    "said",
    [
        "Workflow task in failed state.",
        "Unable to perform workflow execution update due to unexpected workflow task failure.",
    ],
)
def test_a_command_whose_process_s_task_failed_is_sent_again(said: str) -> None:
    assert is_stuck(RPCError(said, RPCStatusCode.FAILED_PRECONDITION, b""))
