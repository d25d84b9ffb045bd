"""An invoice that is blocked, or was rejected, is posted by nobody who does not know it."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

import pytest
from asyncpg.exceptions import IntegrityConstraintViolationError

from activities.payables import blocked_invoices, supplier_invoices
from domains.payables.messages import LineToMatch, PostSupplierInvoice
from domains.payables.messages.blocks import BlockSupplierInvoice, RejectSupplierInvoice
from domains.payables.rules.matching import InvoiceIsBlocked
from foundation.values.errors import NotFound
from tests.builders.finance import A_DAY, Accountant


@dataclass
class Kept:
    """An invoice that matches by now, and was blocked before."""

    by: Accountant
    post: PostSupplierInvoice

    async def is_posted(self) -> None:
        """As it was asked for before it was blocked."""
        await supplier_invoices.post_supplier_invoice(self.by.call(), self.post)


@pytest.fixture
async def kept(accountant: Accountant) -> Kept:
    """One over a service."""
    await accountant.supplier("S1")
    line = LineToMatch(
        order_line_number=1,
        item_code="HELP",
        description="Help",
        quantity=Decimal(1),
        unit="h",
        stock_quantity=Decimal(1),
        is_stocked=False,
        left_quantity=Decimal(1),
        unit_price=Decimal(100),
        discount_percent=Decimal(0),
        ordered_price=Decimal(100),
        ordered_discount_percent=Decimal(0),
        tax_code="UNTAXED",
    )
    order_id = uuid4()
    post = PostSupplierInvoice(
        invoice_id=uuid4(),
        process_id=f"procure_to_pay/{order_id}",
        order_id=order_id,
        order_number="PO-000001",
        supplier_code="S1",
        supplier_number="RE 1",
        invoiced_on=A_DAY,
        posted_on=A_DAY,
        currency="EUR",
        payment_terms_code="NET30",
        agreed_on=A_DAY,
        total_amount=Decimal(100),
        lines=(line,),
    )
    block = BlockSupplierInvoice(
        invoice_id=post.invoice_id, post=post, entered_by="Ada", refused_for="a locked period"
    )
    await blocked_invoices.block_supplier_invoice(accountant.call(), block)
    return Kept(accountant, post)


async def reject(kept: Kept) -> None:
    """It goes back."""
    asked = RejectSupplierInvoice(invoice_id=kept.post.invoice_id, reason="no", decided_by="Bob")
    await blocked_invoices.reject_supplier_invoice(kept.by.call(), asked)


async def test_an_attempt_from_before_it_was_blocked_does_not_post_it(kept: Kept) -> None:
    with pytest.raises(InvoiceIsBlocked):
        await kept.is_posted()

    assert await kept.by.entries("supplier_invoice") == []


async def test_what_was_rejected_is_not_posted(kept: Kept) -> None:
    await reject(kept)

    with pytest.raises(NotFound):
        await kept.is_posted()

    assert await kept.by.entries("supplier_invoice") == []


@pytest.mark.parametrize("is_rejected", [False, True])
async def test_the_database_refuses_it_too(
    kept: Kept, is_rejected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asks_nothing(*_: object) -> None:
        """As if another had blocked it a moment later."""

    monkeypatch.setattr(supplier_invoices, "check_may_be_posted", asks_nothing)
    if is_rejected:
        await reject(kept)

    with pytest.raises(IntegrityConstraintViolationError, match="is blocked, or was rejected"):
        await kept.is_posted()

    assert await kept.by.entries("supplier_invoice") == []
