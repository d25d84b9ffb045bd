"""What a supplier's answer says of each line, and whether that is tolerated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domains.master_data.messages.tolerances import PutMatchingTolerance
from domains.master_data.rules.tolerances import is_within, tolerance_for
from domains.procurement.messages import PurchaseLine, PurchaseOrderStatus
from domains.procurement.messages.acknowledgements import (
    AcknowledgementStatus,
    LineAcknowledged,
    RecordAcknowledgement,
)
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import HUNDRED


class NothingToAcknowledge(BusinessError):
    """The order is over, or its supplier was not told of it yet."""

    status = 409


class NotWaiting(BusinessError):
    """Nobody needs to decide about this answer, or somebody has."""

    status = 409


@dataclass(frozen=True, kw_only=True)
class OrderToAcknowledge:
    """What is known of the order."""

    supplier_code: str
    ordered_on: date
    lines: Sequence[PurchaseLine]
    tolerances: Sequence[PutMatchingTolerance]
    rate: Decimal
    """Units of the order's currency for one of the company's, on the order's day."""


@dataclass(frozen=True, kw_only=True)
class LineAnswered:
    """What the supplier says of a line, beside what was ordered."""

    line_number: int
    promised_on: date | None
    unit_price: Decimal
    discount_percent: Decimal
    ordered_price: Decimal
    ordered_discount_percent: Decimal
    is_tolerated: bool


def check_can_be_acknowledged(order_number: str, status: PurchaseOrderStatus, *, is_told: bool) -> None:
    """Refuses: NothingToAcknowledge."""
    if status is not PurchaseOrderStatus.PLACED:
        raise NothingToAcknowledge(f"{order_number} is {status.value}: nothing of it is waited for")
    if not is_told:
        raise NothingToAcknowledge(f"{order_number} was not told to its supplier yet")


def check_is_waiting(status: AcknowledgementStatus) -> None:
    """Refuses: NotWaiting."""
    if status is not AcknowledgementStatus.WAITING:
        raise NotWaiting(f"the acknowledgement is {status.value}: there is nothing to decide")


def answered(answer: RecordAcknowledgement, known: OrderToAcknowledge) -> tuple[LineAnswered, ...]:
    """Every line of the order with what the supplier says of it.

    Refuses: Invalid, with every line that is not on the order or named twice, every discount without its
    price, and every day before the order's.
    """
    refusals, lines = Refusals(), {line.line_number: line for line in known.lines}
    _check_day(refusals, "promised_on", answer.promised_on, known.ordered_on)
    said: dict[int, LineAcknowledged] = {}
    for position, line in enumerate(answer.lines):
        if line.line_number not in lines or line.line_number in said:
            why = f"line {line.line_number} is not on the order, or named twice"
            refusals.add(f"lines.{position}.line_number", why)
        if line.discount_percent and line.unit_price is None:
            why = "a discount is of a price: give the unit_price, too"
            refusals.add(f"lines.{position}.discount_percent", why)
        _check_day(refusals, f"lines.{position}.promised_on", line.promised_on, known.ordered_on)
        said[line.line_number] = line
    refusals.raise_if_any()
    return tuple(_answered(line, said, answer, known) for line in known.lines)


def status_of(lines: Sequence[LineAnswered]) -> AcknowledgementStatus:
    """Agreed, when every price is as it was ordered or tolerated; otherwise somebody decides."""
    is_agreed = all(line.is_tolerated for line in lines)
    return AcknowledgementStatus.AGREED if is_agreed else AcknowledgementStatus.WAITING


def _check_day(refusals: Refusals, field: str, on: date | None, ordered_on: date) -> None:
    if on is not None and on < ordered_on:
        refusals.add(field, f"nothing comes before the order's day, {ordered_on}")


def _answered(
    ordered: PurchaseLine,
    said: Mapping[int, LineAcknowledged],
    answer: RecordAcknowledgement,
    known: OrderToAcknowledge,
) -> LineAnswered:
    line = said.get(ordered.line_number)
    price, discount = ordered.unit_price, ordered.discount_percent
    if line is not None and line.unit_price is not None:
        price, discount = line.unit_price, line.discount_percent
    tolerated = tolerance_for(
        known.tolerances, known.supplier_code, ordered.item_code, answer.acknowledged_on
    )
    was = _less(ordered.unit_price, ordered.discount_percent)
    return LineAnswered(
        line_number=ordered.line_number,
        promised_on=(line.promised_on if line is not None else None) or answer.promised_on,
        unit_price=price,
        discount_percent=discount,
        ordered_price=ordered.unit_price,
        ordered_discount_percent=ordered.discount_percent,
        is_tolerated=is_within(
            abs(_less(price, discount) - was),
            was,
            tolerated.price_percent,
            tolerated.price_amount,
            rate=known.rate,
        ),
    )


def _less(price: Decimal, discount_percent: Decimal) -> Decimal:
    """A price less discount, not rounded."""
    return price * (HUNDRED - discount_percent) / HUNDRED
