"""A company with goods: what the tests of inventory say in a few words."""

import itertools
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID, uuid4

from activities import inventory, master_data
from activities.ledger import accounts
from domains.inventory.messages import (
    AmendReservation,
    GoodsIssued,
    GoodsTakenBack,
    LineToIssue,
    LineToReserve,
    LineToTakeBack,
    PostGoodsIssue,
    ReceiptLine,
    ReceiveStock,
    ReleaseReservation,
    ReservationAmended,
    ReservationReleased,
    ReserveStock,
    StockReceived,
    StockReserved,
    TakeBackGoods,
)
from domains.ledger.messages import LoadChart, PutFiscalYear
from domains.master_data.messages import PutCompany, PutCustomer, PutItem, PutPaymentTerms, PutWarehouse
from foundation.values.messages import Call, Caller

A_DAY = date(2026, 3, 2)
MAIN = "MAIN"
CUSTOMER = "C1"
Wanted = tuple[str, int | str | Decimal]
Reserving = TypeVar("Reserving", bound=ReserveStock)


def a_receipt(*lines: ReceiptLine, **changes: Any) -> ReceiveStock:
    """Goods that arrive in the main warehouse on a day."""
    asked: dict[str, Any] = {
        "receipt_id": uuid4(),
        "warehouse_code": MAIN,
        "received_on": A_DAY,
        "lines": lines,
    }
    return ReceiveStock(**asked | changes)


def goods(item_code: str, quantity: int | str | Decimal, unit_cost: str = "1", **changes: Any) -> ReceiptLine:
    """One line of a receipt."""
    return ReceiptLine(
        item_code=item_code, quantity=Decimal(quantity), unit_cost=Decimal(unit_cost), **changes
    )


def an_order(*wanted: Wanted, **changes: Any) -> ReserveStock:
    """An order that wants goods from the main warehouse, a line for each item and quantity."""
    order_id = uuid4()
    asked: dict[str, Any] = {
        "order_id": order_id,
        "process_id": f"order_to_cash/{order_id}",
        "warehouse_code": MAIN,
        "ordered_on": A_DAY,
        "lines": tuple(
            LineToReserve(line_number=number, item_code=item_code, quantity=Decimal(quantity))
            for number, (item_code, quantity) in enumerate(wanted, start=1)
        ),
    }
    return ReserveStock(**asked | changes)


def a_shipment(
    order: ReserveStock, *lines: tuple[int, int | str | Decimal], **changes: Any
) -> PostGoodsIssue:
    """A shipment for an order: of the lines and quantities given, or of all that was ordered."""
    ordered = {line.line_number: line for line in order.lines}
    leaving = lines or tuple((line.line_number, line.quantity) for line in order.lines)
    asked: dict[str, Any] = {
        "shipment_id": uuid4(),
        "order_id": order.order_id,
        "order_number": "SO-000001",
        "customer_code": CUSTOMER,
        "warehouse_code": order.warehouse_code,
        "shipped_on": A_DAY,
        "lines": tuple(
            LineToIssue(line_number=number, item_code=ordered[number].item_code, quantity=Decimal(quantity))
            for number, quantity in leaving
        ),
    }
    return PostGoodsIssue(**asked | changes)


def a_return(
    order: ReserveStock, *lines: tuple[int, int | str | Decimal], scrapped: int | str = 0, **changes: Any
) -> TakeBackGoods:
    """Lines and quantities of an order come back; so much of each is scrapped."""
    asked: dict[str, Any] = {
        "return_id": uuid4(),
        "order_id": order.order_id,
        "received_on": A_DAY,
        "lines": tuple(
            LineToTakeBack(
                line_number=number, quantity=Decimal(quantity), scrapped_quantity=Decimal(scrapped)
            )
            for number, quantity in lines
        ),
    }
    return TakeBackGoods(**asked | changes)


def amended(order: ReserveStock, *wanted: Wanted, **changes: Any) -> AmendReservation:
    """The order as it is wanted now."""
    now = an_order(*wanted)
    return AmendReservation(**dict(order) | {"lines": now.lines} | changes)


class GoodsKeeper:
    """Somebody who works with the goods of one company; each call has a key of its own unless it is given."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self._keys = itertools.count(1)

    def call(self, key: str | None = None) -> Call:
        """A direct call, under a new key unless one is given."""
        return Call.direct(self.caller, f"{self.caller.company}/{key or next(self._keys)}")

    async def open(self, *, currency: str = "EUR") -> "GoodsKeeper":
        """A company with its books, one customer and two warehouses."""
        company = PutCompany(code=self.caller.company, name="Goods", currency=currency, country="DE")
        await master_data.put_company(self.call(), company)
        await master_data.put_payment_terms(self.call(), PutPaymentTerms(code="NET30", name="30 days"))
        customer = PutCustomer(
            code=CUSTOMER, name="A customer", country="DE", currency=currency, payment_terms_code="NET30"
        )
        await master_data.put_customer(self.call(), customer)
        await accounts.load_chart(self.call(), LoadChart())
        year = PutFiscalYear(code="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
        await accounts.put_fiscal_year(self.call(), year)
        for code in (MAIN, "SECOND"):
            await master_data.put_warehouse(self.call(), PutWarehouse(code=code, name=code))
        return self

    async def item(self, code: str, **changes: Any) -> str:
        """An item, valued at moving average unless something else is said."""
        await master_data.put_item(self.call(), PutItem(code=code, name=code, **changes))
        return code

    async def receive(self, *lines: ReceiptLine, **changes: Any) -> StockReceived:
        """Goods arrive."""
        return await inventory.receive_stock(self.call(), a_receipt(*lines, **changes))

    async def reserve(self, order: ReserveStock) -> StockReserved:
        """Goods are set aside for an order."""
        return await inventory.reserve_stock(self.call(), self._ours(order))

    async def release(self, order_id: UUID) -> ReservationReleased:
        """An order gives back what is set aside for it."""
        return await inventory.release_reservation(self.call(), ReleaseReservation(order_id=order_id))

    async def ship(self, shipment: PostGoodsIssue) -> GoodsIssued:
        """Goods leave."""
        return await inventory.post_goods_issue(self.call(), shipment)

    async def sell(self, item_code: str, quantity: int | str | Decimal, **changes: Any) -> GoodsIssued:
        """An order for one item is reserved and shipped at once."""
        order = an_order((item_code, quantity), **changes)
        await self.reserve(order)
        return await self.ship(a_shipment(order))

    async def take_back(self, back: TakeBackGoods, key: str | None = None) -> GoodsTakenBack:
        """Goods come back."""
        return await inventory.take_back_goods(self.call(key), back)

    async def amend(self, order: AmendReservation) -> ReservationAmended:
        """An order wants something else now."""
        return await inventory.amend_reservation(self.call(), self._ours(order))

    def _ours(self, order: Reserving) -> Reserving:
        """The order, whose process is of this company."""
        return order.model_copy(update={"process_id": f"{self.caller.company}/{order.process_id}"})
