"""The dry run of a cancellation: its own steps are followed to the end, as if the goods had come back on its
day, all of them, and fit. What each comes to is the plan; what is left of the money then is what remains.
"""

from collections.abc import Iterable, Iterator

from activities.ledger import open_items
from domains.ledger.messages import FindOpen
from domains.sales.messages import Cancellation, CancellationPlan, Goods, PlannedStep, Resolution, ReturnEnded
from foundation.operations.mailbox import Event
from foundation.process.process import Process
from workflows.customer_return import translation
from workflows.customer_return.crediting import CreditReason, ReturnCredited
from workflows.order_to_cash import planned_steps
from workflows.order_to_cash.cancelling import Cancelling
from workflows.order_to_cash.facts import OrderFacts


class FollowedCancellation(Cancelling):
    """A cancellation that waits for nobody: the return that it would begin is followed in its place."""

    async def have_it_returned(self) -> Iterable[PlannedStep]:
        """Credit what comes back as the return does, and note what it would tell the order."""
        assert self.authorised is not None
        facts, run = self.facts, self.return_to_run()
        self.answer_before_it_returns(run.return_id)
        shown = list(planned_steps.goods_back(facts, self.cancellation))
        received, done = translation.all_fit(self.authorised), ReturnCredited(facts.order_id)
        reason = CreditReason(run.return_id, run.authorised_on, run.reason, run.resolution)
        for goods in translation.goods_to_credit(run, self.authorised, received):
            free = translation.sent_free_of_charge(self.authorised, received)
            await done.credit(self.process, goods, reason, free)
        ended = ReturnEnded(
            return_id=run.return_id,
            return_number=self.authorised.return_number,
            outcome="closed",
            resolution=run.resolution,
            received_on=run.authorised_on,
            lines=received,
        )
        facts.hear_returned(done.of_own_order(ended))
        if not facts.fulfilment.all_came_back:
            facts.call_cancellation_off()
        credited = (one for by_order in done.by_order for one in by_order.credited)
        return [*shown, *planned_steps.credited(credited, "credit the invoice, line by line")]

    async def bill_what_was_sent_again(self) -> Iterable[PlannedStep]:
        """Its month is not over."""
        if self.facts.is_collective and self.facts.fulfilment.to_bill():
            return planned_steps.billed_with_its_month(self.facts)
        return await super().bill_what_was_sent_again()

    async def give_money_back(self) -> Iterable[PlannedStep]:
        """What stays on account is asked of the books: of what a person does with it no order is told."""
        if self.cancellation.money is Resolution.REFUND:
            return await super().give_money_back()
        numbers = {money_id: money.payment_number for _, money_id, money in self.facts.money_on_account()}
        if not numbers:
            return ()
        find = FindOpen(invoice_id=self.facts.order_id, money=tuple(numbers))
        found = await self.process.step(open_items.find_open, find, per=self.per)
        return [
            one
            for left in found.on_account
            for one in planned_steps.kept(numbers[left.document_id], left.amount)
        ]

    async def followed(self) -> list[PlannedStep]:
        """What all steps come to. Before goods have left, the order is taken back as it was made."""
        if self.facts.has_left:
            return await self.followed_back()
        return [
            *planned_steps.release(self.facts),
            *await self.credit_what_is_not_sent(),
            *await self.give_money_back(),
            *planned_steps.close(self.facts),
        ]

    async def followed_back(self) -> list[PlannedStep]:
        """The same when goods have left. The order goes on when another return of it is awaited."""
        shown: list[PlannedStep] = []
        for step in self.steps():
            shown += await step()
            if self.facts.cancellation is None:
                break
        return shown


async def follow_to_its_end(process: Process, event: Event) -> None:
    """Follow a cancellation to its end; the plan is its answer. Refuses: OrderNotConfirmed, and what it is
    refused for.
    """
    facts, cancellation, stage = process.facts, event.message, process.now.stage
    facts.check_is_placed(stage)
    following = await FollowedCancellation.begin(process, facts, cancellation, event)
    steps = await following.followed()
    plan = CancellationPlan(
        order_number=facts.placed.order_number,
        stage=stage,
        steps=tuple(steps),
        remains=tuple(_remains(facts, cancellation, steps)),
    )
    event.answer_with(plan)


def _remains(facts: OrderFacts, cancellation: Cancellation, steps: Iterable[PlannedStep]) -> Iterator[str]:
    """What does not net to zero, in words."""
    placed = facts.placed
    if facts.has_left and cancellation.goods is Goods.STAY:
        yield "the cost of the goods that the customer keeps stays in the cost of goods sold"
    if any(step.what == planned_steps.KEPT for step in steps):
        yield "the money that was paid stays on the customer's account"
    if facts.payments and placed.total_amount != placed.base_total_amount:
        yield "the difference between the exchange rates of the payment's day and the refund's day"
    if facts.has_left and facts.cancellation is None:
        yield "what another return is awaited for: the order goes on, to be cancelled when that has ended"
    if facts.has_left and cancellation.goods is Goods.COME_BACK:
        yield (
            "what does not come back, or comes back unfit: the order then goes on for what was kept, or its "
            "cost is posted as a loss"
        )
