"""An invoice that is blocked is posted by who knows that it is; one that was rejected by nobody."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from asyncpg.exceptions import IntegrityConstraintViolationError

from activities.payables import blocked_invoices, supplier_invoices
from domains.payables.messages import LineToMatch, PostSupplierInvoice
from domains.payables.messages.blocks import BlockStatus, RejectSupplierInvoice, SupplierInvoiceEntered
from foundation.values.errors import NotFound
from foundation.values.messages import Call
from tests.builders.finance import A_DAY, Accountant


@dataclass
class Kept:
    """An invoice that was blocked, for its price."""

    by: Accountant
    post: PostSupplierInvoice
    entered: Call

    async def tried(self, call: Call | None = None, **changes: Any) -> SupplierInvoiceEntered:
        """It is tried once more, beside the order as it is by now."""
        post = self.post.model_copy(update=changes)
        return await supplier_invoices.post_or_block_supplier_invoice(call or self.by.call(), post)

    async def is_posted(self) -> bool:
        """Whether it is owed."""
        return await self.by.entries("supplier_invoice") != []

    def priced(self, price: int) -> tuple[LineToMatch, ...]:
        """Its line, when the order says another price."""
        return (self.post.lines[0].model_copy(update={"ordered_price": Decimal(price)}),)


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
        ordered_price=Decimal(90),
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
        entered_by="Ada",
    )
    kept = Kept(accountant, post, accountant.call())
    assert (await kept.tried(kept.entered)).status is BlockStatus.BLOCKED
    return kept


async def reject(kept: Kept) -> None:
    """It goes back."""
    asked = RejectSupplierInvoice(invoice_id=kept.post.invoice_id, reason="no", decided_by="Bob")
    await blocked_invoices.reject_supplier_invoice(kept.by.call(), asked)


async def test_a_try_answers_the_same_whenever_it_comes_again(kept: Kept) -> None:
    first = await kept.tried(kept.entered)
    cured = await kept.tried(was_blocked=True, lines=kept.priced(100))
    again = await kept.tried(kept.entered)

    assert (first, cured.status) == (again, BlockStatus.POSTED)


async def test_a_try_that_finds_the_same_changes_nothing(kept: Kept) -> None:
    same = await kept.tried(was_blocked=True)
    other = await kept.tried(was_blocked=True, lines=kept.priced(80))

    assert [one.blocked.has_changed for one in (same, other) if one.blocked] == [False, True]
    assert not await kept.is_posted()


async def test_what_is_in_the_way_of_one_that_matches_is_a_reason_more(kept: Kept) -> None:
    day = A_DAY.replace(year=2062)

    found = await kept.tried(was_blocked=True, lines=kept.priced(100), posted_on=day)

    assert found.blocked is not None
    assert [one.code for one in found.blocked.blocks] == ["posting"]
    assert not await kept.is_posted()


async def test_what_was_rejected_is_not_posted(kept: Kept) -> None:
    await reject(kept)

    with pytest.raises(NotFound):
        await kept.tried(was_blocked=True, lines=kept.priced(100))

    assert not await kept.is_posted()


@pytest.mark.parametrize("is_rejected", [False, True])
async def test_the_database_refuses_one_that_does_not_know_it_is_blocked(
    kept: Kept, is_rejected: bool
) -> None:
    if is_rejected:
        await reject(kept)

    with pytest.raises(IntegrityConstraintViolationError, match="is blocked, or was rejected"):
        await kept.tried(lines=kept.priced(100), supplier_number="RE 2")

    assert not await kept.is_posted()
