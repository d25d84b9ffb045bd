"""Money on a customer's account, from a payment or from a credit note, locked by who is about to use it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domains.ledger.tables.open_items import OpenItem, Payment
from domains.receivables.tables.credit_notes import CreditNote
from foundation.errors import Invalid, NotFound
from foundation.money import ZERO


@dataclass(frozen=True)
class MoneyOnAccount:
    """What is on account from one document; amounts positive, in its currency and in the company's."""

    payment_id: UUID | None
    credit_note_id: UUID | None
    number: str
    customer_code: str
    currency: str
    since: date
    """When the money came, or was credited."""
    item_id: UUID | None
    """None when nothing of it was ever on account."""
    amount: Decimal
    base_amount: Decimal


async def money_on_account(
    session: AsyncSession, *, payment_id: UUID | None, credit_note_id: UUID | None
) -> MoneyOnAccount:
    """What is on account from a payment or a credit note, under a lock. Refuses: Invalid, NotFound."""
    if (payment_id is None) is (credit_note_id is None):
        why = "name either a payment or a credit note"
        raise Invalid(f"payment_id: {why}", errors=[("payment_id", why)])
    document: Payment | CreditNote | None
    if payment_id is not None:
        document = await session.get(Payment, payment_id)
        since = document.received_on if document else date.min
        of_document = OpenItem.payment_id == payment_id
    else:
        document = await session.get(CreditNote, credit_note_id)
        since = document.credited_on if document else date.min
        of_document = OpenItem.credit_note_id == credit_note_id
    if document is None:
        raise NotFound(
            f"there is no payment {payment_id}" if payment_id else f"there is no credit note {credit_note_id}"
        )
    item = (await session.scalars(select(OpenItem).where(of_document).with_for_update())).one_or_none()
    return MoneyOnAccount(
        payment_id=payment_id,
        credit_note_id=credit_note_id,
        number=document.number,
        customer_code=document.customer_code,
        currency=document.currency,
        since=since,
        item_id=item.id if item else None,
        amount=-item.open_amount if item else ZERO,
        base_amount=-item.base_open_amount if item else ZERO,
    )
