"""What is open of a document, and on account of others."""

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select

from domains.ledger.messages import FindOpen, FoundOpen, OnAccount
from domains.ledger.tables.open_items import OpenItem, Settlement
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.money import ZERO, rounded

_OPEN = select(OpenItem.open_amount, OpenItem.currency).where(
    OpenItem.document_id == bindparam("document", type_=Uuid)
)
_WITHOUT_MONEY = (
    select(
        func.coalesce(func.sum(Settlement.discount_amount), 0).label("discount_amount"),
        func.coalesce(func.sum(Settlement.written_off_amount), 0).label("written_off_amount"),
    )
    .join(OpenItem, OpenItem.id == Settlement.open_item_id)
    .where(OpenItem.document_id == bindparam("document", type_=Uuid))
)
_ON_ACCOUNT = select(OpenItem.document_id, OpenItem.open_amount, OpenItem.currency).where(
    OpenItem.document_id == any_(bindparam("money", type_=ARRAY(Uuid))), OpenItem.on_account
)


@operation("ledger.find_open")
async def find_open(tx: Transaction, find: FindOpen) -> FoundOpen:
    """What is open of an invoice now, in its currency, of what is owed to us or by us; nothing when there is
    no such invoice.

    And what is on account of the money that is named, of which anything ever was. Reads only.
    """
    items = (await tx.execute(_OPEN, {"document": find.invoice_id})).all()
    without = (await tx.execute(_WITHOUT_MONEY, {"document": find.invoice_id})).one()
    left = await tx.execute(_ON_ACCOUNT, {"money": list(find.money)}) if find.money else ()
    return FoundOpen(
        invoice_id=find.invoice_id,
        open_amount=abs(sum((rounded(item.open_amount, item.currency) for item in items), ZERO)),
        **{
            name: rounded(amount, items[0].currency) if items else ZERO
            for name, amount in without._asdict().items()
        },
        on_account=tuple(
            OnAccount(document_id=item.document_id, amount=rounded(-item.open_amount, item.currency))
            for item in left
        ),
    )
