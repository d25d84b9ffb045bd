"""Replay the committed histories against today's processes: `python -m tests.histories.replay [--reordered]`.

Run in a process of its own, because the hash seed can only be chosen at its start.
"""

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from domains.sales.messages import OrderClosed, PlaceOrder
from foundation.defects import DefectsAreSeen
from foundation.temporal import DATA_CONVERTER
from tests.histories import fingerprint
from workers import registry
from workflows.order_to_cash import OrderToCash
from workflows.order_to_cash.facts import OrderSoFar

FOLDER = Path(__file__).parent


@workflow.defn(name="order_to_cash", sandboxed=False)
class Reordered(OrderToCash):
    """A careless change: the goods are set aside before the credit is checked."""

    @workflow.init
    def __init__(self, order: PlaceOrder | OrderSoFar) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: PlaceOrder | OrderSoFar) -> OrderClosed:
        """The same, but for the order of two steps."""
        return await self.conduct(self.reordered(self.order))

    async def reordered(self, order: PlaceOrder) -> OrderClosed:
        """Steps 1, 3, 2."""
        async with self.undo() as undo:
            await self.take_the_order(order, undo)
            await self.set_goods_aside(undo)
            await self.pass_credit_check(undo)
            await self.serve_until(lambda: self.facts.has_left)
        return OrderClosed(order_id=order.order_id, outcome="closed")


async def main(*, reordered: bool) -> int:
    """Replay every history; how many did not fit."""
    replayer = Replayer(
        workflows=[Reordered] if reordered else registry.processes(),
        workflow_runner=registry.sandbox(),
        interceptors=[DefectsAreSeen()],
        data_converter=DATA_CONVERTER,
    )
    failures = 0
    for path in sorted(FOLDER.glob("order_paid*.json" if reordered else "*.json")):
        recorded = _recorded(path)
        result = await replayer.replay_workflow(recorded, raise_on_replay_failure=False)
        print(
            path.stem,
            "does not fit" if result.replay_failure else "fits",
            len(fingerprint.of(recorded)),
            "commands",
        )
        if result.replay_failure:
            print(f"  {result.replay_failure}")
            failures += 1
    return failures


def _recorded(path: Path) -> WorkflowHistory:
    """A history under its process's id, from which ids in the process follow."""
    recorded = WorkflowHistory.from_json(path.stem, path.read_text())
    started = recorded.events[0].workflow_execution_started_event_attributes
    return replace(recorded, workflow_id=started.workflow_id or path.stem)


if __name__ == "__main__":
    status = 1 if asyncio.run(main(reordered="--reordered" in sys.argv)) else 0
    sys.stdout.flush()
    os._exit(status)
