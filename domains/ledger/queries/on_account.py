"""Money on a customer's account, from a payment or from a credit note, locked by who is about to use it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, select

from domains.ledger.tables.open_items import OpenItem, Payment
from domains.receivables.tables.credit_notes import CreditNote
from foundation.errors import Invalid, NotFound
from foundation.money import ZERO
from foundation.transaction import Session

_ITEM = select(OpenItem.id, OpenItem.open_amount, OpenItem.base_open_amount).with_for_update()
_OF_PAYMENT = (
    select(Payment.number, Payment.customer_code, Payment.currency, Payment.received_on.label("since")).where(
        Payment.id == bindparam("id")
    ),
    _ITEM.where(OpenItem.payment_id == bindparam("id")),
)
_OF_CREDIT_NOTE = (
    select(
        CreditNote.number,
        CreditNote.customer_code,
        CreditNote.currency,
        CreditNote.credited_on.label("since"),
    ).where(CreditNote.id == bindparam("id")),
    _ITEM.where(OpenItem.credit_note_id == bindparam("id")),
)


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
    session: Session, *, payment_id: UUID | None, credit_note_id: UUID | None
) -> MoneyOnAccount:
    """What is on account from a payment or a credit note, under a lock. Refuses: Invalid, NotFound."""
    if (payment_id is None) is (credit_note_id is None):
        why = "name either a payment or a credit note"
        raise Invalid(f"payment_id: {why}", errors=[("payment_id", why)])
    document, item = _OF_PAYMENT if payment_id is not None else _OF_CREDIT_NOTE
    asked = {"id": payment_id or credit_note_id}
    found = (await session.execute(document, asked)).one_or_none()
    if found is None:
        raise NotFound(
            f"there is no payment {payment_id}" if payment_id else f"there is no credit note {credit_note_id}"
        )
    left = (await session.execute(item, asked)).one_or_none()
    return MoneyOnAccount(
        payment_id=payment_id,
        credit_note_id=credit_note_id,
        number=found.number,
        customer_code=found.customer_code,
        currency=found.currency,
        since=found.since,
        item_id=left.id if left else None,
        amount=-left.open_amount if left else ZERO,
        base_amount=-left.base_open_amount if left else ZERO,
    )
