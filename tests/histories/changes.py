"""Bad changes of real processes, seeded to show that the gate catches each kind; and one that is none.

Each is a small variant of a process, replayed against a history of the real one.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, get_type_hints

from temporalio import workflow

from activities import inventory, sales
from activities.receivables import credit
from domains.automation.messages import IntendedMessage
from domains.sales.messages import ConfirmShipment, PlaceOrder
from foundation.mailbox import command
from foundation.messages import Message
from foundation.operation import Operation
from foundation.process import Process
from foundation.undo import Undo
from workflows.announcements import Announcements
from workflows.customer_return import CustomerReturn
from workflows.dunning import Dunning, RunDunning
from workflows.dunning_run import DunningRun
from workflows.order_to_cash import OrderToCash
from workflows.scheduled_run import ScheduledRun

Changed = TypeVar("Changed", bound=type[Process])
REPLAY, FINGERPRINT, NOTHING = "replay", "fingerprint", "nothing"
PATCH, PATCHED = "look-once-more", "patched/order_looked_at_once_more"


@dataclass(frozen=True)
class Change:
    """One change, and what is to catch it."""

    name: str
    process: type[Process]
    way: str
    """The history it is replayed against."""
    caught_by: str
    """`replay`: Temporal finds it. `fingerprint`: only we do. `nothing`: processes in flight fit it."""


CHANGES: list[Change] = []


def seeded(way: str, *, caught_by: str = REPLAY) -> Callable[[Changed], Changed]:
    """Make a process of a class that changes one."""

    def declare(change: Changed) -> Changed:
        CHANGES.append(Change(change.__name__, as_process(change), way, caught_by))
        return change

    return declare


def as_process(change: type[Process]) -> type[Process]:
    """The process of a class that changes one: with its name, and a start of its own."""
    original: Any = next(kind for kind in change.__mro__ if workflow._Definition.from_class(kind))
    known = get_type_hints(original.run)
    asked = next(name for name in known if name != "return")

    async def run(self: Any, command: Any) -> Any:
        return await original.run(self, command)

    def begin(self: Any, command: Any) -> None:
        original.__init__(self, command)

    run.__annotations__ = {"command": known[asked], "return": known["return"]}
    begin.__annotations__ = {"command": known[asked]}
    run.__qualname__ = f"{change.__name__}.run"
    begin.__name__ = "__init__"
    members = {"__init__": workflow.init(begin), "run": workflow.run(run), "__doc__": change.__doc__}
    made = type(change.__name__, (change,), members)
    name = workflow._Definition.must_from_class(original).name
    return workflow.defn(name=name, sandboxed=False)(made)


class OtherOperations(OrderToCash):
    """Takes some steps by other operations."""

    def other(self, operation: Operation[Any, Any]) -> Operation[Any, Any]:
        """What a step is taken by."""
        return operation

    async def step(self, operation: Operation[Any, Any], command: Any, **how: Any) -> Any:
        """By the other operation."""
        return await super().step(self.other(operation), command, **how)


def another(operation: Operation[Any, Any], **changes: Any) -> Operation[Any, Any]:
    """An operation that was changed."""
    changed = copy.copy(operation)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed


# Steps


@seeded("order_paid_in_full")
class TwoStepsReordered(OrderToCash):
    """The goods are set aside before the credit is checked."""

    async def procedure(self, order: PlaceOrder) -> None:
        """Steps 1, 3, 2."""
        async with self.undo() as undo:
            await self.take_the_order(order, undo)
            await self.set_goods_aside(undo)
            await self.pass_credit_check(undo)
            await self.serve_until(lambda: self.facts.has_left)


@seeded("order_paid_in_full")
class StepRemoved(OrderToCash):
    """The credit is not checked."""

    async def pass_credit_check(self, undo: Undo) -> None:
        """No more."""


@seeded("order_paid_in_full")
class StepAdded(OrderToCash):
    """Where the order stands is noted once more."""

    async def pass_credit_check(self, undo: Undo) -> None:
        """With a step before."""
        await self.note(self.at("looked at once more"))
        await super().pass_credit_check(undo)


@seeded("order_paid_in_full", caught_by=FINGERPRINT)
class OtherPer(OrderToCash):
    """The goods issue would be posted once more after the upgrade."""

    async def step(self, operation: Operation[Any, Any], command: Any, **how: Any) -> Any:
        """Under another key."""
        if operation is inventory.post_goods_issue:
            how["per"] = f"shipment {how['per']}"
        return await super().step(operation, command, **how)


@seeded("order_paid_in_full")
class OperationRenamed(OtherOperations):
    """What was applied would be found under another name."""

    def other(self, operation: Operation[Any, Any]) -> Operation[Any, Any]:
        """Another name."""
        return another(operation, name="sales.write_order") if operation is sales.place_order else operation


@seeded("order_paid_in_full")
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


@seeded("order_approved_and_shipped_in_parts")
class OtherBranchTaken(OrderToCash):
    """Nobody is asked about an order over the limit."""

    async def step(self, operation: Operation[Any, Any], command: Any, **how: Any) -> Any:
        """Every customer is within the limit."""
        answer = await super().step(operation, command, **how)
        if operation is credit.check_credit:
            return answer.model_copy(update={"within_limit": True})
        return answer


@seeded("order_cancelled")
class WayBackForgotten(OrderToCash):
    """What was set aside stays so when the order is cancelled."""

    async def set_goods_aside(self, undo: Undo) -> None:
        """With a way back that nobody walks."""
        del undo
        await super().set_goods_aside(Undo(self))


# Timers


@seeded("order_paid_in_full")
class TimerAdded(OrderToCash):
    """A moment's pause before the goods are set aside."""

    async def set_goods_aside(self, undo: Undo) -> None:
        """After a second."""
        await workflow.sleep(1)
        await super().set_goods_aside(undo)


@seeded("order_approved_and_shipped_in_parts")
class TimerRemoved(OrderToCash):
    """A decision has its effect before it is in the history."""

    async def taken_down(self, command: str) -> None:
        """At once."""


@seeded("dunning_promised_disputed_and_stopped", caught_by=FINGERPRINT)
class TimerLonger(Dunning):
    """It looks at what is open an hour later."""

    def morning_of(self, day: date) -> datetime:
        """An hour later."""
        return super().morning_of(day) + timedelta(hours=1)


# Other processes


@seeded("announcements_read_in_several_runs")
class OtherChildId(Announcements):
    """Each message would be sent once more."""

    async def start_one(self, message: IntendedMessage) -> None:
        """Under another id."""
        await super().start_one(message.model_copy(update={"round": message.round + 1}))


@seeded("scheduled_run_of_a_month", caught_by=FINGERPRINT)
class OtherProcessBegun(ScheduledRun):
    """A month would have a second run."""

    async def begin(self, process: str, name: object, command: Message, **how: Any) -> bool:
        """Under another id."""
        return await super().begin(process, f"{name}-again", command, **how)


@seeded("goods_returned_and_refunded", caught_by=FINGERPRINT)
class OtherProcessTold(CustomerReturn):
    """The order would never hear of its return."""

    async def tell(self, process_id: str, kind: str, fact: Message) -> None:
        """Somebody else is told."""
        await super().tell(f"{process_id}-again", kind, fact)


@seeded("dunning_run_in_parts", caught_by=FINGERPRINT)
class IterationOverASet(DunningRun):
    """The order of what is begun changes with each start of a worker."""

    async def begin_each(self, found: Sequence[Any], begin: Any, *, is_all: bool) -> None:
        """In the order of a set."""
        by_code = {customer.customer_code: customer for customer in found}
        in_any_order = [by_code[code] for code in set(by_code)]
        await super().begin_each(in_any_order, begin, is_all=is_all)


# What is told, and what is kept


@seeded("order_paid_in_full")
class CommandRenamed(OrderToCash):
    """A shipment that is in the history is a command that nobody knows."""

    dispatch = command("dispatch", ConfirmShipment, "The warehouse confirms what it hands to the carrier")
    ship = None


@seeded("order_prepaid_and_billed_with_each_shipment")
class FactRenamed(OrderToCash):
    """That an invoice was settled is a fact that nobody knows."""

    invoice_settled = None


@seeded("dunning_goes_on_as_a_new_run", caught_by=FINGERPRINT)
class ContinuedWithOtherState(Dunning):
    """The new run would begin to count its looks again, and find them done."""

    async def procedure(self, run: RunDunning) -> None:
        """Forgets how often it has looked."""
        await super().procedure(run)
        self.looks = 0


# Patches


class LooksOnceMore(OrderToCash):
    """A change as it is to be done: behind a patch. The history of `PATCHED` is one of it."""

    async def pass_credit_check(self, undo: Undo) -> None:
        """With a step before, for whoever comes here from now on."""
        if workflow.patched(PATCH):
            await self.note(self.at("looked at once more"))
        await super().pass_credit_check(undo)


@seeded(PATCHED)
class PatchReused(LooksOnceMore):
    """Another change behind the same patch: who has passed the first is taken to know the second."""

    async def set_goods_aside(self, undo: Undo) -> None:
        """With a step before, that a process in flight never took."""
        if workflow.patched(PATCH):
            await self.note(self.at("cleared"))
        await super().set_goods_aside(undo)


@seeded(PATCHED)
class PatchRemoved(OrderToCash):
    """The patch is gone before the processes that passed it are."""


@seeded(PATCHED, caught_by=NOTHING)
class PatchKept(LooksOnceMore):
    """The process whose history it is."""


@seeded("order_paid_in_full", caught_by=NOTHING)
class PatchNew(LooksOnceMore):
    """Who was in flight before the patch never takes the new step."""
