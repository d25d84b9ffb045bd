"""Open items: what a party owes, document by document; under a lock where money is about to settle it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Text, Uuid, any_, bindparam, func, or_, select

from domains.ledger.messages import Discount, Opened, Party, PartyType, Side, TaxShare
from domains.ledger.queries.open_as_of import MOST_ITEMS, TooManyOpenItems
from domains.ledger.rules.settlement import OpenDocument, OpenInstalment
from domains.ledger.tables.open_items import OpenItem
from foundation.database.transaction import Transaction
from foundation.values.money import ZERO

_READ = (
    select(
        OpenItem.id,
        OpenItem.side,
        OpenItem.party_type,
        OpenItem.party_code,
        OpenItem.account_code,
        OpenItem.document_type,
        OpenItem.document_id,
        OpenItem.document_number,
        OpenItem.party_reference,
        OpenItem.order_id,
        OpenItem.process_id,
        OpenItem.document_on,
        OpenItem.reopened_on,
        OpenItem.due_on,
        OpenItem.currency,
        OpenItem.open_amount,
        OpenItem.base_open_amount,
        OpenItem.discount_until,
        OpenItem.discount,
    )
    # Money on account is found by `money_on_account`.
    .where(~OpenItem.on_account, OpenItem.party_code.is_not(None))
    .order_by(OpenItem.id)
)
# Locked in the order of their ids by whoever locks several, so that nobody waits in a circle.
_ITEMS = _READ.with_for_update()
_OF_DOCUMENT = _ITEMS.where(OpenItem.document_id == bindparam("document", type_=Uuid))
_OF_ORDER = _ITEMS.where(OpenItem.order_id == bindparam("order", type_=Uuid))
_OWED_TO_SUPPLIERS = _READ.where(
    OpenItem.side == Side.PAYABLE.value,
    OpenItem.party_type == PartyType.SUPPLIER.value,
    OpenItem.open_amount != 0,
    or_(bindparam("all", type_=Boolean), OpenItem.party_code == any_(bindparam("codes", type_=ARRAY(Text)))),
).limit(bindparam("most"))
_OPEN_SINCE = (
    select(
        OpenItem.document_id,
        func.max(func.greatest(OpenItem.document_on, OpenItem.reopened_on)).label("since"),
    )
    .where(
        OpenItem.document_id == any_(bindparam("documents", type_=ARRAY(Uuid))),
        OpenItem.open_amount != 0,
    )
    .group_by(OpenItem.document_id)
)
_OPEN_ON_ORDER = select(func.sum(OpenItem.open_amount)).where(
    OpenItem.order_id == bindparam("order", type_=Uuid), ~OpenItem.on_account
)
_OPEN_ON_DOCUMENT = (
    select(OpenItem.id)
    .where(
        OpenItem.document_id == bindparam("document", type_=Uuid),
        OpenItem.party_type == bindparam("type"),
        OpenItem.party_code == bindparam("code"),
        OpenItem.open_amount > 0,
    )
    .order_by(OpenItem.id)
)


@dataclass(frozen=True)
class DocumentHead:
    """A document that is owed, by whom or to whom, and in which currency. What is open of it is positive."""

    party: Party
    currency: str
    account_code: str
    opened: Opened
    document: OpenDocument
    reference: str = ""
    """What the party calls it."""


async def open_documents(
    tx: Transaction, *, order_id: UUID | None, document_id: UUID | None, side: Side = Side.RECEIVABLE
) -> list[DocumentHead]:
    """The documents of an order, or one document, of what is owed to us unless it is said; also those that
    are paid. Their open items are locked.
    """
    if document_id is not None:
        items = (await tx.execute(_OF_DOCUMENT, {"document": document_id})).all()
    elif order_id is not None:
        items = (await tx.execute(_OF_ORDER, {"order": order_id})).all()
    else:
        items = []
    return _heads(one for one in items if one.side == side)


async def open_since(tx: Transaction, documents: Collection[UUID]) -> dict[UUID, date]:
    """Of each of some documents of which something is open, since when it may be settled; not locked."""
    rows = await tx.execute(_OPEN_SINCE, {"documents": list(documents)})
    return {row.document_id: row.since for row in rows}


async def owed_to_suppliers(tx: Transaction, codes: Collection[str]) -> list[DocumentHead]:
    """The documents by which something is owed to suppliers, or to some, in all currencies; not locked.

    Refuses: TooManyOpenItems, over 10,000.
    """
    asked = {"all": not codes, "codes": list(codes), "most": MOST_ITEMS + 1}
    items = (await tx.execute(_OWED_TO_SUPPLIERS, asked)).all()
    if len(items) > MOST_ITEMS:
        raise TooManyOpenItems(f"more than {MOST_ITEMS} items are owed to suppliers: name some of them")
    return [head for head in _heads(items) if head.document.open_amount > 0]


def _heads(items: Iterable[Any]) -> list[DocumentHead]:
    documents: dict[UUID, list[Any]] = {}
    for item in items:
        documents.setdefault(item.document_id, []).append(item)
    return sorted(map(_head, documents.values()), key=lambda head: head.document.number)


def _head(items: list[Any]) -> DocumentHead:
    first = items[0]
    sign = -1 if first.side in (Side.PAYABLE, Side.WAGES) else 1
    instalments = sorted(
        (
            OpenInstalment(item.id, item.due_on, sign * item.open_amount, sign * item.base_open_amount)
            for item in items
        ),
        key=lambda instalment: (instalment.due_on, str(instalment.item_id)),
    )
    document = OpenDocument(
        type=first.document_type,
        id=first.document_id,
        number=first.document_number,
        order_id=first.order_id,
        process_id=first.process_id or "",
        discount=_discount(first),
        instalments=tuple(instalments),
    )
    party = Party(PartyType(first.party_type), first.party_code)
    opened, theirs = _opened(items), first.party_reference
    return DocumentHead(party, first.currency, first.account_code, opened, document, theirs)


def _opened(items: list[Any]) -> Opened:
    return Opened(
        number=items[0].document_number,
        item_ids=tuple(item.id for item in items),
        on=items[0].document_on,
        again_on=max((item.reopened_on for item in items if item.reopened_on), default=None),
    )


def _discount(item: Any) -> Discount | None:
    if item.discount is None:
        return None
    return Discount(
        until=item.discount_until,
        on_amount=Decimal(item.discount["on"]),
        net_amount=Decimal(item.discount["net"]),
        taxes=tuple(
            TaxShare(number, account, Decimal(amount)) for number, account, amount in item.discount["taxes"]
        ),
    )


async def open_on_document(tx: Transaction, document_id: UUID, party: Party) -> list[UUID]:
    """The instalments of a party's document on which something is open, by their ids."""
    return await tx.scalars(
        _OPEN_ON_DOCUMENT, {"document": document_id, "type": party.type, "code": party.code}
    )


async def open_on_order(tx: Transaction, order_id: UUID) -> Decimal:
    """What is still open on an order's invoices, in their currency."""
    return await tx.scalar(_OPEN_ON_ORDER, {"order": order_id}) or ZERO


def open_of(document: Any) -> Any:
    """What is open of the document in a column, for queries of the domain whose document it is."""
    return (
        select(func.coalesce(func.sum(OpenItem.open_amount), 0))
        .where(OpenItem.document_id == document)
        .scalar_subquery()
    )
