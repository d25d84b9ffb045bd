"""Money on a party's account, from a payment or from a credit note, locked by who is about to use it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, func, select

from domains.ledger.messages import Opened, Party, PartyType
from domains.ledger.tables.open_items import OpenItem, Settlement
from foundation.database.transaction import Transaction
from foundation.values.errors import Invalid
from foundation.values.money import ZERO, DualAmount

_LATEST_DAY = select(func.max(func.greatest(OpenItem.document_on, OpenItem.reopened_on))).where(
    OpenItem.document_id == any_(bindparam("documents", type_=ARRAY(Uuid)))
)
_ITEM = (
    select(
        OpenItem.id,
        OpenItem.document_number,
        OpenItem.party_type,
        OpenItem.party_code,
        OpenItem.account_code,
        OpenItem.document_on,
        OpenItem.reopened_on,
        OpenItem.currency,
        OpenItem.amount,
        OpenItem.open_amount,
        OpenItem.base_open_amount,
    )
    .where(
        OpenItem.document_type == bindparam("kind", type_=Text),
        OpenItem.document_id == bindparam("document", type_=Uuid),
        OpenItem.on_account,
    )
    .with_for_update()
)
# A document of which nothing was ever on account has settled something.
_SETTLED_BY = (
    select(
        Settlement.source_number,
        Settlement.settled_on,
        OpenItem.party_type,
        OpenItem.party_code,
        OpenItem.account_code,
        OpenItem.currency,
    )
    .join(OpenItem, OpenItem.id == Settlement.open_item_id)
    .where(
        Settlement.source_type == bindparam("kind", type_=Text),
        Settlement.source_id == bindparam("document", type_=Uuid),
    )
    .limit(1)
)


@dataclass(frozen=True)
class MoneyOnAccount:
    """What is on account from one document; amounts positive, in its currency and in the company's."""

    document_type: str
    document_id: UUID
    number: str
    party: Party
    account_code: str
    currency: str
    since: date
    """When the money came, or was credited."""
    item_id: UUID | None
    """None when nothing of it was ever on account."""
    left: DualAmount
    whole: Decimal
    """What was put on account, in its currency."""
    reopened_on: date | None = None
    """The last day on which a use of it was taken back."""

    @property
    def opened(self) -> Opened:
        """From which day on it can be used."""
        return Opened(self.number, (self.item_id,) if self.item_id else (), self.since, self.reopened_on)

    @property
    def amount(self) -> Decimal:
        """What is left, in its currency."""
        return self.left.amount

    @property
    def payment_id(self) -> UUID | None:
        """The payment's id, if it is one."""
        return self.document_id if self.document_type == "payment" else None

    @property
    def credit_note_id(self) -> UUID | None:
        """The credit note's id, if it is one."""
        return self.document_id if self.document_type == "credit_note" else None


async def latest_day(tx: Transaction, *documents: UUID) -> date | None:
    """The latest of the days of money and of what it is used for, and of those on which they were opened
    again: it is used on none before.
    """
    found: date | None = await tx.scalar(_LATEST_DAY, {"documents": list(documents)})
    return found


async def money_on_account(
    tx: Transaction, *, payment_id: UUID | None, credit_note_id: UUID | None
) -> MoneyOnAccount:
    """What is on account from a payment or a credit note, under a lock. Refuses: Invalid, NotFound."""
    document_id = payment_id or credit_note_id
    if document_id is None or (payment_id is not None and credit_note_id is not None):
        why = "name either a payment or a credit note"
        raise Invalid(f"payment_id: {why}", errors=[("payment_id", why)])
    kind = "payment" if payment_id is not None else "credit_note"
    of = {"kind": kind, "document": document_id}
    item = (await tx.execute(_ITEM, of)).one_or_none()
    if item is not None:
        return MoneyOnAccount(
            document_type=kind,
            document_id=document_id,
            number=item.document_number,
            party=Party(PartyType(item.party_type), item.party_code),
            account_code=item.account_code,
            currency=item.currency,
            since=item.document_on,
            item_id=item.id,
            left=DualAmount(-item.open_amount, -item.base_open_amount),
            whole=-item.amount,
            reopened_on=item.reopened_on,
        )
    named = f"{kind.replace('_', ' ')} {document_id}"
    settled = await tx.existing(_SETTLED_BY, named, of, field=f"{kind}_id")
    return MoneyOnAccount(
        document_type=kind,
        document_id=document_id,
        number=settled.source_number,
        party=Party(PartyType(settled.party_type), settled.party_code),
        account_code=settled.account_code,
        currency=settled.currency,
        since=settled.settled_on,
        item_id=None,
        left=DualAmount(ZERO, ZERO),
        whole=ZERO,
    )
