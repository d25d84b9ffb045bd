"""Items and their prices."""

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from activities.master_data.records import check_codes, put
from domains.master_data import queries, tables
from domains.master_data.messages import PutItem, PutPriceList, RecordPut
from domains.master_data.rules import records
from foundation.errors import Refusals
from foundation.operation import operation


@operation("master_data.put_item")
async def put_item(session: AsyncSession, item: PutItem) -> RecordPut:
    """Write an item down. Refuses: Invalid; CannotChange for its stock unit and kind."""
    refusals = Refusals()
    await check_codes(session, tables.TaxCodeRecord, [("tax_code", item.tax_code)], refusals, "tax code")
    refusals.raise_if_any()
    records.check_item(item, (await queries.items(session, [item.code])).get(item.code))
    units = [unit.model_dump(mode="json") for unit in item.units]
    return await put(session, tables.Item, item.model_dump() | {"units": units})


@operation("master_data.put_price_list")
async def put_price_list(session: AsyncSession, prices: PutPriceList) -> RecordPut:
    """Write a price list down; its lines replace those it had. Refuses: Invalid, naming every wrong line."""
    refusals = Refusals()
    items = await queries.items(session, (line.item_code for line in prices.lines))
    for position, line in enumerate(prices.lines):
        item = items.get(line.item_code)
        if item is None:
            refusals.add(f"lines.{position}.item_code", f"there is no item {line.item_code}; create it first")
        elif item.factor(line.unit) is None:
            refusals.add(f"lines.{position}.unit", f"{item.code} is not traded in {line.unit}")
    refusals.raise_if_any()
    result = await put(session, tables.PriceList, prices.model_dump(exclude={"lines"}))
    lines = tables.PriceListLineRecord
    await session.execute(delete(lines).where(lines.price_list_code == prices.code))
    rows = [
        line.model_dump() | {"price_list_code": prices.code, "line_number": number}
        for number, line in enumerate(prices.lines, start=1)
    ]
    if rows:
        await session.execute(insert(lines.__table__), rows)  # type: ignore[arg-type]
    return result
