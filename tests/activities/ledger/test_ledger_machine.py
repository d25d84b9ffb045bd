"""Whatever is posted, billed, paid, allocated, credited, refunded, locked and refused, in whatever order: the
books are as a simple model says, to the cent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as some
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from pydantic import BaseModel

from activities.ledger import journal, payments, refunds, reversals
from activities.receivables import credit_notes, invoices
from domains.ledger.messages import AllocatePayment, EntryLine, PostRefund, ReverseDocument
from domains.ledger.rules.journal import NoFiscalYear, PeriodLocked, Unbalanced
from domains.ledger.rules.payments import MoreThanOnAccount, MoreThanOpen, NothingOnAccount, NothingOpen
from domains.ledger.rules.reversals import ReversedAlready
from domains.receivables.messages import LineToCredit, PostCreditNote
from domains.receivables.rules.credit_notes import CreditedTooMuch
from foundation.database.connections import Database
from foundation.operations.operation import Operation
from foundation.values.days import TooEarly
from foundation.values.errors import BusinessError, Conflict, Invalid, NotFound
from tests import machines
from tests.activities.ledger import model_documents as model
from tests.activities.ledger.ledger_model import ROUNDING, Ledger
from tests.activities.ledger.model_documents import Bill, Goods, Money, Sum
from tests.activities.ledger.what_the_books_say import Books, all_rows, books, opened
from tests.builders.finance import Accountant, a_line, a_payment, an_entry, an_invoice
from tests.machines import Run

NEVER_LOCKED = date(2026, 4, 20)
days = some.sampled_from([*(date(2026, *on) for on in ((3, 12), (3, 5), (2, 20), (1, 15))), NEVER_LOCKED])
locks = some.sampled_from([None, *(date(2026, *on) for on in ((1, 31), (2, 14), (2, 28)))])
currencies = some.sampled_from(["EUR", "USD", "JPY"])
customers = some.sampled_from(["C1", "C2"])
cents = some.integers(1, 99_999).map(lambda amount: Decimal(amount) / 100)
ways_to_pay = some.sampled_from(list(model.ways_to_pay([])))
some_goods = some.dictionaries(
    some.sampled_from(list(model.TAXES)), some.tuples(some.integers(1, 5), cents), min_size=1
)
Why = type[BusinessError] | tuple[type[BusinessError], ...]


class LedgerMachine(RuleBasedStateMachine):
    """A company that keeps its books in euros, and two customers who also pay in dollars and yen."""

    entries: Bundle[model.Written] = Bundle("entries")
    bills: Bundle[Bill] = Bundle("bills")
    monies: Bundle[Money] = Bundle("monies")

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run
        self.ledger = Ledger()
        self.done: list[tuple[Operation[Any, Any], Any, str, BaseModel]] = []
        self.posted: dict[UUID, str] = {}
        self.rows: dict[str, str] | None = None
        """All rows, as long as nothing has changed since they were looked at."""
        self.accountant: Accountant = run(opened(machines.a_caller()))

    @initialize(target=bills)
    def billed_before(self) -> Any:
        price = Decimal("123.45")
        return multiple(
            self.bill(date(2026, 3, 5), "USD", "C1", "DISC", {"T19": (3, price), "T7": (2, price)}),
            self.bill(date(2026, 2, 20), "JPY", "C2", "HALVES", {"T19": (5, price)}),
            self.bill(date(2026, 3, 5), "EUR", "C1", "DISC", {"T19": (3, price), "UNTAXED": (1, price)}),
        )

    @initialize(target=monies)
    def paid_before(self) -> Any:
        paid = (("C1", "USD"), ("C2", "JPY"), ("C1", "EUR"))
        return multiple(*(self.pay_on_account(*of, date(2026, 3, 12), Decimal(800)) for of in paid))

    # How something is done, and how it is refused

    def do(self, on: date, operation: Operation[Any, Any], command: Any) -> Any:
        """The answer; none when the day is in a locked period, where nothing can be done."""
        if self.is_locked(on):
            return self.refused(PeriodLocked, operation, command)
        self.rows = None
        key = f"step {len(self.done)}"
        answer = self.run(operation(self.accountant.call(key), command))
        self.done.append((operation, command, key, answer))
        return answer

    def is_locked(self, on: date) -> bool:
        return self.ledger.locked is not None and on <= self.ledger.locked

    def refused(self, why: Why, operation: Operation[Any, Any], command: Any, key: str | None = None) -> None:
        with self.nothing_changes(), pytest.raises(why):
            self.run(operation(self.accountant.call(key), command))

    @contextmanager
    def nothing_changes(self) -> Iterator[None]:
        before = self.rows or self.run(all_rows(self.accountant))
        yield
        self.rows = self.run(all_rows(self.accountant))
        assert self.rows == before

    # The journal

    @rule(
        target=entries,
        on=days,
        currency=currencies,
        amounts=some.lists(cents, min_size=1, max_size=3),
        is_worth_known=some.booleans(),
    )
    def post(self, on: date, currency: str, amounts: list[Decimal], is_worth_known: bool) -> Any:
        figures = [model.amount_in(currency, amount) for amount in amounts]
        accounts = zip(("6100", "1410", "6300"), figures, strict=False)
        moved = [*accounts, ("3000", -sum(figures, Decimal(0)))]
        worth = [
            model.euros(amount if is_worth_known else amount / model.rate(currency, on))
            for _, amount in moved
        ]
        lines = tuple(
            EntryLine(account_code=code, amount=amount, base_amount=base if is_worth_known else None)
            for (code, amount), base in zip(moved, worth, strict=True)
        )
        entry = an_entry(posted_on=on, currency=currency, lines=lines)
        if self.do(on, journal.post_entry, entry) is None:
            return multiple()
        written = [(code, amount, base) for (code, amount), base in zip(moved, worth, strict=True)]
        self.ledger.post(on, currency, written, ROUNDING)
        return model.Written(entry.entry_id, on, currency, written)

    @rule(entry=entries, on=days)
    def reverse(self, entry: model.Written, on: date) -> None:
        command = model.reversal(entry.id, on)
        if entry.reversed or self.is_locked(on) or on < entry.on:
            why = ReversedAlready if entry.reversed else TooEarly if on < entry.on else PeriodLocked
            self.refused(why, reversals.reverse_document, command)
            return
        self.do(on, reversals.reverse_document, command)
        entry.reversed = True
        mirror = [(code, -amount, -worth) for code, amount, worth in entry.lines]
        self.ledger.post(on, entry.currency, mirror, ROUNDING)

    # Invoices and credit notes

    @rule(
        target=bills,
        on=days,
        currency=currencies,
        customer=customers,
        terms=some.sampled_from(list(model.TERMS)),
        sold=some_goods,
        of_old_order=some.booleans(),
    )
    def sell(self, on: date, of_old_order: bool, **sold: Any) -> Any:
        return self.bill(on, **sold, of_old_order=of_old_order)

    def bill(
        self,
        on: date,
        currency: str,
        customer: str,
        terms: str,
        sold: dict[str, tuple[int, Decimal]],
        of_old_order: bool = False,
    ) -> Any:
        orders = [
            x.order for x in self.ledger.bills.values() if (x.customer, x.currency) == (customer, currency)
        ]
        lines = [
            a_line(quantity, model.amount_in(currency, price), tax_code=code, line_number=number)
            for number, (code, (quantity, price)) in enumerate(sold.items(), start=1)
        ]
        order_id = orders[0] if orders and of_old_order else uuid4()
        invoice = an_invoice(
            *lines,
            order_id=order_id,
            process_id=f"{self.accountant.caller.company}/order_to_cash/{order_id}",
            customer_code=customer,
            currency=currency,
            invoiced_on=on,
            payment_terms_code=terms,
        )
        answer = self.do(on, invoices.post_invoice, invoice)
        if answer is None:
            return multiple()
        goods = [Goods.sell(x.tax_code, currency, x.quantity, x.unit_price) for x in lines]
        bill = Bill(
            invoice.invoice_id, answer.invoice_number, invoice.order_id, customer, currency, on, goods
        )
        self.ledger.bill(bill, terms)
        assert answer.total_amount == bill.total
        return bill

    @rule(
        target=monies,
        bill=bills,
        on=days,
        how=some.sampled_from(["one", "one of each", "everything", "too much"]),
    )
    def credit(self, bill: Bill, on: date, how: str) -> Any:
        left = {at: goods.left[0] for at, goods in enumerate(bill.goods)}
        each = {at: Decimal(1) for at, there in left.items() if there}
        wanted = {
            "one": dict(list(each.items())[:1]),
            "one of each": each,
            "everything": {},
            "too much": {0: left[0] + 1},
        }[how]
        note = PostCreditNote(
            credit_note_id=uuid4(),
            invoice_id=bill.id,
            credited_on=on,
            reason="Came back",
            lines=tuple(
                LineToCredit(order_line_number=at + 1, quantity=quantity) for at, quantity in wanted.items()
            ),
        )
        if not self.is_locked(on) and on < bill.on:
            self.refused(TooEarly, credit_notes.post_credit_note, note)
            return multiple()
        if not self.is_locked(on) and how == "too much":
            self.refused(CreditedTooMuch, credit_notes.post_credit_note, note)
            return multiple()
        answer = self.do(on, credit_notes.post_credit_note, note)
        if answer is None:
            return multiple()
        assert answer.total_amount == self.ledger.credit(bill, wanted or left, on, note.credit_note_id)
        kept = self.ledger.kept.get(note.credit_note_id)
        return kept or multiple()

    # Money

    @rule(target=monies, bill=bills, on=days, how=ways_to_pay)
    def pay(self, bill: Bill, on: date, how: str) -> Any:
        return self._pay(bill, on, bill.currency, how, of_order=False)

    @rule(target=monies, bill=bills, on=days, currency=currencies, how=ways_to_pay, of_order=some.booleans())
    def pay_in_any_currency(self, bill: Bill, on: date, currency: str, how: str, of_order: bool) -> Any:
        return self._pay(bill, on, currency, how, of_order=of_order)

    def _pay(self, bill: Bill, on: date, currency: str, how: str, *, of_order: bool) -> Any:
        bills = [x for x in self.ledger.bills.values() if x.order == bill.order] if of_order else [bill]
        owed = sum((each.is_open for each in bills), Decimal(0))
        offered = model.ways_to_pay(bills)[how]
        amount = offered * model.rate(currency, on) / model.rate(bill.currency, on)
        amount = max(model.in_full(amount, currency), model.SMALLEST[currency])
        names = {"order_id": bill.order} if of_order else {"invoice_id": bill.id}
        payment = a_payment(amount, currency=currency, received_on=on, customer_code=bill.customer, **names)
        if not (owed or of_order or self.is_locked(on)):
            self.refused(NothingOpen, payments.post_payment, payment)
            return multiple()
        return self._receive(payment, bills)

    @rule(target=monies, customer=customers, currency=currencies, on=days, amount=cents)
    def receive(self, customer: str, currency: str, on: date, amount: Decimal) -> Any:
        return self.pay_on_account(customer, currency, on, amount)

    def pay_on_account(self, customer: str, currency: str, on: date, amount: Decimal) -> Any:
        figure = model.amount_in(currency, amount)
        return self._receive(a_payment(figure, currency=currency, received_on=on, customer_code=customer), [])

    def _receive(self, payment: Any, bills: list[Bill]) -> Any:
        answer = self.do(payment.received_on, payments.post_payment, payment)
        if answer is None:
            return multiple()
        money = Money(
            payment.payment_id,
            payment.customer_code,
            payment.currency,
            payment.received_on,
            Sum(payment.amount, Decimal(0)),
        )
        self.ledger.receive(money, bills, payment.received_on)
        assert answer.on_account_amount == money.left.amount
        return money

    @rule(money=monies, which=some.integers(0, 9), on=days, is_half=some.booleans())
    def allocate(self, money: Money, which: int, on: date, is_half: bool) -> None:
        bills = list(self.ledger.bills.values())
        owed = [bill for bill in bills if bill.customer == money.customer and bill.is_open] or bills
        bill = owed[which % len(owed)]
        half = model.in_full(money.left.amount / 2, money.currency)
        amount = half if is_half and half else None
        allocation = AllocatePayment(
            allocation_id=uuid4(), **self._source(money), invoice_id=bill.id, allocated_on=on, amount=amount
        )
        if self.is_locked(on):
            self.refused(PeriodLocked, payments.allocate_payment, allocation)
        elif on < money.since:
            self.refused(TooEarly, payments.allocate_payment, allocation)
        elif not money.left.amount:
            self.refused(NothingOnAccount, payments.allocate_payment, allocation)
        elif money.customer != bill.customer:
            self.refused(NotFound, payments.allocate_payment, allocation)
        elif not bill.is_open:
            self.refused(NothingOpen, payments.allocate_payment, allocation)
        elif on < bill.on:  # Too little may be nothing in the invoice's currency, which is seen first.
            self.refused((TooEarly, NothingOnAccount), payments.allocate_payment, allocation)
        elif self.ledger.is_too_much(money, bill, amount, on):
            self.refused(MoreThanOpen, payments.allocate_payment, allocation)
        elif self.ledger.allocate(money, bill, amount, on):
            answer = self.do(on, payments.allocate_payment, allocation)
            assert answer.on_account_amount == money.left.amount
        else:
            self.refused(NothingOnAccount, payments.allocate_payment, allocation)

    @rule(money=monies, on=days, how_much=some.sampled_from([None, "half", "too much"]))
    def refund(self, money: Money, on: date, how_much: str | None) -> None:
        left, little = money.left.amount, model.SMALLEST[money.currency]
        amounts = {
            None: None,
            "half": model.in_full(left / 2, money.currency) or None,
            "too much": left + little,
        }
        amount = amounts[how_much]
        command = PostRefund(refund_id=uuid4(), refunded_on=on, amount=amount, **self._source(money))
        if on < money.since and (left or amount is not None) and not self.is_locked(on):
            self.refused(TooEarly, refunds.post_refund, command)
        elif amount is not None and amount > left and not self.is_locked(on):
            self.refused((NothingOnAccount, MoreThanOnAccount), refunds.post_refund, command)
        elif self.do(on, refunds.post_refund, command) is not None and left:
            self.ledger.refund(money, amount or left, on)

    @staticmethod
    def _source(money: Money) -> dict[str, UUID]:
        return {"credit_note_id" if money.is_credit_note else "payment_id": money.id}

    # Periods, keys, and what is always refused

    @rule(through=locks)
    def lock(self, through: date | None) -> None:
        self.run(self.accountant.year(2026, locked_through=through))
        self.ledger.locked, self.rows = through, None

    @rule(which=some.integers(0, 99))
    def ask_again(self, which: int) -> None:
        if not self.done:
            return
        operation, command, key, answer = self.done[which % len(self.done)]
        with self.nothing_changes():
            assert self.run(operation(self.accountant.call(key), command)) == answer
        name = next(name for name in type(command).model_fields if name.endswith("_id"))
        self.refused(Conflict, operation, command.model_copy(update={name: uuid4()}), key)

    @rule(which=some.integers(0, 7), amount=cents, money=monies)
    def ask_for_nonsense(self, which: int, amount: Decimal, money: Money) -> None:
        def entry(account: str, less: Decimal, on: date = NEVER_LOCKED) -> Any:
            return an_entry((account, amount), ("3000", -less), posted_on=on)

        asked: list[tuple[type[BusinessError], Operation[Any, Any], Any]] = [
            (Unbalanced, journal.post_entry, entry("1400", amount + 1)),
            (Invalid, journal.post_entry, entry("8999", amount)),
            (Invalid, journal.post_entry, entry("1499", amount)),
            (NoFiscalYear, journal.post_entry, entry("1400", amount, date(2027, 1, 1))),
            (Invalid, payments.post_payment, a_payment(amount + Decimal("0.001"), received_on=NEVER_LOCKED)),
            (
                NotFound,
                payments.post_payment,
                a_payment(amount, invoice_id=uuid4(), received_on=NEVER_LOCKED),
            ),
            (Invalid, payments.allocate_payment, self._fraction_of_a_cent(money)),
            (NotFound, reversals.reverse_document, self._reversal_of_a_document()),
        ]
        self.refused(*asked[which])

    def _fraction_of_a_cent(self, money: Money) -> AllocatePayment:
        return AllocatePayment(
            allocation_id=uuid4(),
            **self._source(money),
            invoice_id=next(iter(self.ledger.bills)),
            allocated_on=NEVER_LOCKED,
            amount=Decimal("0.005"),
        )

    def _reversal_of_a_document(self) -> ReverseDocument:
        found = next(entry_id for entry_id, row in self.posted.items() if ",manual," not in row)
        return model.reversal(found, NEVER_LOCKED)

    # What must always be so

    @invariant()
    def books_are_as_the_model_says(self) -> None:
        if self.rows is not None:
            return
        found: Books = self.run(books(self.accountant))
        found.agree_with(self.ledger)
        assert {entry_id: found.entries.get(entry_id) for entry_id in self.posted} == self.posted
        self.posted = found.entries

    def teardown(self) -> None:
        self.run(self.accountant.everything_agrees())


async def test_the_ledger_is_as_a_simple_model_says(database: Database) -> None:
    del database
    assert await machines.run(LedgerMachine, times=2) >= 2 * machines.TRIES
