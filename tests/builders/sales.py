"""Orders, and somebody who takes them: what the tests of sales say in a few words."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from activities import sales
from domains.master_data.messages import PutTaxCode
from domains.master_data.views import (
    CompanyView,
    CustomerView,
    PaymentTermsView,
    PriceListView,
    TaxCode,
)
from domains.sales.messages import (
    AmendedLine,
    AmendmentPriced,
    AmendOrder,
    AuthoriseReturn,
    CancelOrder,
    CancelReturn,
    CloseOrder,
    CloseReturn,
    ConfirmOrder,
    FulfilmentRecorded,
    HoldOrder,
    LineQuantity,
    LineReceived,
    OrderAmended,
    OrderChanged,
    OrderLineAsked,
    OrderPlaced,
    PlaceOrder,
    RecordFulfilment,
    ReturnAuthorised,
    ReturnChanged,
)
from domains.sales.queries import (
    OrderVersionView,
    OrderView,
    ReturnView,
    order_versions,
    order_view,
    return_view,
)
from domains.sales.rules.orders import PricingInputs
from foundation.database.connections import database
from tests.builders.master_data import (
    A_DAY,
    TAX_CODES,
    Figure,
    Registrar,
    a_company,
    a_customer,
    a_known_item,
    a_price,
    a_price_list,
)


def a_line(item_code: str = "BOLT", quantity: Figure = 10, **changes: Any) -> OrderLineAsked:
    """Ten bolts at the price of the customer's list, unless something else is said."""
    asked = {"item_code": item_code, "quantity": Decimal(quantity)}
    return OrderLineAsked.model_validate(asked | changes)


def an_order(*lines: OrderLineAsked, **changes: Any) -> PlaceOrder:
    """An order of a customer on a day in March 2026; of ten bolts, unless there are lines."""
    asked: dict[str, Any] = {
        "order_id": uuid4(),
        "customer_code": "C1",
        "ordered_on": A_DAY,
        "lines": lines or (a_line(),),
    }
    return PlaceOrder(**asked | changes)


def an_amendment(order_id: UUID, *lines: OrderLineAsked | AmendedLine, **changes: Any) -> AmendOrder:
    """The lines that an order is to have now."""
    wanted = [AmendedLine(**line.model_dump(exclude_unset=True)) for line in lines]
    asked: dict[str, Any] = {"amendment_id": uuid4(), "order_id": order_id, "lines": wanted}
    return AmendOrder(**asked | changes)


def a_return(order_id: UUID, quantities: dict[int, Figure] | None = None, **changes: Any) -> AuthoriseReturn:
    """Quantities by line that may come back; everything delivered when there are none."""
    asked: dict[str, Any] = {
        "return_id": uuid4(),
        "order_id": order_id,
        "authorised_on": A_DAY,
        "reason": "too many",
        "lines": by_line(quantities),
    }
    return AuthoriseReturn(**asked | changes)


def tax_codes(*codes: PutTaxCode) -> dict[str, TaxCode]:
    """Tax codes as master data knows them."""
    return {code.code: TaxCode(**dict(code)) for code in codes}


def all_known(**changes: Any) -> PricingInputs:
    """What master data knows of an order for bolts (10.00, from 50 on 9.00) or advice (100.00), in euros."""
    prices = a_price_list(
        a_price("BOLT", 10), a_price("BOLT", 9, min_quantity=Decimal(50)), a_price("ADVICE", 100)
    )
    known: dict[str, Any] = {
        "company": CompanyView(**dict(a_company("ACME")), version=1),
        "customer": CustomerView(**dict(a_customer()), version=1),
        "items": {
            "BOLT": a_known_item("BOLT"),
            "ADVICE": a_known_item("ADVICE", kind="service", tax_code="T7"),
        },
        "tax_codes": tax_codes(*TAX_CODES),
        "prices": PriceListView(**dict(prices), version=1),
        "terms": PaymentTermsView(code="NET30", name="30 days"),
        "warehouse_code": "MAIN",
        "rate": Decimal(1),
    }
    return PricingInputs(**known | changes)


class Clerk(Registrar):
    """Somebody who keeps the records and the orders of one company."""

    async def place(self, order: PlaceOrder | None = None, *, key: str | None = None) -> OrderPlaced:
        """An order is written down."""
        return await sales.place_order(self.call(key), order or an_order())

    async def confirmed(self, order: PlaceOrder | None = None) -> UUID:
        """An order is written down and confirmed."""
        placed = await self.place(order)
        await self.confirm(placed.order_id)
        return placed.order_id

    async def confirm(self, order_id: UUID, **shortages: Figure) -> OrderChanged:
        """An order is confirmed; what is short is given as `line_1=…`."""
        short = {int(name.removeprefix("line_")): Decimal(figure) for name, figure in shortages.items()}
        return await sales.confirm_order(self.call(), ConfirmOrder(order_id=order_id, shortages=short))

    async def hold(self, order_id: UUID, reason: str = "over the limit") -> OrderChanged:
        """An order waits for a decision."""
        return await sales.hold_order(self.call(), HoldOrder(order_id=order_id, reason=reason))

    async def record(
        self,
        order_id: UUID,
        *,
        delivered: dict[int, Figure] | None = None,
        billed: dict[int, Figure] | None = None,
    ) -> FulfilmentRecorded:
        """Quantities by line have left, or were billed."""
        news = RecordFulfilment(order_id=order_id, delivered=by_line(delivered), billed=by_line(billed))
        return await sales.record_fulfilment(self.call(), news)

    async def close(self, order_id: UUID) -> OrderChanged:
        """Nothing is left to do."""
        return await sales.close_order(self.call(), CloseOrder(order_id=order_id))

    async def cancel(
        self, order_id: UUID, *, rejected: bool = False, after_delivery: bool = False, reason: str = "no more"
    ) -> OrderChanged:
        """An order is taken back."""
        command = CancelOrder(
            order_id=order_id, reason=reason, rejected=rejected, after_delivery=after_delivery
        )
        return await sales.cancel_order(self.call(), command)

    async def delivered(self, *lines: OrderLineAsked, **changes: Any) -> UUID:
        """An order is written down, confirmed and delivered in full."""
        order = an_order(*lines, **changes)
        order_id = await self.confirmed(order)
        quantities = {number: line.quantity for number, line in enumerate(order.lines, start=1)}
        await self.record(order_id, delivered=dict(quantities))
        return order_id

    async def price_amendment(self, amend: AmendOrder) -> AmendmentPriced:
        """What an amendment would come to."""
        return await sales.price_amendment(self.call(), amend)

    async def amend(self, amend: AmendOrder, *, key: str | None = None) -> OrderAmended:
        """An order is written down anew."""
        return await sales.amend_order(self.call(key), amend)

    async def authorise(self, ask: AuthoriseReturn, *, key: str | None = None) -> ReturnAuthorised:
        """Goods may come back."""
        return await sales.authorise_return(self.call(key), ask)

    async def end_return(
        self, return_id: UUID, came: dict[int, Figure] | None = None, *, scrapped: Figure = 0
    ) -> ReturnChanged:
        """Quantities by line have come back, and so much of each is scrapped."""
        lines = tuple(
            LineReceived(line_number=number, quantity=Decimal(quantity), scrapped_quantity=Decimal(scrapped))
            for number, quantity in (came or {}).items()
        )
        return await sales.close_return(self.call(), CloseReturn(return_id=return_id, lines=lines))

    async def cancel_return(self, return_id: UUID, reason: str = "kept after all") -> ReturnChanged:
        """Nothing comes back."""
        return await sales.cancel_return(self.call(), CancelReturn(return_id=return_id, reason=reason))

    async def versions(self, order_id: UUID) -> list[OrderVersionView]:
        """An order's versions, the one that holds now first."""
        async with database().read(self.caller.company) as tx:
            return await order_versions(tx, order_id)

    async def shown_return(self, return_id: UUID) -> ReturnView:
        """A return as it is shown."""
        async with database().read(self.caller.company) as tx:
            return await return_view(tx, return_id)

    async def order(self, order_id: UUID) -> OrderView:
        """An order as it is shown."""
        async with database().read(self.caller.company) as tx:
            return await order_view(tx, order_id)


def by_line(quantities: dict[int, Figure] | None) -> tuple[LineQuantity, ...]:
    """Quantities of order lines."""
    return tuple(
        LineQuantity(line_number=number, quantity=Decimal(quantity))
        for number, quantity in (quantities or {}).items()
    )
