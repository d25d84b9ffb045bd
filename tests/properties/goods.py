"""Documents of the goods, asked for at random."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from activities import inventory
from domains.inventory.messages import (
    CorrectPrice,
    CountStock,
    PostGoodsIssue,
    ReceivedFor,
    ReceiveStock,
    ReceiveTransfer,
    ReserveStock,
    RevalueItem,
    ScrapGoods,
    TakeBackGoods,
    TransferStock,
    WriteDownItem,
)
from domains.inventory.messages.landed_costs import PostLandedCost
from foundation.values.money import rounded
from tests.builders.inventory import a_receipt, a_return, a_shipment, an_order, goods
from tests.builders.landed_costs import CLEARING
from tests.properties.asking import asks
from tests.properties.company import (
    CURRENCIES,
    ITEMS,
    PLACES,
    SUPPLIER,
    Chance,
    Company,
    some_cost,
    some_quantity,
)

_RECEIPTS = """
    SELECT r.id, r.received_on, count(*) AS lines FROM inventory.stock_receipt r
        JOIN inventory.stock_receipt_line l ON l.receipt_id = r.id
    GROUP BY r.id ORDER BY r.number
"""
_FREIGHT = """
    SELECT e.source_id AS id, e.posted_on, e.currency, sum(l.amount) AS amount FROM ledger.journal_entry e
        JOIN ledger.journal_line l ON l.entry_id = e.id AND l.account_code = :account
    WHERE e.source_type = 'manual' GROUP BY e.id ORDER BY e.number
"""
_SENT = "SELECT id, transferred_on FROM inventory.stock_transfer WHERE is_in_transit ORDER BY number"
_THERE = """
    SELECT coalesce(sum(on_hand), 0) AS on_hand FROM inventory.stock
    WHERE warehouse_code = :place AND item_code = :item
"""


@asks(inventory.receive_stock)
async def receive(company: Company, chance: Chance) -> ReceiveStock:
    """One item or two, bought from a supplier or from nobody, found, or there from the beginning."""
    lines = [
        goods(item, some_quantity(chance, item, 40), str(some_cost(chance)))
        for item in chance.sample(ITEMS, chance.randint(1, 2))
    ]
    reason = chance.choice(("purchase", "purchase", "opening", "adjustment"))
    supplier = SUPPLIER.code if reason == "purchase" and chance.random() < 0.9 else None
    facts: dict[str, Any] = {"warehouse_code": chance.choice(PLACES), "received_on": company.day(chance)}
    if supplier is not None and chance.random() < 0.9:
        order_id, numbers = uuid4(), tuple(range(1, len(lines) + 1))
        process_id = f"{company.code}/procure_to_pay/{order_id}"
        facts["order"] = ReceivedFor(
            order_id=order_id,
            order_number=f"PO-{order_id.hex[:6]}",
            process_id=process_id,
            line_numbers=numbers,
            stock_quantities=tuple(line.quantity for line in lines),
        )
        facts["currency"] = chance.choice(CURRENCIES)
    return a_receipt(*lines, reason=reason, supplier_code=supplier, **facts)


@asks(inventory.post_goods_issue)
async def ship(company: Company, chance: Chance) -> PostGoodsIssue:
    """A new order, or the rest of an old one; all of it, or a part of each line."""
    if company.orders and chance.random() < 0.2:
        order = chance.choice(company.orders)
    else:
        wanted = [(item, some_quantity(chance, item)) for item in chance.sample(ITEMS, chance.randint(1, 2))]
        order = await _reserved(company, an_order(*wanted, warehouse_code=chance.choice(PLACES)))
    lines = [
        (line.line_number, line.quantity if chance.random() < 0.7 else some_quantity(chance, line.item_code))
        for line in order.lines
    ]
    return a_shipment(order, *lines, shipped_on=max(company.day(chance), company.day(chance)))


async def _reserved(company: Company, order: ReserveStock) -> ReserveStock:
    """The order's goods are set aside, or it waits for them."""
    order = order.model_copy(update={"process_id": f"{company.code}/{order.process_id}"})
    await inventory.reserve_stock(company.by.call(), order)
    company.orders.append(order)
    return order


@asks(inventory.take_back_goods)
async def take_back(company: Company, chance: Chance) -> TakeBackGoods | None:
    """Something of an order comes back, perhaps to another warehouse, and some of it is scrap."""
    shipped = {row.order_id for row in await company.rows("SELECT order_id FROM inventory.shipment")}
    outside = [order for order in company.orders if order.order_id in shipped]
    if not outside:
        return None
    order = chance.choice(outside)
    line = chance.choice(order.lines)
    quantity = some_quantity(chance, line.item_code, 4)
    scrapped = chance.choice((Decimal(0), Decimal(1), quantity))
    where = chance.choice((None, *PLACES))
    lines = ((line.line_number, quantity),)
    facts: dict[str, Any] = {
        "received_on": max(company.day(chance) for _ in range(3)),
        "warehouse_code": where,
    }
    return a_return(order, *lines, scrapped=str(min(scrapped, quantity)), **facts)


@asks(inventory.count_stock)
async def count(company: Company, chance: Chance) -> CountStock:
    """About what is there, or something else."""
    place, lines = chance.choice(PLACES), []
    for item in chance.sample(ITEMS, chance.randint(1, 3)):
        (there,) = await company.rows(_THERE, place=place, item=item)
        about = max(there.on_hand + chance.randint(-2, 2), Decimal(0))
        quantity = about if chance.random() < 0.8 else some_quantity(chance, item, 30)
        lines.append({"item_code": item, "quantity": quantity})
    on = company.day(chance)
    return CountStock(count_id=uuid4(), warehouse_code=place, counted_on=on, lines=lines)


@asks(inventory.scrap_goods)
async def scrap(company: Company, chance: Chance) -> ScrapGoods:
    """Some of an item."""
    where = {"warehouse_code": chance.choice(PLACES), "scrapped_on": company.day(chance)}
    return ScrapGoods(scrapping_id=uuid4(), reason="rust", lines=[_some(chance)], **where)


@asks(inventory.transfer_stock)
async def transfer(company: Company, chance: Chance) -> TransferStock:
    """At once, or in two steps."""
    start, end = chance.sample(PLACES, 2)
    return TransferStock(
        transfer_id=uuid4(),
        from_warehouse_code=start,
        to_warehouse_code=end,
        transferred_on=company.day(chance),
        is_in_transit=chance.random() < 0.6,
        lines=[_some(chance)],
    )


@asks(inventory.receive_transfer)
async def arrive(company: Company, chance: Chance) -> ReceiveTransfer | None:
    """A part of what is on its way, or all that is left."""
    sent = await company.one_of(chance, _SENT)
    if sent is None:
        return None
    part = [{"line_number": 1, "quantity": Decimal(chance.randint(1, 3))}]
    return ReceiveTransfer(
        transfer_receipt_id=uuid4(),
        transfer_id=sent.id,
        received_on=max(company.day(chance), chance.choice((sent.transferred_on, company.day(chance)))),
        lines=part if chance.random() < 0.5 else [],
    )


@asks(inventory.write_down_item)
async def write_down(company: Company, chance: Chance) -> WriteDownItem:
    """What it can be sold for is less now, or more again."""
    facts = {"item_code": chance.choice(ITEMS), "unit_cost": some_cost(chance)}
    return WriteDownItem(write_down_id=uuid4(), written_on=company.day(chance), reason="the market", **facts)


@asks(inventory.revalue_item)
async def revalue(company: Company, chance: Chance) -> RevalueItem:
    """Another unit cost."""
    facts = {"item_code": chance.choice(ITEMS), "unit_cost": some_cost(chance)}
    return RevalueItem(revaluation_id=uuid4(), revalued_on=company.day(chance), **facts)


@asks(inventory.correct_price)
async def correct_price(company: Company, chance: Chance) -> CorrectPrice | None:
    """The bill says something else than the delivery note."""
    receipt = await company.one_of(chance, _RECEIPTS)
    if receipt is None:
        return None
    numbers = chance.sample(range(1, receipt.lines + 1), chance.randint(1, receipt.lines))
    return CorrectPrice(
        correction_id=uuid4(),
        receipt_id=receipt.id,
        corrected_on=max(company.day(chance), chance.choice((receipt.received_on, company.day(chance)))),
        reason="misread",
        lines=[{"line_number": number, "unit_cost": some_cost(chance)} for number in numbers],
    )


@asks(inventory.post_landed_cost)
async def land(company: Company, chance: Chance) -> PostLandedCost | None:
    """Freight that lies on the clearing account, all of it or a part, is for one receipt or two."""
    freight = await company.one_of(chance, _FREIGHT, account=CLEARING)
    receipts = await company.rows(_RECEIPTS)
    if freight is None or not receipts:
        return None
    chosen = chance.sample(receipts, min(len(receipts), chance.randint(1, 2)))
    numbers = range(1, chosen[0].lines + 1)
    first = {"receipt_id": chosen[0].id, "line_numbers": chance.choice((tuple(numbers), ()))}
    since = max(freight.posted_on, *(receipt.received_on for receipt in chosen))
    return PostLandedCost(
        landed_cost_id=uuid4(),
        source_id=freight.id,
        amount=None if chance.random() < 0.5 else rounded(freight.amount / 3, freight.currency) or None,
        basis=chance.choice(("quantity", "value", "weight")),
        posted_on=max(since, company.day(chance)),
        reason="freight",
        receipts=[first, *({"receipt_id": receipt.id} for receipt in chosen[1:])],
    )


def _some(chance: Chance) -> dict[str, Any]:
    item = chance.choice(ITEMS)
    return {"item_code": item, "quantity": some_quantity(chance, item, 5)}
