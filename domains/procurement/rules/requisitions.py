"""What a requisition may be: each line with a source and an amount; and which orders it becomes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from domains.ledger.messages.budgets import ToCommit
from domains.master_data.rules.lines import MOST, is_traded_so, named_item, stock_quantity
from domains.master_data.rules.units import in_stock_unit
from domains.master_data.views import CompanyView, ItemView
from domains.procurement.messages import ForRequisition, PlacePurchaseOrder, PurchaseLineAsked
from domains.procurement.messages.requisitions import (
    EnterRequisition,
    LineOrigin,
    Origin,
    RequisitionEntered,
    RequisitionLine,
    RequisitionLineAsked,
    RequisitionStatus,
)
from domains.procurement.rules.sourcing import (
    Need,
    PriceKnowledge,
    SourceFound,
    base_amount,
    shared,
    source_for,
)
from foundation.values.errors import BusinessError, FieldError, Forbidden, Refusals
from foundation.values.money import ZERO, rounded

ENTERED, SUBMITTED, APPROVED, ORDERED, REJECTED, CANCELLED = RequisitionStatus
MAY_BECOME = {
    ENTERED: {SUBMITTED, APPROVED, CANCELLED},
    SUBMITTED: {APPROVED, REJECTED, CANCELLED},
    # All orders may be refused.
    APPROVED: {ORDERED, CANCELLED},
    ORDERED: set[RequisitionStatus](),
    REJECTED: set[RequisitionStatus](),
    CANCELLED: set[RequisitionStatus](),
}


class RequisitionNotInThisStatus(BusinessError):
    """The requisition has come further, or has ended."""

    status = 409


class RequisitionNotApproved(BusinessError):
    """Only what is approved is ordered, and only once."""

    status = 409


class NotYourRequisition(Forbidden):
    """Somebody else has asked for it; who also orders may cancel it."""


@dataclass(frozen=True)
class LineWanted:
    """A line that can be understood: in which unit, and how much that is in the stock unit."""

    number: int
    asked: RequisitionLineAsked
    unit: str
    stock_quantity: Decimal
    need: Need
    """Of this line alone."""


@dataclass(frozen=True)
class RequisitionInputs:
    """What is known of everything that a requisition names."""

    company: CompanyView
    items: Mapping[str, ItemView]
    prices: PriceKnowledge
    cost_centres: frozenset[str]
    """Those that may be used."""
    categories: frozenset[str] = frozenset()
    """By which the company's policies tell requisitions apart."""
    tells_cost_centres_apart: bool = False
    """Whether the company keeps budgets, or has policies for cost centres."""


def advance(status: RequisitionStatus, wanted: RequisitionStatus) -> RequisitionStatus:
    """The wanted status, if it may be reached; the same again is no change. Refuses:
    RequisitionNotInThisStatus.
    """
    if status is not wanted and wanted not in MAY_BECOME[status]:
        raise RequisitionNotInThisStatus(f"a requisition that is {status} cannot become {wanted}")
    return wanted


def after_ordering(status: RequisitionStatus, *, is_ordered: bool) -> RequisitionStatus:
    """What becomes of one that was being ordered. Refuses: RequisitionNotInThisStatus, when it was not."""
    if status not in (APPROVED, ORDERED):
        raise RequisitionNotInThisStatus(f"a requisition that is {status} is not being ordered")
    return advance(status, ORDERED if is_ordered else CANCELLED)


def turned_down(status: RequisitionStatus, *, is_rejected: bool, is_ordered: bool) -> RequisitionStatus:
    """What becomes of one that is not needed. Refuses: RequisitionNotInThisStatus, once it is ordered."""
    if is_ordered:
        raise RequisitionNotInThisStatus("a requisition that is ordered is cancelled by its orders")
    return advance(status, REJECTED if is_rejected else CANCELLED)


def check_cancels(by: str, requested_by: str, *, may_for_others: bool) -> None:
    """Refuses: NotYourRequisition, unless it is one's own, or one may cancel what others have asked for."""
    if by != requested_by and not may_for_others:
        why = f"{requested_by} has asked for this: only {requested_by}, or who also orders, cancels it"
        raise NotYourRequisition(why)


def check_approved(status: RequisitionStatus | None, of: ForRequisition) -> None:
    """Refuses: RequisitionNotApproved, unless the requisition is there and is being ordered."""
    if status is not APPROVED:
        why = f"requisition {of.requisition_number} is {status or 'not there'}: it is not ordered"
        raise RequisitionNotApproved(why)


def sourced_lines(asked: EnterRequisition, known: RequisitionInputs) -> tuple[RequisitionLine, ...]:
    """Every line with its source and its amount. Refuses: Invalid, with every wrong field."""
    refusals = Refusals()
    lines = found_lines(asked, known, refusals)
    refusals.raise_if_any()
    return lines


def found_lines(
    asked: EnterRequisition, known: RequisitionInputs, refusals: Refusals
) -> tuple[RequisitionLine, ...]:
    """The lines that have a source, with their amounts; notes every wrong field."""
    _check_head(asked, known, refusals)
    wanted = [_wanted(place, line, asked, known, refusals) for place, line in enumerate(asked.lines, start=1)]
    sources = _sources([one for one in wanted if one is not None], known, refusals)
    origins = {of_line.line_number: of_line for of_line in asked.origins}
    found = [_sourced(one, source, known, origins.get(one.number), refusals) for one, source in sources]
    return tuple(line for line in found if line is not None)


def refused_lines(refusals: Refusals) -> dict[int, str]:
    """By line, why it cannot be bought; of each the first reason. What is wrong with the head is of no line:
    0.
    """
    why: dict[int, str] = {}
    for error in refusals.errors:
        head, _, rest = error.field.partition(".")
        place = rest.partition(".")[0]
        number = int(place) + 1 if head == "lines" and place.isdigit() else 0
        why.setdefault(number, error.message if number else f"{error.field}: {error.message}")
    return why


def _check_head(asked: EnterRequisition, known: RequisitionInputs, refusals: Refusals) -> None:
    """What is left out must not decide who is asked, nor a day that is not today whose budget and price."""
    if known.categories and not asked.category:
        there_are = ", ".join(sorted(known.categories))
        refusals.add("category", f"say which: whom we ask depends on it. There are {there_are}, and others")
    if not asked.may_order and asked.asked_on is not None and asked.requested_on != asked.asked_on:
        why = f"today is {asked.asked_on}: only who also orders enters what is asked for on another day"
        refusals.add("requested_on", why)


def _wanted(
    number: int,
    asked: RequisitionLineAsked,
    of: EnterRequisition,
    known: RequisitionInputs,
    refusals: Refusals,
) -> LineWanted | None:
    field = f"lines.{number - 1}"
    if asked.wanted_on < of.requested_on:
        refusals.add(f"{field}.wanted_on", f"before the day of the requisition, {of.requested_on}")
    if asked.cost_centre is not None and asked.cost_centre not in known.cost_centres:
        why = f"there is no cost centre {asked.cost_centre} that is not blocked"
        refusals.add(f"{field}.cost_centre", why)
    if asked.cost_centre is None and known.tells_cost_centres_apart and not of.may_order:
        why = "say whose it is: only who also orders buys for none, such as for stock"
        refusals.add(f"{field}.cost_centre", why)
    item = named_item(field, asked.item_code, known.items, refusals)
    if item is None:
        return None
    if item.blocked:
        refusals.add(f"{field}.item_code", f"{item.name} is blocked")
    unit = asked.unit or item.unit
    if not is_traded_so(field, item, unit, None, refusals):
        return None
    quantity = stock_quantity(field, item, unit, asked.quantity, None, refusals)
    if quantity is None:
        return None
    need = Need(item, (quantity,), of.requested_on, asked.supplier_code)
    return LineWanted(number, asked, unit, quantity, need)


def _sources(
    wanted: Sequence[LineWanted], known: RequisitionInputs, refusals: Refusals
) -> list[tuple[LineWanted, SourceFound]]:
    """Where each line is bought and how much of it, in their order: lines of one item are bought together."""
    together: dict[tuple[str, str | None], tuple[Decimal, ...]] = {}
    for one in wanted:
        of = (one.need.item.code, one.need.supplier_code)
        together[of] = (*together.get(of, ()), one.stock_quantity)
    bought: dict[tuple[str, ...], list[tuple[LineWanted, SourceFound]]] = {}
    for one in wanted:
        need = replace(one.need, stock_quantities=together[one.need.item.code, one.need.supplier_code])
        if (source := source_for(f"lines.{one.number - 1}", need, known.prices, refusals)) is not None:
            alike = (need.item.code, source.supplier_code, source.supplier_item, source.currency, source.unit)
            bought.setdefault(alike, []).append((one, source))
    found = []
    for lines in bought.values():
        (first, source), needs = lines[0], [one.stock_quantity for one, _ in lines]
        for (one, _), quantity in zip(lines, shared(source, first.need.item, needs), strict=True):
            found.append((one, replace(source, quantity=quantity)))
    return sorted(found, key=lambda pair: pair[0].number)


def _sourced(
    wanted: LineWanted,
    source: SourceFound,
    known: RequisitionInputs,
    origin: LineOrigin | None,
    refusals: Refusals,
) -> RequisitionLine | None:
    asked, need = wanted.asked, wanted.need
    amount = base_amount(source, known.prices.rates)
    if max(source.quantity, source.quantity * source.unit_price, amount) >= MOST:
        refusals.add(f"lines.{wanted.number - 1}.quantity", "comes to more than we can count")
        return None
    return RequisitionLine(
        line_number=wanted.number,
        item_code=need.item.code,
        description=asked.description or need.item.name,
        quantity=asked.quantity,
        unit=wanted.unit,
        stock_quantity=wanted.stock_quantity,
        wanted_on=asked.wanted_on,
        cost_centre=asked.cost_centre,
        supplier_code=source.supplier_code,
        supplier_item=source.supplier_item,
        found_by=source.found_by,
        order_quantity=source.quantity,
        order_unit=source.unit,
        unit_price=source.unit_price,
        currency=source.currency,
        base_amount=rounded(amount, known.company.currency),
        order_stock_quantity=in_stock_unit(source.quantity, source.unit, need.item),
        origin=origin.origin if origin else Origin.PERSON,
        for_orders=origin.for_orders if origin else (),
    )


def to_commit(lines: Iterable[RequisitionLine]) -> list[ToCommit]:
    """What the lines commit of budgets: by the day on which each is wanted."""
    return [
        ToCommit(
            line.line_number,
            f"lines.{line.line_number - 1}.cost_centre",
            line.cost_centre,
            line.wanted_on,
            line.base_amount,
            day_field=f"lines.{line.line_number - 1}.wanted_on",
        )
        for line in lines
        if line.cost_centre is not None
    ]


def amounts_of_cost_centres(lines: Iterable[RequisitionLine]) -> dict[str, Decimal]:
    """What of a requisition is of which cost centre; a line without one is of none."""
    amounts: dict[str, Decimal] = {}
    for line in lines:
        if line.cost_centre is not None:
            amounts[line.cost_centre] = amounts.get(line.cost_centre, ZERO) + line.base_amount
    return amounts


def cost_centre_of(lines: Iterable[RequisitionLine]) -> str:
    """That of all lines; empty when they have several, or none."""
    found = sorted({line.cost_centre or "" for line in lines})
    return found[0] if len(found) == 1 else ""


def orders_of(entered: RequisitionEntered, ordered_on: date) -> tuple[PlacePurchaseOrder, ...]:
    """One order for each supplier and currency, in the order of their first lines.

    It is expected on the first day on which a line is wanted, or on its own day if that has passed.
    """
    together: dict[tuple[str, str], list[RequisitionLine]] = {}
    for line in entered.lines:
        together.setdefault((line.supplier_code, line.currency), []).append(line)
    return tuple(
        _order(entered, of, currency, lines, ordered_on) for (of, currency), lines in together.items()
    )


def _order(
    entered: RequisitionEntered,
    supplier_code: str,
    currency: str,
    lines: Sequence[RequisitionLine],
    ordered_on: date,
) -> PlacePurchaseOrder:
    return PlacePurchaseOrder(
        order_id=order_id_of(entered.requisition_id, supplier_code, currency),
        supplier_code=supplier_code,
        ordered_on=ordered_on,
        expected_on=max(ordered_on, min(line.wanted_on for line in lines)),
        currency=currency,
        warehouse_code=entered.warehouse_code,
        lines=tuple(
            PurchaseLineAsked(
                item_code=line.item_code,
                quantity=line.order_quantity,
                unit=line.order_unit,
                unit_price=line.unit_price,
                description=line.description,
            )
            for line in lines
        ),
        for_requisition=ForRequisition(
            requisition_id=entered.requisition_id,
            requisition_number=entered.requisition_number,
            line_numbers=tuple(line.line_number for line in lines),
        ),
    )


def order_id_of(requisition_id: UUID, supplier_code: str, currency: str) -> UUID:
    """The id of the order: the same whenever it is asked for."""
    return uuid5(requisition_id, f"{supplier_code}/{currency}")


OF_HEAD = ("warehouse_code",)
"""What an order is refused for that the requisition says itself, beside its lines."""


def as_refused(order: PlacePurchaseOrder, refused: Iterable[FieldError], refusals: Refusals) -> None:
    """Note, at the fields of the requisition, what an order of it would be refused for."""
    assert order.for_requisition is not None
    numbers = order.for_requisition.line_numbers
    for error in refused:
        head, _, rest = error.field.partition(".")
        position, _, name = rest.partition(".")
        why = f"{order.supplier_code} cannot be asked for it: {error.message}"
        if error.field in OF_HEAD:
            if error not in refusals.errors:  # Every order says so.
                refusals.add(error.field, error.message)
        elif head == "lines" and position.isdigit():
            known = name if name in RequisitionLineAsked.model_fields else "item_code"
            refusals.add(f"lines.{numbers[int(position)] - 1}.{known}", why)
        else:
            refusals.add(f"lines.{numbers[0] - 1}.supplier_code", f"{why} ({error.field})")
