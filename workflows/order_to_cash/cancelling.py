"""An order is cancelled after goods have left: one list of steps, shown by a dry run or done.

1. A return is agreed on for what has left: refused, nothing is changed.
2. What has not left is released, and the credit for it set free.
3. The return runs: the goods come back (or stay), what was billed is credited, and what was
   paid for it is refunded or kept on account. Came all of it back before, the freight is credited.
4. Freight that is still to be billed is not billed any more.
5. Money that came for the order and was not needed is refunded, or kept on account.
6. Sales closes the order as cancelled.

When not everything came back, or the return was called off, the order goes on with what the customer has
kept. Before goods have left nothing was posted, and what was done is taken back, last first: the same list
then shows what that comes to.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self
from uuid import uuid5

from activities import inventory, sales
from activities.ledger import checks
from activities.receivables import billed, credit
from domains.inventory.messages import ReleaseReservation
from domains.ledger.messages import AccountRole, CheckEntries, PlannedEntry, PostRefund
from domains.receivables.messages import FindBilled, ReleaseCredit
from domains.sales.messages import (
    AuthoriseReturn,
    Cancellation,
    CancellationPlan,
    CancelOrder,
    Goods,
    PlannedStep,
    Resolution,
    ReturnAuthorised,
    ReturnEnded,
    RunReturn,
)
from foundation.operations.mailbox import Event
from foundation.process.process import Process
from foundation.values.money import ZERO
from workflows.customer_return import crediting
from workflows.order_to_cash import answers, billing, translation
from workflows.order_to_cash.facts import OrderFacts
from workflows.order_to_cash.refusals import OrderCancelled

SYSTEM, WAREHOUSE = "system", "warehouse"


@dataclass(frozen=True)
class CancellationStep:
    """One step of a cancellation: how it is done, and what it comes to, which only a dry run asks."""

    do: Callable[[], Awaitable[None]]
    shown: Callable[[], Iterable[PlannedStep]] = tuple


@dataclass
class Cancelling:
    """One cancellation of an order, and who asked for it; of a dry run nobody is noted."""

    process: Process
    facts: OrderFacts
    cancellation: Cancellation
    event: Event | None = None
    authorised: ReturnAuthorised | None = None
    keeps_credit: bool = False
    """Whether credit is held for what has left and is not billed, until it has come back."""

    @classmethod
    async def begin(
        cls, process: Process, facts: OrderFacts, cancellation: Cancellation, event: Event
    ) -> Self:
        """Before goods have left, what was done is taken back; after that, they are returned. Refuses what
        could not be posted, and what a return is refused for.
        """
        cancelling = cls(process, facts, cancellation, event)
        if planned := tuple(cancelling.planned()):
            check = CheckEntries(field="cancelled_on", entries=planned)
            await process.step(checks.check_entries, check, per=cancelling.per, by=event.caller)
        if cancelling.has_goods_returned:
            await cancelling.agree_on_return(event)
        facts.cancellation = cancellation
        process.caller = event.caller
        if not facts.has_left:
            process.ending = OrderCancelled(cancellation.reason)
            process.answer_when(event, True, lambda: answers.cancelled(facts, process.now))
        return cancelling

    def planned(self) -> Iterator[PlannedEntry]:
        """What will be posted on the day of the cancellation."""
        on, facts = self.cancellation.cancelled_on, self.facts
        if self.cancellation.money is Resolution.REFUND and facts.payments:
            yield PlannedEntry(posted_on=on, roles=(AccountRole.BANK, AccountRole.CUSTOMER_ON_ACCOUNT))
        if facts.has_left and (self.cancellation.goods is Goods.STAY or facts.fulfilment.all_came_back):
            yield translation.planned_invoice(facts.placed, on)
        elif facts.has_left:  # If the customer keeps the goods after all, what is not billed is billed on it.
            yield PlannedEntry(posted_on=on)

    @property
    def per(self) -> str:
        """Names this cancellation in the keys of its steps: earlier ones were called off."""
        return f"cancellation {self.facts.called_off + 1}"

    async def carry_out(self) -> bool:
        """Take back what has left, step by step; whether the order is cancelled with that."""
        assert self.event is not None
        for step in self.steps():
            await step.do()
            if self.facts.cancellation is None:
                return False
        if not self.event.is_answered:
            self.event.answer_with(answers.cancelled(self.facts, self.process.now))
        return True

    @property
    def has_goods_returned(self) -> bool:
        """Whether a return is agreed on, or was: something has left, and not all of it has come back."""
        return self.facts.has_left and not self.facts.fulfilment.all_came_back

    def steps(self) -> list[CancellationStep]:
        """What the cancellation does, in the order in which it is done."""
        facts = self.facts
        if self.has_goods_returned:
            first = CancellationStep(self.have_it_returned, lambda: _return(facts, self.cancellation))
        else:
            first = CancellationStep(self.credit_freight, lambda: _credit_freight(facts))
        return [
            CancellationStep(self.release_the_rest, lambda: _release(facts)),
            first,
            CancellationStep(self.withdraw_freight),
            CancellationStep(self.give_money_back, lambda: _refunds(facts, self.cancellation)),
            CancellationStep(self.close_as_cancelled, lambda: _close(facts)),
        ]

    def plan(self) -> CancellationPlan:
        """The dry run: every step, and what would remain. Refuses: OrderNotConfirmed."""
        self.facts.check_is_placed(self.process.now.stage)
        return CancellationPlan(
            order_number=self.facts.placed.order_number,
            stage=self.process.now.stage,
            steps=tuple(one for step in self.steps() for one in step.shown()),
            remains=tuple(_remains(self.facts, self.cancellation)),
        )

    # One step each

    async def agree_on_return(self, event: Event) -> None:
        """Sales says what may come back. Refuses what a return is refused for."""
        ask, by = self.asked_return(), event.caller
        self.authorised = await self.process.step(sales.authorise_return, ask, per=self.per, by=by)

    def asked_return(self) -> AuthoriseReturn:
        """The return that the cancellation asks for."""
        order_id = self.facts.placed.order_id
        return AuthoriseReturn(
            return_id=uuid5(order_id, self.per),
            order_id=order_id,
            authorised_on=self.cancellation.cancelled_on,
            reason=self.cancellation.reason,
            resolution=self.cancellation.money,
            cancels_order=True,
            goods_stay=self.cancellation.goods is Goods.STAY,
        )

    async def release_the_rest(self) -> None:
        """What has not left is wanted no more."""
        release, kept = ReleaseReservation(order_id=self.facts.order_id), self.facts.credit_to_keep
        await self.process.step(inventory.release_reservation, release, per=self.per, must=True)
        await self.process.step(credit.release_credit, kept, per=self.per, must=True)
        self.keeps_credit = bool(kept.kept_amount)

    async def have_it_returned(self) -> None:
        """Begin the return and wait for its end. The order goes on when not everything came back."""
        ask, process, placed = self.asked_return(), self.process, self.facts.placed
        run = RunReturn(**dict(ask), authorised=self.authorised, process_of_order=process.id)
        summary = f"Return of {placed.order_number} by {process.party}"
        await process.begin(
            "customer_return", ask.return_id, run, party=placed.customer_code, summary=summary
        )
        if not ask.goods_stay:
            await process.note(process.at("waiting for goods to come back", waiting_on="warehouse"))
        if self.event is not None:
            self.event.answer_with(answers.cancelled(self.facts, process.now, ask.return_id))
        await process.serve_until(lambda: ask.return_id in self.facts.returns)
        ended = self.facts.returns[ask.return_id]
        # The order may be told of its share of an invoice only after that was credited.
        await process.serve_until(lambda: self.facts.knows_what_was_credited(ended))
        if not self.came_back_wholly(ended):
            self.facts.call_cancellation_off()
            self.facts.fulfilment.give_up_rest()
            await self.go_on_with_what_was_kept(ask.authorised_on)

    async def go_on_with_what_was_kept(self, called_off_on: date) -> None:
        """What the customer has kept is billed now, unless with its month; only then is money waited for."""
        process, facts = self.process, self.facts
        if facts.fulfilment.to_bill() and not facts.is_collective:
            billed_on = max(facts.to_be_billed_on, called_off_on)
            await billing.bill_the_rest(process, facts, billed_on, self.per, process.caller)
        else:
            await process.note(answers.next_stage(process, facts))

    def came_back_wholly(self, ended: ReturnEnded) -> bool:
        """Whether nothing of the order is left with the customer; goods that may stay count as come back."""
        if self.cancellation.goods is Goods.STAY:
            return ended.outcome == "closed"
        return self.facts.fulfilment.all_came_back

    async def credit_freight(self) -> None:
        """All goods came back before, by returns that left the freight charged: it is credited as well."""
        if not self.facts.has_left:
            return
        find = FindBilled(order_id=self.facts.placed.order_id)
        found = await self.process.step(billed.find_billed, find, per=self.per, must=True)
        for note in translation.freight_credits(found, self.cancellation):
            self.facts.credit(await crediting.credit(self.process, note, self.cancellation.money))

    async def withdraw_freight(self) -> None:
        """Freight that is still to be billed with its month is not billed any more."""
        await billing.withdraw_freight(self.process, self.facts, self.per)

    async def give_money_back(self) -> None:
        """Refund what came for the order and is still on account, if the cancellation says so."""
        if self.cancellation.money is not Resolution.REFUND:
            return
        returned = [ended.received_on for ended in self.facts.returns.values() if ended.received_on]
        for named, money_id, money in self.facts.money_on_account():
            refund = PostRefund(
                **named,
                refund_id=uuid5(money_id, "refund"),
                refunded_on=max(self.cancellation.cancelled_on, money.since, *returned),
                reference=self.facts.placed.order_number,
            )
            await crediting.pay_back(self.process, refund, per=money_id)

    async def close_as_cancelled(self) -> None:
        """Sales closes the order, which needs no credit any more."""
        order_id, reason = self.facts.placed.order_id, self.cancellation.reason
        if self.keeps_credit:
            free, per = ReleaseCredit(order_id=order_id), f"{self.per} ended"
            await self.process.step(credit.release_credit, free, per=per, must=True)
        cancel = CancelOrder(order_id=order_id, reason=reason, after_delivery=True)
        cancelled = self.process.at("cancelled", outcome="cancelled")
        await self.process.step(sales.cancel_order, cancel, per="after delivery", must=True, stage=cancelled)


async def give_money_back(cancelling: Cancelling | None) -> None:
    """What was paid in advance goes back before anything else, when somebody has cancelled the order."""
    if cancelling is not None:
        await cancelling.give_money_back()


def _release(facts: OrderFacts) -> Iterator[PlannedStep]:
    number = facts.placed.order_number
    if facts.fulfilment.still_reserved():
        yield PlannedStep(what="release what is set aside", document=number, by=SYSTEM)
    yield PlannedStep(what="set the credit for it free", document=number, by=SYSTEM)


def _return(facts: OrderFacts, cancellation: Cancellation) -> Iterator[PlannedStep]:
    if cancellation.goods is Goods.COME_BACK:
        yield PlannedStep(what="take the goods back, inspect them, restock or scrap", by=WAREHOUSE)
        yield PlannedStep(what="post the goods at what they cost when they left", by=SYSTEM)
    currency = facts.placed.currency
    if facts.is_collective and facts.is_due:
        what = "take off the list of what is to be billed"
        yield PlannedStep(what=what, document=facts.placed.order_number, by=SYSTEM)
    for invoice_id, invoice in facts.invoices.items():
        number = invoice.invoice_number
        left = invoice.total_amount - facts.credited.get(invoice_id, ZERO)
        what = "credit the invoice, line by line"
        yield PlannedStep(what=what, document=number, by=SYSTEM, amount=left, currency=currency)
        for how, amount in facts.not_paid_in_money(invoice_id):
            what = f"reverse the {how}"
            yield PlannedStep(what=what, document=number, by=SYSTEM, amount=amount, currency=currency)


def _credit_freight(facts: OrderFacts) -> Iterator[PlannedStep]:
    back = [ended for ended in facts.returns.values() if any(line.quantity for line in ended.lines)]
    if not all(ended.credits or ended.unbilled for ended in back):
        return  # Goods that were sent again stay billed.
    for invoice_id, invoice in facts.invoices.items():
        if left := invoice.total_amount - facts.credited.get(invoice_id, ZERO):
            yield PlannedStep(
                what="credit what is left of the invoice, its freight",
                document=invoice.invoice_number,
                by=SYSTEM,
                amount=left,
                currency=facts.placed.currency,
            )


def _refunds(facts: OrderFacts, cancellation: Cancellation) -> Iterator[PlannedStep]:
    if cancellation.money is not Resolution.REFUND:
        return
    currency = facts.placed.currency
    for invoice_id, invoice in facts.invoices.items():
        not_money = sum((amount for _, amount in facts.not_paid_in_money(invoice_id)), ZERO)
        not_money += facts.credited.get(invoice_id, ZERO)
        if paid := invoice.total_amount - facts.open_amounts[invoice_id] - not_money:
            what = "refund what was paid for the invoice"
            number = invoice.invoice_number
            yield PlannedStep(what=what, document=number, by=SYSTEM, amount=paid, currency=currency)
    for _, _, money in facts.money_on_account():
        if money.on_account_amount:
            yield PlannedStep(
                what="refund what is on account",
                document=money.payment_number,
                by=SYSTEM,
                amount=money.on_account_amount,
            )


def _close(facts: OrderFacts) -> Iterator[PlannedStep]:
    what = "close the order as cancelled"
    yield PlannedStep(what=what, document=facts.placed.order_number, by=SYSTEM)


def _remains(facts: OrderFacts, cancellation: Cancellation) -> Iterator[str]:
    placed = facts.placed
    if facts.has_left and cancellation.goods is Goods.STAY:
        yield "the cost of the goods that the customer keeps stays in the cost of goods sold"
    if facts.payments and cancellation.money is Resolution.ON_ACCOUNT:
        yield "the money that was paid stays on the customer's account"
    if facts.payments and placed.total_amount != placed.base_total_amount:
        yield "the difference between the exchange rates of the payment's day and the refund's day"
    if facts.has_left and cancellation.goods is Goods.COME_BACK:
        yield (
            "what does not come back, or comes back unfit: the order then goes on for what was kept, or its "
            "cost is posted as a loss"
        )
