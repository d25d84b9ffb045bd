"""Documents are taken back: every account and every open item is what it was, or the refusal says why not."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from activities.ledger import accounts, reversals
from domains.ledger.messages import (
    EntryLine,
    PaymentPosted,
    PutDimensionValue,
    RefundPosted,
    ReverseDocument,
    ReversibleType,
)
from domains.ledger.rules.journal import NotPostable, PeriodLocked
from domains.ledger.rules.reversals import ReversedAlready, StandsOnIt
from domains.receivables.messages import CreditNotePosted, InvoicePosted
from foundation.values.days import TooEarly
from foundation.values.errors import Conflict, NotFound
from tests.activities.ledger.what_stands import standing
from tests.builders.finance import Accountant, a_line, an_entry

BILLED, PAID, USED, LATER = date(2026, 3, 2), date(2026, 3, 12), date(2026, 3, 25), date(2026, 4, 10)
Done = tuple[ReversibleType, UUID]


@dataclass
class Books:
    """Books in which something is owed, in two currencies, and money is on account."""

    accountant: Accountant
    euros: InvoicePosted
    dollars: InvoicePosted
    order_id: UUID
    kept: PaymentPosted
    dollars_kept: PaymentPosted
    credited: CreditNotePosted
    used_on: date = USED
    """When money on account is used, or given back."""

    async def pay(self, amount: str, **changes: Any) -> Done:
        """Money comes in, on a day on which the discount may be taken and the dollar is worth more."""
        paid = await self.accountant.receive(amount, received_on=PAID, **changes)
        assert paid.payment_id is not None
        return ReversibleType.PAYMENT, paid.payment_id

    async def use(self, money: PaymentPosted | CreditNotePosted, invoice: InvoicePosted, **more: Any) -> Done:
        """Money on account is used."""
        allocation_id = uuid4()
        asked = {"allocation_id": allocation_id, "allocated_on": self.used_on} | more
        await self.accountant.allocate(money, invoice, **asked)
        return ReversibleType.ALLOCATION, allocation_id

    async def give_back(self, **changes: Any) -> Done:
        """Money on account goes back."""
        refunded: RefundPosted = await self.accountant.refund(**{"refunded_on": self.used_on} | changes)
        assert refunded.refund_id is not None
        return ReversibleType.REFUND, refunded.refund_id

    async def write(self, currency: str) -> Done:
        """A person's entry, with everything that a line can say."""
        named: dict[str, Any] = {
            "party_type": "customer",
            "party_code": "C1",
            "dimensions": {"cost_centre": "SALES"},
        }
        lines = (
            EntryLine(account_code="6300", amount=Decimal("33.33"), text="a fair", **named),
            EntryLine(account_code="6310", amount=Decimal("33.33")),
            EntryLine(account_code="1400", amount=Decimal("-66.66")),
        )
        entry = an_entry(lines=lines, currency=currency)
        await self.accountant.post(entry)
        return ReversibleType.ENTRY, entry.entry_id


@pytest.fixture
async def books(accountant: Accountant) -> Books:
    """Two invoices of one order, one in dollars, and money on account from payments and a credit note."""
    await accountant.open(small_difference_limit="0.50")
    await accountant.rate("USD", "1.20")
    await accountant.rate("USD", "1.10", date(2026, 3, 10))
    value = PutDimensionValue(dimension="cost_centre", code="SALES", name="Sales")
    await accounts.put_dimension_value(accountant.call(), value)
    order_id = uuid4()
    discounted: dict[str, Any] = {"payment_terms_code": "DISC"}
    euros = await accountant.bill(a_line(1, "100", tax_code="T19"), order_id=order_id, **discounted)
    await accountant.bill(a_line(1, "50", tax_code="T7"), order_id=order_id, **discounted)
    dollars = await accountant.bill(a_line(1, "100", tax_code="T19"), currency="USD", **discounted)
    returned = await accountant.bill(a_line(1, "70"))
    await accountant.receive("70", invoice_id=returned.invoice_id)
    return Books(
        accountant,
        euros,
        dollars,
        order_id,
        kept=await accountant.receive("80"),
        dollars_kept=await accountant.receive("90", currency="USD", received_on=date(2026, 3, 5)),
        credited=await accountant.take_back(returned),
    )


DOCUMENTS: dict[str, Callable[[Books], Awaitable[Done]]] = {
    "an entry": lambda books: books.write("EUR"),
    "an entry in dollars": lambda books: books.write("USD"),
    "a payment in full": lambda books: books.pay("119", invoice_id=books.euros.invoice_id),
    "a payment in part": lambda books: books.pay("19", invoice_id=books.euros.invoice_id),
    "a payment less the discount": lambda books: books.pay("107.10", invoice_id=books.euros.invoice_id),
    "a payment that is nearly enough": lambda books: books.pay("118.60", invoice_id=books.euros.invoice_id),
    "a payment that is slightly too much": lambda books: books.pay(
        "119.40", invoice_id=books.euros.invoice_id
    ),
    "a payment of two invoices": lambda books: books.pay("172.50", order_id=books.order_id),
    "a payment of two invoices in part": lambda books: books.pay("130", order_id=books.order_id),
    "a payment of two invoices less their discounts": lambda books: books.pay(
        "155.25", order_id=books.order_id
    ),
    "a payment in dollars": lambda books: books.pay(
        "119", currency="USD", invoice_id=books.dollars.invoice_id
    ),
    "a payment in dollars less the discount": lambda books: books.pay(
        "107.10", currency="USD", invoice_id=books.dollars.invoice_id
    ),
    "euros for dollars": lambda books: books.pay("60", invoice_id=books.dollars.invoice_id),
    "dollars for euros": lambda books: books.pay("200", currency="USD", invoice_id=books.euros.invoice_id),
    "too much money": lambda books: books.pay("500", order_id=books.order_id),
    "money that names nothing": lambda books: books.pay("500"),
    "a use of money on account": lambda books: books.use(books.kept, books.euros),
    "a use of some of it": lambda books: books.use(books.kept, books.euros, amount=Decimal(7)),
    "a use of euros for dollars": lambda books: books.use(books.kept, books.dollars),
    "a use of dollars": lambda books: books.use(books.dollars_kept, books.dollars),
    "a use of what was credited": lambda books: books.use(books.credited, books.euros),
    "a refund": lambda books: books.give_back(payment_id=books.kept.payment_id),
    "a refund of some": lambda books: books.give_back(
        payment_id=books.kept.payment_id, amount=Decimal(30), account_code="1450"
    ),
    "a refund of dollars": lambda books: books.give_back(payment_id=books.dollars_kept.payment_id),
    "a refund of what was credited": lambda books: books.give_back(
        credit_note_id=books.credited.credit_note_id
    ),
}


def reversal_of(done: Done, **changes: Any) -> ReverseDocument:
    """A document is taken back in April."""
    kind, document_id = done
    asked: dict[str, Any] = {
        "document_type": kind,
        "document_id": document_id,
        "reversal_id": uuid4(),
        "reversed_on": LATER,
        "reason": "wrong",
    }
    return ReverseDocument(**asked | changes)


async def reverse(books: Books, done: Done, **changes: Any) -> str:
    """A document is taken back, what it used can be used from then on; gives the reversal's number."""
    command = reversal_of(done, **changes)
    answer = await reversals.reverse_document(books.accountant.call(), command)
    assert (answer.document_type, answer.document_id) == done
    books.used_on = max(books.used_on, command.reversed_on)
    return answer.reversal_number


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
async def test_a_document_is_taken_back_done_again_and_taken_back_and_all_is_as_it_was(
    document: Callable[[Books], Awaitable[Done]], books: Books
) -> None:
    company = books.accountant.caller.company
    before = await standing(company)
    for number in ("RV-2026-000001", "RV-2026-000002"):
        done = await document(books)
        assert await standing(company) != before

        assert await reverse(books, done) == number

        assert await standing(company) == before
    await books.accountant.everything_agrees()


async def test_the_mirror_says_what_it_takes_back(books: Books) -> None:
    done = await books.write("USD")
    await reverse(books, done, reason="typed twice")

    (written,) = (entry for entry in await books.accountant.entries() if entry.entry_id == done[1])
    (mirror,) = await books.accountant.entries("reversal")
    assert (mirror.reverses_id, mirror.posted_on, mirror.currency) == (done[1], LATER, "USD")
    assert mirror.text == f"Reversal of {written.entry_number}: typed twice"
    for line, back in zip(written.lines, mirror.lines, strict=True):
        assert (back.amount, back.base_amount) == (-line.amount, -line.base_amount)
        assert (back.party_code, back.dimensions) == (line.party_code, line.dimensions)


# What is refused

EACH_KIND = {
    name: DOCUMENTS[name] for name in ("an entry", "a payment in full", "a use of dollars", "a refund")
}


@pytest.mark.parametrize("document", EACH_KIND.values(), ids=EACH_KIND)
async def test_a_document_is_taken_back_once_and_on_a_day_that_is_open(
    document: Callable[[Books], Awaitable[Done]], books: Books
) -> None:
    company = books.accountant.caller.company
    done = await document(books)
    stands = await standing(company)

    with pytest.raises(TooEarly, match="later day") as refused:
        await reverse(books, done, reversed_on=date(2026, 3, 1))
    assert [error.field for error in refused.value.errors] == ["reversed_on"]
    with pytest.raises(NotFound):
        await reverse(books, (done[0], uuid4()))
    await books.accountant.year(2026, locked_through=LATER)
    with pytest.raises(PeriodLocked):
        await reverse(books, done)
    assert await standing(company) == stands
    await books.accountant.year(2026, locked_through=None)
    number = await reverse(books, done)

    with pytest.raises(ReversedAlready, match=f"reversed already, by {number}"):
        await reverse(books, done)


async def test_a_document_of_a_locked_period_is_taken_back_in_an_open_one(books: Books) -> None:
    before = await standing(books.accountant.caller.company)
    done = await books.pay("119", invoice_id=books.euros.invoice_id)
    await books.accountant.year(2026, locked_through=date(2026, 3, 31))

    await reverse(books, done)

    assert await standing(books.accountant.caller.company) == before


async def test_a_document_of_another_kind_or_company_is_not_found(books: Books) -> None:
    kind, document_id = await books.pay("119", invoice_id=books.euros.invoice_id)
    stranger = Accountant(books.accountant.caller.model_copy(update={"company": "NOBODY"}))

    for other in set(ReversibleType) - {kind}:
        with pytest.raises(NotFound):
            await reverse(books, (other, document_id))
    with pytest.raises(NotFound):
        await reversals.reverse_document(stranger.call(str(uuid4())), reversal_of((kind, document_id)))
    with pytest.raises(NotFound):
        await reverse(books, (ReversibleType.ENTRY, books.euros.invoice_id))


async def test_an_account_that_is_blocked_takes_no_reversal(books: Books) -> None:
    done = await books.write("EUR")
    await books.accountant.account("6310", kind="expense", blocked=True)

    with pytest.raises(NotPostable, match="6310 is blocked"):
        await reverse(books, done)


async def test_money_that_was_used_is_not_taken_back_before_its_use_is(books: Books) -> None:
    company = books.accountant.caller.company
    before = await standing(company)
    paid = await books.pay("500")
    money = await books.accountant.receive("1")  # Another payment stands on nothing of this one.
    used = await books.use(
        PaymentPosted(**dict(money) | {"payment_id": paid[1]}), books.euros, amount=Decimal(10)
    )
    with pytest.raises(StandsOnIt, match="take that back first"):
        await reverse(books, paid)
    await reverse(books, used)
    refunded = await books.give_back(payment_id=paid[1], amount=Decimal(5))
    with pytest.raises(StandsOnIt, match="RF-2026-000001"):
        await reverse(books, paid)
    await reverse(books, refunded)
    assert money.payment_id is not None
    await reverse(books, (ReversibleType.PAYMENT, money.payment_id))

    await reverse(books, paid)

    assert await standing(company) == before


@pytest.mark.parametrize("is_refunded", [False, True])
@pytest.mark.parametrize("by", ["payment", "allocation"])
async def test_what_paid_an_invoice_that_was_credited_afterwards_is_taken_back_all_the_same(
    by: str, is_refunded: bool, books: Books
) -> None:
    """What was credited is owed to nobody then, but for what was refunded of it."""
    bill = await books.accountant.bill(a_line(1, "60"), payment_terms_code="DISC", invoiced_on=PAID)
    if by == "payment":
        done = await books.pay("54", invoice_id=bill.invoice_id)
    else:
        done = await books.use(books.kept, bill)
    note = await books.accountant.take_back(bill)
    if is_refunded:
        await books.give_back(credit_note_id=note.credit_note_id, refunded_on=note.credited_on)

    await reverse(books, done)

    owed = note.on_account_amount if is_refunded else Decimal(0)
    assert (await books.accountant.invoice(bill.invoice_id)).open_amount == owed
    await books.accountant.everything_agrees()


# The same command twice, and several at once


async def test_the_same_key_twice_is_one_reversal(books: Books) -> None:
    command = reversal_of(await books.pay("119", invoice_id=books.euros.invoice_id))

    first, again = [
        await reversals.reverse_document(books.accountant.call("a key"), command) for _ in range(2)
    ]

    assert first == again
    assert len(await books.accountant.entries("reversal")) == 1
    with pytest.raises(Conflict):
        other = command.model_copy(update={"reason": "another"})
        await reversals.reverse_document(books.accountant.call("a key"), other)


@pytest.mark.parametrize("document", EACH_KIND.values(), ids=EACH_KIND)
async def test_of_several_at_once_one_wins(
    document: Callable[[Books], Awaitable[Done]], books: Books
) -> None:
    before = await standing(books.accountant.caller.company)
    done = await document(books)

    answers = await asyncio.gather(*(reverse(books, done) for _ in range(8)), return_exceptions=True)

    assert [one for one in answers if isinstance(one, str)] == ["RV-2026-000001"]
    assert [type(one) for one in answers if not isinstance(one, str)] == [ReversedAlready] * 7
    assert await standing(books.accountant.caller.company) == before


async def test_money_is_taken_back_or_used_but_never_both(books: Books) -> None:
    for _ in range(6):
        paid = await books.pay("3")
        money = PaymentPosted(**dict(books.kept) | {"payment_id": paid[1]})

        answers = await asyncio.gather(
            reverse(books, paid), books.use(money, books.euros), return_exceptions=True
        )

        assert sum(isinstance(one, BaseException) for one in answers) == 1, answers
    await books.accountant.everything_agrees()
