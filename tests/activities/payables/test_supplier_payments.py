"""Money that goes out: once, for what is owed, and no more."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from activities.ledger import posting
from activities.ledger.supplier_payments import post_supplier_payment
from domains.ledger.messages import (
    AccountRole,
    Document,
    LineToPost,
    Party,
    PartyType,
    PostSupplierPayment,
    ReversibleType,
)
from domains.ledger.rules.payments import MoreThanOpen, NothingOpen
from foundation.values.days import TooEarly
from foundation.values.errors import BusinessError, Invalid, NotFound
from tests.builders.finance import A_DAY, Accountant


@dataclass
class Owing:
    """Somebody who owes a supplier a hundred, and for what."""

    by: Accountant
    invoice_id: UUID

    def payment(self, **changes: Any) -> PostSupplierPayment:
        """All of it, on the day on which it is owed."""
        payment = PostSupplierPayment(
            payment_id=uuid4(), invoice_id=self.invoice_id, paid_on=A_DAY, amount=Decimal("100.00")
        )
        return payment.model_copy(update=changes)


@pytest.fixture
async def owing(accountant: Accountant) -> Owing:
    """A hundred is owed."""
    invoice_id = uuid4()
    await accountant.supplier("S1")
    lines = [
        LineToPost(AccountRole.SMALL_DIFFERENCES, Decimal(100)),
        LineToPost(AccountRole.PAYABLE, Decimal(-100), party=Party(PartyType.SUPPLIER, "S1")),
    ]
    document = Document("supplier_invoice", invoice_id, "SI-1")
    await accountant.within(lambda tx: posting.post(tx, document, A_DAY, lines, text="an invoice"))
    return Owing(accountant, invoice_id)


async def test_twice_is_once(owing: Owing) -> None:
    payment = owing.payment(amount=Decimal("60.00"))

    answers = [await post_supplier_payment(owing.by.call("once"), payment) for _ in range(2)]

    assert answers[0] == answers[1]
    assert answers[0].settled.open_amount == Decimal("40.00")
    (entry,) = await owing.by.entries("supplier_payment")
    assert sorted(line.amount for line in entry.lines) == [Decimal("-60.00"), Decimal("60.00")]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount": Decimal("100.01")}, MoreThanOpen),
        ({"paid_on": date(A_DAY.year, 1, 1)}, TooEarly),
        ({"invoice_id": uuid4()}, NotFound),
    ],
)
async def test_what_is_refused_leaves_nothing(
    owing: Owing, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await post_supplier_payment(owing.by.call(), owing.payment(**changes))

    assert await owing.by.entries("supplier_payment") == []


async def test_what_is_paid_is_not_paid_again(owing: Owing) -> None:
    await post_supplier_payment(owing.by.call(), owing.payment())

    with pytest.raises(NothingOpen):
        await post_supplier_payment(owing.by.call(), owing.payment())


LATER = date(2026, 3, 16)


@pytest.fixture
async def abroad(accountant: Accountant) -> Owing:
    """A hundred dollars are owed, which were 80.00 euros; later a euro is 1.20 dollars."""
    invoice_id = uuid4()
    await accountant.rate("USD", "1.25")
    await accountant.rate("USD", "1.20", LATER)
    await accountant.supplier("S1", currency="USD")
    lines = [
        LineToPost(AccountRole.SMALL_DIFFERENCES, Decimal(100)),
        LineToPost(AccountRole.PAYABLE, Decimal(-100), party=Party(PartyType.SUPPLIER, "S1")),
    ]
    document = Document("supplier_invoice", invoice_id, "SI-1")
    await accountant.within(
        lambda tx: posting.post(tx, document, A_DAY, lines, text="an invoice", currency="USD")
    )
    return Owing(accountant, invoice_id)


@pytest.mark.parametrize(
    ("money", "lost"),
    [
        # By the day's rate: 100 / 1.20 = 83.33; they were owed at 80.00.
        ({"amount": Decimal("83.33")}, Decimal("3.33")),
        # As the bank has it, at a rate of its own.
        ({"amount": Decimal("84.10"), "invoice_amount": Decimal("100.00")}, Decimal("4.10")),
        ({"amount": Decimal("79.50"), "invoice_amount": Decimal("100.00")}, Decimal("-0.50")),
    ],
)
async def test_an_invoice_in_another_currency_is_paid_from_our_own_account(
    abroad: Owing, money: dict[str, Any], lost: Decimal
) -> None:
    payment = abroad.payment(paid_on=LATER, currency="EUR", **money)

    posted = await post_supplier_payment(abroad.by.call(), payment)

    assert (posted.settled.settled_amount, posted.settled.open_amount) == (Decimal(100), Decimal(0))
    assert posted.exchange_difference == -lost
    balances = await abroad.by.balances()
    assert balances["bank"] == -payment.amount
    assert balances.get("exchange_loss", 0) + balances.get("exchange_gain", 0) == lost
    assert {"payable", "exchange_clearing"}.isdisjoint(balances)
    paid, settled = await abroad.by.entries("supplier_payment")
    assert {(one.currency, one.lines[0].amount) for one in (paid, settled)} >= {("EUR", -payment.amount)}


async def test_a_part_of_it_is_paid_at_the_rate_of_the_day(abroad: Owing) -> None:
    payment = abroad.payment(paid_on=LATER, currency="EUR", amount=Decimal("50.00"))

    posted = await post_supplier_payment(abroad.by.call(), payment)

    assert (posted.settled.settled_amount, posted.settled.open_amount) == (Decimal(60), Decimal(40))
    # Sixty of a hundred dollars were owed at 48.00.
    assert posted.exchange_difference == Decimal("-2.00")


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"currency": "EUR", "amount": Decimal("83.34")}, MoreThanOpen, "amount"),
        ({"currency": "EUR", "invoice_amount": Decimal("100.01")}, MoreThanOpen, "invoice_amount"),
        ({"currency": "EUR", "invoice_amount": Decimal("9.999")}, Invalid, "invoice_amount"),
        ({"invoice_amount": Decimal("99.00")}, Invalid, "invoice_amount"),
        ({"currency": "EUR", "amount": Decimal("83.333")}, Invalid, "amount"),
    ],
)
async def test_more_than_is_owed_is_refused_in_either_currency(
    abroad: Owing, changes: dict[str, Any], refusal: type[BusinessError], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        await post_supplier_payment(abroad.by.call(), abroad.payment(paid_on=LATER, **changes))

    assert [one for one, _ in refused.value.errors] == [field]
    assert await abroad.by.entries("supplier_payment") == []


async def test_what_was_paid_from_our_own_account_is_taken_back_in_both_currencies(abroad: Owing) -> None:
    payment = abroad.payment(
        paid_on=LATER, currency="EUR", amount=Decimal("84.10"), invoice_amount=Decimal("100.00")
    )
    await post_supplier_payment(abroad.by.call(), payment)

    await abroad.by.reverse(payment.payment_id, kind=ReversibleType.SUPPLIER_PAYMENT, on=LATER)

    balances = await abroad.by.balances()
    assert balances["payable"] == Decimal("-80.00")
    assert {"bank", "exchange_clearing", "exchange_loss"}.isdisjoint(balances)
