"""Bad changes of real processes, seeded to show that the gate catches each kind; and one that is none.

Each is a small variant of a process, replayed against a history of the real one.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from temporalio import workflow

from activities import inventory, sales
from activities.receivables import credit
from domains.automation.messages import IntendedMessage
from domains.sales.messages import ConfirmShipment, PlaceOrder
from foundation.operations.mailbox import command
from foundation.operations.operation import Operation
from foundation.process.approvals import Approval
from foundation.process.next_run import Carried
from foundation.process.run_messages import Status
from foundation.process.undo import Undo
from foundation.values.messages import Message
from tests.histories.seeding import FINGERPRINT, MADE, NOTHING, OtherOperations, another, seeded
from workflows.announcements import Announcements
from workflows.customer_return.process import CustomerReturn
from workflows.dunning_run import DunningRun
from workflows.order_to_cash import OrderToCash
from workflows.scheduled_run import ScheduledRun

PATCH, PATCHED = "look-once-more", "patched/order_looked_at_once_more"
CHANGES = MADE
"""The changes below."""


# Steps


@seeded(
    "order_paid_in_full",
    now="local step inventory.reserve_stock",
    was="local step receivables.check_credit",
)
class TwoStepsReordered(OrderToCash):
    """The goods are set aside before the credit is checked."""

    async def procedure(self, order: PlaceOrder) -> None:
        """Steps 1, 3, 2."""
        async with self.undo() as undo:
            await self.take_the_order(order, undo)
            await self.set_goods_aside(undo)
            await self.pass_credit_check(undo)
            await self.rest_until(lambda: self.facts.has_left)


@seeded(
    "order_paid_in_full",
    now="local step inventory.reserve_stock",
    was="local step receivables.check_credit",
)
class StepRemoved(OrderToCash):
    """The credit is not checked."""

    async def pass_credit_check(self, undo: Undo) -> None:
        """No more."""


@seeded(
    "order_paid_in_full",
    now="local step process.record_stage",
    was="local step receivables.check_credit",
)
class StepAdded(OrderToCash):
    """Where the order stands is noted once more."""

    async def pass_credit_check(self, undo: Undo) -> None:
        """With a step before."""
        await self.note(self.at("looked at once more"))
        await super().pass_credit_check(undo)


@seeded(
    "order_paid_in_full",
    now="inventory.post_goods_issue/shipment ",
    was="local step inventory.post_goods_issue",
    caught_by=FINGERPRINT,
)
class OtherPer(OrderToCash):
    """The goods issue would be posted once more after the upgrade."""

    async def step(self, operation: Operation[Any, Any], command: Any, **how: Any) -> Any:
        """Under another key."""
        if operation is inventory.post_goods_issue:
            how["per"] = f"shipment {how['per']}"
        return await super().step(operation, command, **how)


@seeded(
    "order_paid_in_full",
    now="local step sales.write_order",
    was="local step sales.place_order",
)
class OperationRenamed(OtherOperations):
    """What was applied would be found under another name."""

    def other(self, operation: Operation[Any, Any]) -> Operation[Any, Any]:
        """Another name."""
        return another(operation, name="sales.write_order") if operation is sales.place_order else operation


@seeded(
    "order_paid_in_full",
    now="step sales.place_order",
    was="local step sales.place_order",
)
class StepMadeRegular(OtherOperations):
    """A step is taken by a regular activity that was a local one."""

    def other(self, operation: Operation[Any, Any]) -> Operation[Any, Any]:
        """On the other queue."""
        return another(operation, quick=False) if operation is sales.place_order else operation


@seeded("order_paid_in_full", caught_by=NOTHING)
class SummaryChanged(OtherOperations):
    """What the Temporal Web UI shows of a step is another text."""

    def other(self, operation: Operation[Any, Any]) -> Operation[Any, Any]:
        """Another title."""
        return (
            another(operation, title="Write the order down") if operation is sales.place_order else operation
        )


@seeded(
    "order_approved_and_shipped_in_parts",
    now="local step inventory.reserve_stock",
    was="local step approval.find_levels",
)
class OtherBranchTaken(OrderToCash):
    """Nobody is asked about an order over the limit."""

    async def step(self, operation: Operation[Any, Any], command: Any, **how: Any) -> Any:
        """Every customer is within the limit."""
        answer = await super().step(operation, command, **how)
        if operation is credit.check_credit:
            return answer.model_copy(update={"within_limit": True})
        return answer


@seeded(
    "order_cancelled",
    now="local step receivables.release_credit",
    was="local step inventory.release_reservation",
)
class WayBackForgotten(OrderToCash):
    """What was set aside stays so when the order is cancelled."""

    async def set_goods_aside(self, undo: Undo) -> None:
        """With a way back that nobody walks."""
        del undo
        await super().set_goods_aside(Undo(self))


# Timers


@seeded(
    "order_paid_in_full",
    now="timer of 1 s",
    was="local step inventory.reserve_stock",
)
class TimerAdded(OrderToCash):
    """A moment's pause before the goods are set aside."""

    async def set_goods_aside(self, undo: Undo) -> None:
        """After a second."""
        await workflow.sleep(1)
        await super().set_goods_aside(undo)


@seeded(
    "order_approved_and_shipped_in_parts",
    now="local step approval.decide",
    was="timer of 0.001 s",
)
class TimerRemoved(OrderToCash):
    """A decision has its effect before it is in the history."""

    async def written_into_history(self, what: str) -> None:
        """At once."""


@seeded(
    "order_reminded_escalated_and_withdrawn",
    now="timer of 259200 s",
    was="timer of 172800 s",
    caught_by=FINGERPRINT,
)
class TimerLonger(OrderToCash):
    """Who is to decide is reminded a day later."""

    async def approval(
        self, asks: Approval, operation: Operation[Any, Any], command: Any, *, stage: str
    ) -> Any:
        """Later."""
        later = asks.model_copy(update={"remind_after": asks.remind_after + timedelta(days=1)})
        return await super().approval(later, operation, command, stage=stage)


# Other processes


@seeded(
    "announcements_read_in_several_runs",
    now="child outgoing_message",
    was="child outgoing_message",
)
class OtherChildId(Announcements):
    """Each message would be sent once more."""

    async def start_one(self, message: IntendedMessage) -> None:
        """Under another id."""
        await super().start_one(message.model_copy(update={"round": message.round + 1}))


@seeded(
    "scheduled_run_of_a_month",
    now="collective_invoice_run/2026-03-again",
    was="collective_invoice_run/2026-03",
    caught_by=FINGERPRINT,
)
class OtherProcessBegun(ScheduledRun):
    """A month would have a second run."""

    async def begin(self, process: str, name: object, command: Message, **how: Any) -> bool:
        """Under another id."""
        return await super().begin(process, f"{name}-again", command, **how)


@seeded(
    "goods_returned_and_refunded",
    now="-again",
    was="process.tell/return_ended/",
    caught_by=FINGERPRINT,
)
class OtherProcessTold(CustomerReturn):
    """The order would never hear of its return."""

    async def tell(self, process_id: str, kind: str, fact: Message, **how: Any) -> None:
        """Somebody else is told."""
        await super().tell(f"{process_id}-again", kind, fact, **how)


@seeded(
    "dunning_run_in_chunks",
    now="run.work_chunk/",
    was="run.work_chunk/",
    caught_by=FINGERPRINT,
)
class IterationOverASet(DunningRun):
    """The order of what is begun changes with each start of a worker."""

    async def _work(self, chunks: Iterable[int], statuses: tuple[Status, ...], *, round_: int = 0) -> None:
        """In the order of a set."""
        in_any_order = [int(chunk) for chunk in {str(chunk) for chunk in chunks}]
        await super()._work(in_any_order, statuses, round_=round_)


# What is told, and what is kept


@seeded(
    "order_paid_in_full",
    now="update ship/2 rejected",
    was="update ship/2 accepted",
)
class CommandRenamed(OrderToCash):
    """A shipment that is in the history is a command that nobody knows."""

    dispatch = command("dispatch", ConfirmShipment, "The warehouse confirms what it hands to the carrier")
    ship = None


@seeded(
    "order_prepaid_and_billed_with_each_shipment",
    now="nothing",
    was="local step sales.close_order",
)
class FactRenamed(OrderToCash):
    """That an invoice was settled is a fact that nobody knows."""

    invoice_settled = None


@seeded("dunning_run_in_several_runs", now='"done": 0', was='"done": ', caught_by=FINGERPRINT)
class ContinuedWithOtherState(DunningRun):
    """The new run would begin to count again."""

    def carried(self) -> Carried[Any, Any]:
        """Forgets how much is done."""
        self._know(done=0)
        return super().carried()


@seeded("order_goes_on_as_a_new_run", now='{"asked": {}}', was='{"asked": {"', caught_by=FINGERPRINT)
class ContinuedWithLess(OrderToCash):
    """The new run would know of no decision, and ask for it again when it is given twice."""

    def carried(self) -> Carried[Any, Any]:
        """Without what people were asked."""
        return super().carried().model_copy(update={"asked": {}})


# Patches


class LooksOnceMore(OrderToCash):
    """A change as it is to be done: behind a patch. The history of `PATCHED` is one of it."""

    async def pass_credit_check(self, undo: Undo) -> None:
        """With a step before, for whoever comes here from now on."""
        if await self.follows(PATCH):
            await self.note(self.at("looked at once more"))
        await super().pass_credit_check(undo)


@seeded(
    PATCHED,
    now="local step process.record_stage",
    was="local step inventory.reserve_stock",
)
class PatchReused(LooksOnceMore):
    """Another change behind the same patch: who has passed the first is taken to know the second."""

    async def set_goods_aside(self, undo: Undo) -> None:
        """With a step before, that a process in flight never took."""
        if await self.follows(PATCH):
            await self.note(self.at("cleared"))
        await super().set_goods_aside(undo)


@seeded(
    PATCHED,
    now="local step receivables.check_credit",
    was="patch look-once-more",
)
class PatchRemoved(OrderToCash):
    """The patch is gone before the processes that passed it are."""


@seeded(PATCHED, caught_by=NOTHING)
class PatchKept(LooksOnceMore):
    """The process whose history it is."""


@seeded("order_paid_in_full", caught_by=NOTHING)
class PatchNew(LooksOnceMore):
    """Who was in flight before the patch never takes the new step."""
