"""An order is cancelled after goods have left: one list of steps, followed by a dry run or done.

1. A return is agreed on for what has left: refused, nothing is changed.
2. What has not left is released, and the credit for it set free. Was it to replace goods, those are credited.
3. The return runs: the goods come back (or stay), what was billed is credited, and what was
   paid for it is refunded or kept on account. Came all of it back before, the freight is credited.
4. Debit notes on its invoices are credited alike.
5. Freight that is still to be billed is not billed any more. What came back and was sent again is billed.
6. Money that came for the order and was not needed is refunded, or kept on account.
7. Sales closes the order as cancelled.

When not everything came back, the return was called off, or another return is still awaited, the order goes
on with what the customer has kept. Before goods have left nothing was posted, and what was done is taken
back, last first. Each step says what it came to, which only the dry run tells: see `cancellation_plan`.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self
from uuid import UUID, uuid5

from activities import inventory, sales
from activities.receivables import billed, credit
from domains.inventory.messages import ReleaseReservation
from domains.ledger.messages import AccountRole, PlannedEntry, PostRefund
from domains.receivables.messages import FindBilled, FindDebitNotes, ReleaseCredit
from domains.receivables.rules.write_offs import check_not_given_up
from domains.sales.messages import (
    AuthoriseReturn,
    Cancellation,
    CancelOrder,
    Goods,
    PlannedStep,
    Resolution,
    ReturnAuthorised,
    RunReturn,
)
from foundation.operations.mailbox import Event
from foundation.process.process import Process
from workflows.customer_return import crediting
from workflows.customer_return.crediting import BilledGoods, CreditReason
from workflows.order_to_cash import answers, billing, planned_steps, replacing, translation
from workflows.order_to_cash.facts import OrderFacts
from workflows.order_to_cash.refusals import OrderCancelled

Step = Callable[[], Awaitable[Iterable[PlannedStep]]]
"""One step of a cancellation, and what it came to."""


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
        # One that is refused is asked for again, and may then be of another day.
        per, credited = f"{cancelling.per}, asked {event.number}", cancelling.to_credit()
        credits = await crediting.check(process, credited, cancelling.credit_asked, field="order_id", per=per)
        await cancelling.check_debit_notes(per)
        planned, on = (*cancelling.planned(), *credits), cancellation.cancelled_on
        await crediting.check_postable(process, "cancelled_on", on, planned, per=per, by=event.caller)
        if cancelling.has_goods_returned:
            await cancelling.agree_on_return(event)
        facts.cancellation = cancellation
        process.caller = event.caller
        if not facts.has_left:
            process.ending = OrderCancelled(cancellation.reason)
            process.answer_when(event, True, lambda: answers.cancelled(facts, process.now))
        return cancelling

    @property
    def not_sent(self) -> tuple[BilledGoods, ...]:
        """What the order was to send again, and does not. One that was not taken, its return credits."""
        if not self.facts.is_set_aside:
            return ()
        return replacing.not_sent(
            self.facts, replacing.as_delivered(self.facts) if self.facts.has_left else ()
        )

    @property
    def credit_asked(self) -> CreditReason:
        """How it is credited."""
        asked, by = self.cancellation, self.event.by if self.event else None
        name = uuid5(self.facts.order_id, f"not sent, {self.per}")
        return CreditReason(name, asked.cancelled_on, asked.reason, asked.money, by)

    def to_credit(self) -> Iterator[BilledGoods]:
        """What is credited of the order, whatever comes back of it: that is asked for when it has come."""
        yield from self.not_sent
        facts = self.facts
        if facts.has_left and facts.fulfilment.all_came_back:
            yield BilledGoods(facts.order_id, {}, with_freight=True)
        elif facts.has_left and self.cancellation.goods is Goods.STAY:
            left = facts.fulfilment.outside()
            lines = (
                (line.line_number, line.replaces_line_number, left[line.line_number])
                for line in facts.placed.lines
            )
            yield from crediting.as_billed(facts.order_id, facts.placed.replaces_order_id, lines)

    def planned(self) -> Iterator[PlannedEntry]:
        """What will be posted on the day of the cancellation."""
        on, facts = self.cancellation.cancelled_on, self.facts
        if self.cancellation.money is Resolution.REFUND and facts.payments:
            roles = (AccountRole.BANK, AccountRole.CUSTOMER_ON_ACCOUNT)
            yield PlannedEntry(posted_on=on, currency=facts.placed.currency, roles=roles)
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
            await step()
            if self.facts.cancellation is None:
                return False
        if not self.event.is_answered:
            self.event.answer_with(answers.cancelled(self.facts, self.process.now))
        return True

    @property
    def has_goods_returned(self) -> bool:
        """Whether a return is agreed on, or was: something has left, and not all of it has come back."""
        return self.facts.has_left and not self.facts.fulfilment.all_came_back

    def steps(self) -> list[Step]:
        """What the cancellation does, in the order in which it is done."""
        return [
            self.release_the_rest,
            self.credit_what_is_not_sent,
            self.have_it_returned if self.has_goods_returned else self.credit_freight,
            self.credit_debit_notes,
            self.withdraw_freight,
            self.bill_what_was_sent_again,
            self.give_money_back,
            self.close_as_cancelled,
        ]

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

    async def release_the_rest(self) -> Iterable[PlannedStep]:
        """What has not left is wanted no more."""
        shown = planned_steps.release(self.facts)
        release, kept = ReleaseReservation(order_id=self.facts.order_id), self.facts.credit_to_keep
        await self.process.step(inventory.release_reservation, release, per=self.per, must=True)
        await self.process.step(credit.release_credit, kept, per=self.per, must=True)
        self.keeps_credit = bool(kept.kept_amount)
        self.facts.fulfilment.give_up_rest()
        return shown

    async def credit_what_is_not_sent(self) -> Iterable[PlannedStep]:
        """Goods of the order that were to replace others are credited."""
        done = await replacing.credit(self.process, self.facts, self.not_sent, self.credit_asked)
        return planned_steps.credited(done, "credit what is not sent again, as it was billed")

    async def have_it_returned(self) -> Iterable[PlannedStep]:
        """Begin the return and wait for its end. The order goes on when not everything came back."""
        process, placed, run = self.process, self.facts.placed, self.return_to_run()
        summary = f"Return of {placed.order_number} by {process.party}"
        await process.begin(
            "customer_return", run.return_id, run, party=placed.customer_code, summary=summary
        )
        if not run.goods_stay:
            await process.note(process.at("waiting for goods to come back", waiting_on="warehouse"))
        self.answer_before_it_returns(run.return_id)
        await process.serve_until(lambda: run.return_id in self.facts.returns)
        ended = self.facts.returns[run.return_id]
        # The order may be told of its share of an invoice only after that was credited.
        await process.serve_until(lambda: self.facts.knows_what_was_credited(ended))
        if not (ended.outcome == "closed" and self.facts.fulfilment.all_came_back):
            self.facts.call_cancellation_off()
            await self.go_on_with_what_was_kept(run.authorised_on)
        return ()

    def return_to_run(self) -> RunReturn:
        """The return as it goes into its process."""
        ask = self.asked_return()
        return RunReturn(**dict(ask), authorised=self.authorised, process_of_order=self.process.id)

    def answer_before_it_returns(self, return_id: UUID) -> None:
        """Whoever cancels does not wait for the goods."""
        if self.event is not None:
            self.event.answer_with(answers.cancelled(self.facts, self.process.now, return_id))

    async def go_on_with_what_was_kept(self, called_off_on: date) -> None:
        """What the customer has kept is billed now, unless with its month; only then is money waited for."""
        process, facts = self.process, self.facts
        if facts.fulfilment.to_bill() and not facts.is_collective:
            billed_on = max(facts.to_be_billed_on, called_off_on)
            await billing.bill_the_rest(process, facts, billed_on, self.per, process.caller)
            return
        if self.keeps_credit:
            await billing.free_credit(process, facts, per=f"{self.per} called off")
        await process.note(answers.next_stage(process, facts))

    async def credit_freight(self) -> Iterable[PlannedStep]:
        """All goods came back before, by returns that left the freight charged: it is credited as well."""
        find = FindBilled(order_id=self.facts.placed.order_id)
        found = await self.process.step(billed.find_billed, find, per=self.per, must=True)
        done = []
        for note in translation.freight_credits(found, self.cancellation):
            done.append(await crediting.credit(self.process, note, self.cancellation.money))
            self.facts.credit(done[-1])
        return planned_steps.credited(done, "credit what is left of the invoice, its freight")

    async def check_debit_notes(self, per: str) -> None:
        """Refuses: NotCreditable, when one was given up as a bad debt."""
        if self.facts.debit_notes:
            find = FindDebitNotes(order_id=self.facts.order_id)
            found = await self.process.step(billed.find_debit_notes, find, per=per)
            check_not_given_up("order_id", found.notes)

    async def credit_debit_notes(self) -> Iterable[PlannedStep]:
        """What more was charged on its invoices goes the same way."""
        if not self.facts.debit_notes:
            return ()
        find = FindDebitNotes(order_id=self.facts.order_id)
        found = await self.process.step(billed.find_debit_notes, find, per=self.per, must=True)
        notes = translation.debit_note_credits(found.notes, self.cancellation)
        done = [await crediting.credit(self.process, note, self.cancellation.money) for note in notes]
        return planned_steps.credited(done, "credit what is left of the debit note")

    async def withdraw_freight(self) -> Iterable[PlannedStep]:
        """Freight that is still to be billed with its month is not billed any more."""
        await billing.withdraw_freight(self.process, self.facts, self.per)
        return ()

    async def bill_what_was_sent_again(self) -> Iterable[PlannedStep]:
        """Goods that came back and were replaced are with the customer, and are owed."""
        process, facts = self.process, self.facts
        if not facts.fulfilment.to_bill():
            return ()
        if not facts.is_collective:
            billed_on = max(facts.to_be_billed_on, self.cancellation.cancelled_on)
            posted = await billing.bill_the_rest(process, facts, billed_on, self.per, process.caller)
            return planned_steps.billed(facts, posted)
        await process.note(answers.next_stage(process, facts))
        if self.event is not None and not self.event.is_answered:
            self.event.answer_with(answers.cancelled(facts, process.now))
        await process.serve_until(lambda: not facts.fulfilment.to_bill())
        return ()

    async def give_money_back(self) -> Iterable[PlannedStep]:
        """Refund what came for the order and is still on account, if the cancellation says so."""
        if self.cancellation.money is not Resolution.REFUND:
            return ()
        done: list[PlannedStep] = []
        returned = [ended.received_on for ended in self.facts.returns.values() if ended.received_on]
        for named, money_id, money in self.facts.money_on_account():
            refund = PostRefund(
                **named,
                refund_id=uuid5(money_id, "refund"),
                refunded_on=max(self.cancellation.cancelled_on, money.since, *returned),
                reference=self.facts.placed.order_number,
                or_later=True,
            )
            refunded = await crediting.pay_back(self.process, refund, per=money_id)
            done += planned_steps.refunded(money.payment_number, refunded)
        return done

    async def close_as_cancelled(self) -> Iterable[PlannedStep]:
        """Sales closes the order, which needs no credit any more."""
        order_id, reason = self.facts.placed.order_id, self.cancellation.reason
        if self.keeps_credit:
            free, per = ReleaseCredit(order_id=order_id), f"{self.per} ended"
            await self.process.step(credit.release_credit, free, per=per, must=True)
        cancel = CancelOrder(order_id=order_id, reason=reason, after_delivery=True)
        cancelled = self.process.at("cancelled", outcome="cancelled")
        await self.process.step(sales.cancel_order, cancel, per="after delivery", must=True, stage=cancelled)
        return planned_steps.close(self.facts)


async def before_it_is_undone(process: Process, facts: OrderFacts, cancelling: Cancelling | None) -> None:
    """What an order was to send again is credited; what was paid in advance goes back, when somebody has
    cancelled it. Who turns it back otherwise names no day: then it is the order's.
    """
    if cancelling is not None:
        await cancelling.credit_what_is_not_sent()
        await cancelling.give_money_back()
    elif facts.is_set_aside:
        on, why = facts.placed.ordered_on, f"{facts.placed.order_number} was turned back"
        asked = Cancellation(reason=why, cancelled_on=on, money=Resolution.ON_ACCOUNT)
        await Cancelling(process, facts, asked).credit_what_is_not_sent()
