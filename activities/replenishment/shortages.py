"""What runs short: listed for a run, shown before it, and asked for with a requisition for each supplier."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple, TypeVar

from sqlalchemy import text

from activities.procurement.entering import enter, where_bought
from domains.procurement.messages.requisitions import (
    EnterRequisition,
    RequisitionLine,
)
from domains.replenishment import rules
from domains.replenishment.messages import (
    ListShortages,
    RequestShortages,
    RequisitionsShown,
    RequisitionToMake,
    ShortageNotBought,
    ShortagesRequested,
    ShortagesRequestedEvent,
    ShortageToRequest,
    ShowRequisitions,
)
from domains.replenishment.queries import positions
from domains.replenishment.rules import Shortage
from domains.replenishment.tables import RequestedShortage
from foundation.database.connections import facts
from foundation.database.documents import write_document
from foundation.database.transaction import CORRELATION, Transaction
from foundation.operations.commands import begin, company_of
from foundation.operations.mailbox import BeginProcess
from foundation.operations.operation import operation
from foundation.process.batch import ListedItem, add_items
from foundation.process.run_messages import Listed

OF_POSITION = (
    *("warehouse_code", "item_code", "available", "in_transit", "backordered", "on_order"),
    *("requisitioned", "reorder_point", "order_up_to"),
)
"""What is kept of it beside what was asked for."""
Each = TypeVar("Each")
# Who asks for what runs short waits for who does so at the same time; what is read behind the lock has what
# that one has asked for.
_ONE_AT_A_TIME = text("SELECT replenishment.lock_shortages()")


class ToRequest(NamedTuple):
    """What one requisition asks for: of a supplier for a warehouse; or what nobody sells, alone."""

    supplier_code: str
    shortages: tuple[Shortage, ...]
    lines: tuple[RequisitionLine, ...]
    """Where each is bought."""
    why_not: str = ""

    @property
    def name(self) -> str:
        """What tells it from the others of a run."""
        first = self.shortages[0].position
        of = self.supplier_code or "nobody"
        return f"{first.warehouse_code}/{of}/{first.item_code}"

    @property
    def party(self) -> str:
        """Whose it is: what is refused stands beside the item's code."""
        return self.supplier_code or self.shortages[0].position.item_code


@operation("replenishment.list_shortages")
async def list_shortages(tx: Transaction, ask: ListShortages) -> Listed:
    """List what is asked for on a day: a requisition for each supplier and warehouse, and one for each item
    that cannot be bought as things stand, which will be refused. What we assemble, and nobody sells, is left.
    """
    company = await company_of(tx)
    items = []
    for one in await _to_request(tx, ask.on):
        if one.why_not and one.shortages[0].position.is_assembled:
            continue
        request = rules.request_of(company, ask.run_id, one.name, ask.on, one.shortages)
        items.append(ListedItem(one.name, request.model_dump(mode="json"), one.party, request.process_id))
    return await add_items(tx, ask, items, is_all=True)


@operation("replenishment.show_requisitions")
async def show_requisitions(tx: Transaction, show: ShowRequisitions) -> RequisitionsShown:
    """Show what a run on a day would ask for, and what it could not: for a dry run, which writes nothing."""
    found = await _to_request(tx, show.on)
    return RequisitionsShown(
        requisitions=tuple(_as_requisition(one) for one in found if not one.why_not),
        not_bought=tuple(
            ShortageNotBought(
                item_code=shortage.position.item_code,
                warehouse_code=shortage.position.warehouse_code,
                quantity=shortage.quantity,
                why=one.why_not,
            )
            for one in found
            if one.why_not
            for shortage in one.shortages
        ),
    )


@operation("replenishment.request_shortages", event=ShortagesRequestedEvent)
async def request_shortages(tx: Transaction, ask: RequestShortages) -> ShortagesRequested:
    """Ask for what is short of some items, when nobody has asked for it meanwhile: with a requisition, whose
    process begins with it. Does nothing when nothing is short any more.

    Refuses: Invalid, with every item that nobody sells; what `procurement.enter_requisition` refuses.
    """
    await tx.execute(_ONE_AT_A_TIME)
    found = await positions(tx, ask.on, warehouse_code=ask.warehouse_code, item_codes=ask.item_codes)
    short = rules.shortages(found, ask.on)
    if not short:
        return ShortagesRequested(requisition_id=ask.requisition_id, requested_on=ask.on)
    asked = rules.requisition_of(ask.requisition_id, ask.warehouse_code, short, ask.on)
    entered = await enter(tx, asked)
    write_document(tx, {RequestedShortage: _rows(asked, short)})
    await begin(tx, _process(tx, ask.process_id, asked))
    return ShortagesRequested(**facts(entered, ShortagesRequested))


def _rows(asked: EnterRequisition, short: Sequence[Shortage]) -> list[dict[str, object]]:
    return [
        {
            "requisition_id": asked.requisition_id,
            "line_number": number,
            "run_on": asked.requested_on,
            "requested_quantity": one.quantity,
            **{name: getattr(one.position, name) for name in OF_POSITION},
        }
        for number, one in enumerate(short, start=1)
    ]


def _process(tx: Transaction, process_id: str, asked: EnterRequisition) -> BeginProcess:
    counted = len(asked.lines)
    return BeginProcess(
        process_id=process_id,
        body=asked.model_dump(mode="json"),
        party=None,
        summary=f"Requisition of what runs short, {counted} line{'' if counted == 1 else 's'}",
        correlation_id=tx.info[CORRELATION],
        begun_by="",
    )


async def _to_request(tx: Transaction, on: date) -> list[ToRequest]:
    """What is short now, supplier by supplier; by supplier, warehouse and item."""
    by_warehouse: dict[str, list[Shortage]] = {}
    for one in rules.shortages(await positions(tx, on), on):
        by_warehouse.setdefault(one.position.warehouse_code, []).append(one)
    found: list[ToRequest] = []
    for warehouse_code, short in sorted(by_warehouse.items()):
        found += await _of_warehouse(tx, warehouse_code, short, on)
    return sorted(found, key=lambda one: (one.party, one.name))


async def _of_warehouse(
    tx: Transaction, warehouse_code: str, short: Sequence[Shortage], on: date
) -> list[ToRequest]:
    of_supplier: dict[str, list[tuple[Shortage, RequisitionLine]]] = {}
    alone: list[ToRequest] = []
    for some in _parts(short):
        # Nothing of it is written: it needs no id of its own.
        asked = rules.requisition_of(rules.ID_SPACE, warehouse_code, some, on)
        bought = await where_bought(tx, asked)
        for line in bought.lines:
            of_supplier.setdefault(line.supplier_code, []).append((some[line.line_number - 1], line))
        alone += [
            ToRequest("", (one,), (), bought.refused.get(number) or bought.refused[0])
            for number, one in enumerate(some, start=1)
            if number in bought.refused or not bought.lines
        ]
    return alone + [
        ToRequest(supplier_code, tuple(one for one, _ in pairs), tuple(line for _, line in pairs))
        for supplier_code, all_pairs in of_supplier.items()
        for pairs in _parts(all_pairs)
    ]


def _parts(many: Sequence[Each]) -> Iterator[Sequence[Each]]:
    """So many at once as a requisition has lines."""
    for first in range(0, len(many), rules.MOST_LINES):
        yield many[first : first + rules.MOST_LINES]


def _as_requisition(one: ToRequest) -> RequisitionToMake:
    return RequisitionToMake(
        supplier_code=one.supplier_code,
        warehouse_code=one.shortages[0].position.warehouse_code,
        lines=tuple(
            ShortageToRequest(**{name: getattr(line, name) for name in ShortageToRequest.model_fields})
            for line in one.lines
        ),
    )
