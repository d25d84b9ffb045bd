"""Orders in flight survive an upgrade: the recorded ways still fit the code, and a change of commands is
noticed.

When a process is changed on purpose, behind a named patch, record the new way beside the old one:
`PERPETUAL_RECORD_HISTORIES=1 make histories`.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHandle, WorkflowHistory

from tests.erp import Erp
from tests.histories import fingerprint
from tests.histories.scenarios import SCENARIOS

FOLDER = Path(__file__).parent
RECORD = os.environ.get("PERPETUAL_RECORD_HISTORIES") == "1"


@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_way_through_a_process_takes_the_commands_that_were_recorded(erp: Erp, name: str) -> None:
    process_id = await SCENARIOS[name](erp)
    handle = erp.temporal.get_workflow_handle(process_id)
    history = await _over(handle)
    path = FOLDER / f"{name}.json"
    if RECORD:
        # A replay is of the same process only with the same id; the test server leaves it out.
        started = history.events[0].workflow_execution_started_event_attributes
        started.workflow_id = process_id
        path.write_text(history.to_json() + "\n")

    recorded = WorkflowHistory.from_json(process_id, path.read_text())

    assert fingerprint.of(history) == fingerprint.of(recorded), (
        "changed without a patch: see this module's docstring"
    )


@pytest.mark.parametrize("seed", ["1", "2"])
async def test_the_recorded_histories_replay_under_two_hash_seeds(seed: str) -> None:
    status, printed = await _replay(seed)

    assert status == 0, printed
    assert printed.count(" fits ") == len(SCENARIOS)


async def test_two_steps_in_another_order_do_not_pass() -> None:
    status, printed = await _replay("1", "--reordered")

    assert status == 1, printed
    assert "does not fit" in printed


async def _over(handle: WorkflowHandle[Any, Any]) -> WorkflowHistory:
    """The whole history of a process that comes to its end.

    The server skips time as long as a result is asked for, ten years to where one without end times out: it
    is asked only for what does not come without time that passes.
    """
    for _ in range(100):
        history = await handle.fetch_history()
        if fingerprint.of(history)[-1:] == ["completed"]:
            return history
        await asyncio.sleep(0.05)
    await handle.result()
    return await handle.fetch_history()


async def _replay(seed: str, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "tests.histories.replay", *options]
    environment = os.environ | {"PYTHONHASHSEED": seed}
    done = await asyncio.to_thread(
        subprocess.run, command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr
