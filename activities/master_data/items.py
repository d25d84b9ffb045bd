"""Items and their prices."""

from sqlalchemy import delete

from activities.master_data.records import check_codes, check_past, write_changes
from domains.master_data import queries, tables
from domains.master_data.messages import (
    PutItem,
    PutPriceList,
    PutUnit,
    RecordPut,
)
from domains.master_data.messages.events import (
    ItemChangedEvent,
    PriceListChangedEvent,
    UnitChangedEvent,
)
from domains.master_data.rules import records as rules
from domains.master_data.rules.names import check_un_code
from foundation.database import records
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import Refusals


@operation("master_data.put_item", event=ItemChangedEvent)
async def put_item(tx: Transaction, item: PutItem) -> RecordPut:
    """Write an item down.

    Refuses: Invalid; CannotChange for what its stock is counted and valued by, and for a conversion that
    documents stand on; ExistsAlready, ChangedMeanwhile.
    """
    refusals = Refusals()
    await check_codes(tx, tables.TaxCodeRecord, [("tax_code", item.tax_code)], refusals, "tax code")
    of_days = {"units": item.units} | {
        f"changes.{position}.units": change.units for position, change in enumerate(item.changes)
    }
    units_named = [("unit", item.unit)] + [
        (f"{field}.{number}.unit", other.unit)
        for field, others in of_days.items()
        for number, other in enumerate(others)
    ]
    await check_codes(tx, tables.Unit, units_named, refusals, "unit")
    known = (await queries.items(tx, [item.code])).get(item.code)
    rules.check_item(item, known, refusals)
    if known is not None and not rules.keeps_units(known, item):
        await check_past(tx, tables.Item, known, item, ("units",))
    units = [unit.model_dump(mode="json") for unit in item.units]
    written = item.model_dump(exclude={"changes"}) | {"units": units}
    created = await records.put(tx, tables.Item, written, fixed=rules.FIXED)
    await write_changes(tx, tables.ItemChange, item)
    return RecordPut(code=item.code, created=created)


@operation("master_data.put_unit", event=UnitChangedEvent)
async def put_unit(tx: Transaction, unit: PutUnit) -> RecordPut:
    """Write a unit down. Refuses: Invalid, for an `un_code` that is none; ExistsAlready, ChangedMeanwhile."""
    refusals = Refusals()
    check_un_code(unit.un_code, refusals)
    refusals.raise_if_any()
    created = await records.put(tx, tables.Unit, unit.model_dump())
    return RecordPut(code=unit.code, created=created)


@operation("master_data.put_price_list", event=PriceListChangedEvent)
async def put_price_list(tx: Transaction, prices: PutPriceList) -> RecordPut:
    """Write a price list down; its lines replace those it had.

    Refuses: Invalid, naming every wrong line; ExistsAlready, ChangedMeanwhile.
    """
    rules.check_price_list(prices, await queries.items(tx, (line.item_code for line in prices.lines)))
    # Locks the list: the lines of two who write it at once do not mix.
    created = await records.put(tx, tables.PriceList, prices.model_dump(exclude={"lines"}))
    lines = tables.PriceListLineRecord
    await tx.execute(delete(lines).where(lines.price_list_code == prices.code))
    rows = [
        line.model_dump() | {"price_list_code": prices.code, "line_number": number}
        for number, line in enumerate(prices.lines, start=1)
    ]
    write_document(tx, {lines: rows})
    return RecordPut(code=prices.code, created=created)
