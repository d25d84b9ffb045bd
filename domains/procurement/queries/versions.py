"""Versions of a purchase order: what its supplier was told, and what has changed each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from domains.master_data.letterhead import InvoicedCustomer, InvoicingCompany
from domains.procurement.messages.versions import VersionLine
from domains.procurement.rules.versions import LineDifference, changes
from domains.procurement.tables import PurchaseOrder, PurchaseOrderVersion, PurchaseOrderVersionLine
from foundation.database.connections import columns_for
from foundation.database.transaction import Transaction
from foundation.values.errors import BusinessError, NotFound
from foundation.values.messages import Message, ShownAmount, ShownQuantity


class NotIssued(BusinessError):
    """The order was not told to its supplier: it waits for a yes, or was turned down."""

    status = 409


class SaidAround(Message):
    """What stands around the lines, in the supplier's language."""

    expected_on: date | None
    terms: str
    deliver_to: tuple[str, ...]
    """Where the goods go, a line each."""


class ChangedLine(Message):
    """What of a line is other than in the version before; empty where it is the same."""

    line_number: int
    quantity_before: ShownQuantity | None = None
    quantity: ShownQuantity | None = None
    """How much is wanted in all, what has come with it; zero when nothing of it is."""
    unit_price_before: ShownAmount | None = None
    unit_price: ShownAmount | None = None
    discount_percent_before: ShownQuantity | None = None
    discount_percent: ShownQuantity | None = None


class PurchaseOrderVersionView(Message):
    """A purchase order as its supplier was told of it; amounts are without tax, in its currency."""

    version_id: UUID
    version: int
    order_id: UUID
    order_number: str
    issued_on: date
    reason: str
    """Why it has changed; the supplier is not told."""
    is_cancelled: bool
    """Whether nothing of the order is wanted any more."""
    currency: str
    net_amount: ShownAmount
    lines: tuple[VersionLine, ...]
    changes: tuple[ChangedLine, ...]
    """What is other than in the version before; nothing of the first."""


@dataclass(frozen=True)
class VersionAsSent:
    """A version with all that its letter says."""

    view: PurchaseOrderVersionView
    changes: tuple[LineDifference, ...]
    ordered_on: date
    supplier_reference: str
    company: InvoicingCompany
    supplier: InvoicedCustomer
    around: SaidAround


_OF_ORDER = (
    select(
        PurchaseOrderVersion.id.label("version_id"),
        PurchaseOrderVersion.version,
        PurchaseOrderVersion.order_id,
        PurchaseOrder.number.label("order_number"),
        PurchaseOrderVersion.issued_on,
        PurchaseOrderVersion.reason,
        PurchaseOrderVersion.is_cancelled,
        PurchaseOrder.currency,
        PurchaseOrderVersion.net_amount,
        PurchaseOrderVersion.company,
        PurchaseOrderVersion.supplier,
        PurchaseOrderVersion.said,
        PurchaseOrder.ordered_on,
        PurchaseOrder.supplier_reference,
    )
    .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderVersion.order_id)
    .where(PurchaseOrderVersion.order_id == bindparam("order", type_=Uuid))
    .order_by(PurchaseOrderVersion.version)
)
_LINES = (
    select(PurchaseOrderVersionLine.version_id, *columns_for(PurchaseOrderVersionLine, VersionLine))
    .join(PurchaseOrderVersion, PurchaseOrderVersion.id == PurchaseOrderVersionLine.version_id)
    .where(PurchaseOrderVersion.order_id == bindparam("order", type_=Uuid))
    .order_by(PurchaseOrderVersionLine.version_id, PurchaseOrderVersionLine.line_number)
)
_ORDER_OF = select(PurchaseOrderVersion.order_id).where(
    PurchaseOrderVersion.id == bindparam("version", type_=Uuid)
)
_NAMES = ("version_id", "version", "order_id", "order_number", "issued_on", "reason", "is_cancelled")


async def versions_of(tx: Transaction, order_id: UUID) -> list[VersionAsSent]:
    """All versions of an order, the first one first; none of one that its supplier was not told of."""
    lines: dict[UUID, list[VersionLine]] = {}
    for row in await tx.execute(_LINES, {"order": order_id}):
        said = {name: getattr(row, name) for name in VersionLine.model_fields}
        lines.setdefault(row.version_id, []).append(VersionLine(**said))
    found: list[VersionAsSent] = []
    before: Sequence[VersionLine] | None = None
    for row in await tx.execute(_OF_ORDER, {"order": order_id}):
        now = lines[row.version_id]
        found.append(_as_sent(row, now, changes(before, now) if before is not None else ()))
        before = now
    return found


async def version_as_sent(tx: Transaction, version_id: UUID) -> VersionAsSent:
    """One version with all that its letter says. Refuses: NotFound."""
    order_id = await tx.scalar(_ORDER_OF, {"version": version_id})
    for one in await versions_of(tx, order_id) if order_id is not None else ():
        if one.view.version_id == version_id:
            return one
    raise NotFound(f"there is no version {version_id} of a purchase order")


async def sent_version(
    tx: Transaction, order_id: UUID, order_number: str, version: int | None
) -> PurchaseOrderVersionView:
    """The newest version of an order, or the one with a number. Refuses: NotIssued; NotFound."""
    known = {one.view.version: one.view for one in await versions_of(tx, order_id)}
    if not known:
        raise NotIssued(
            f"{order_number} was not told to its supplier: it waits for a yes, or was turned down"
        )
    if (found := known.get(version or max(known))) is None:
        raise NotFound(f"{order_number} has no version {version}: its newest is {max(known)}")
    return found


def _as_sent(row: Any, lines: list[VersionLine], changed: tuple[LineDifference, ...]) -> VersionAsSent:
    view = PurchaseOrderVersionView(
        **{name: getattr(row, name) for name in (*_NAMES, "currency", "net_amount")},
        lines=tuple(lines),
        changes=tuple(_shown(one) for one in changed),
    )
    return VersionAsSent(
        view=view,
        changes=changed,
        ordered_on=row.ordered_on,
        supplier_reference=row.supplier_reference,
        company=InvoicingCompany(**row.company),
        supplier=InvoicedCustomer(**row.supplier),
        around=SaidAround.model_validate(row.said, strict=False),
    )


def _shown(change: LineDifference) -> ChangedLine:
    before, after = change.before, change.after
    said: dict[str, Decimal] = {}
    if change.has_another_quantity:
        said |= {"quantity_before": before.quantity, "quantity": after.quantity}
    if change.has_another_price:
        said |= {"unit_price_before": before.unit_price, "unit_price": after.unit_price}
        said |= {
            "discount_percent_before": before.discount_percent,
            "discount_percent": after.discount_percent,
        }
    return ChangedLine(line_number=after.line_number, **said)
