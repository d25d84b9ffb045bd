"""Money that goes out: once, for what is owed, and no more."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from activities.ledger import posting
from activities.ledger.supplier_payments import post_supplier_payment
from domains.ledger.messages import AccountRole, Document, LineToPost, Party, PartyType, PostSupplierPayment
from domains.ledger.rules.payments import MoreThanOpen, NothingOpen
from foundation.values.days import TooEarly
from foundation.values.errors import NotFound
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
