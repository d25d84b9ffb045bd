"""Records to refer to: what the tests of master data and sales say in a few words."""

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from activities import master_data
from domains.master_data.messages import (
    ItemUnit,
    PriceListLine,
    PutCompany,
    PutCustomer,
    PutExchangeRate,
    PutItem,
    PutPaymentTerms,
    PutPriceList,
    PutTaxCode,
    PutUnit,
    PutWarehouse,
    RecordPut,
    TaxComponent,
    TaxKind,
)
from domains.master_data.messages.suppliers import PutSupplier
from domains.master_data.views import ItemView
from foundation.operations.operation import Operation
from foundation.values.messages import Call, Caller
from tests.days import TIME_ZONE

A_DAY = date(2026, 3, 2)
Figure = int | str | Decimal


def figures(*values: Figure) -> tuple[Decimal, ...]:
    """Decimals to compare with."""
    return tuple(Decimal(value) for value in values)


def percent(rate: Figure, **more: Any) -> TaxComponent:
    """A tax of so many per cent."""
    return TaxComponent(name=f"{rate} %", rate_percent=Decimal(rate), **more)


def per_unit(amount: Figure, **more: Any) -> TaxComponent:
    """A tax of a fixed amount for every unit."""
    return TaxComponent(name=f"{amount} each", amount_per_unit=Decimal(amount), **more)


def a_tax_code(code: str, *components: TaxComponent, **more: Any) -> PutTaxCode:
    """A tax treatment of these components."""
    return PutTaxCode(code=code, name=code, components=components, **more)


def an_item(code: str = "BOLT", **changes: Any) -> PutItem:
    """A bolt, taxed at 19 %, traded in pieces and boxes of ten."""
    asked: dict[str, Any] = {
        "code": code,
        "name": code.capitalize(),
        "tax_code": "T19",
        "units": (ItemUnit(unit="box", factor=Decimal(10)),),
    }
    return PutItem(**asked | changes)


def a_known_item(code: str = "BOLT", **changes: Any) -> ItemView:
    """The same as master data knows it."""
    return ItemView(**dict(an_item(code, **changes)), version=1)


def a_price(item_code: str, unit_price: Figure, **changes: Any) -> PriceListLine:
    """What one stock unit costs, always and in any quantity."""
    return PriceListLine(item_code=item_code, unit_price=Decimal(unit_price), **changes)


def a_price_list(*lines: PriceListLine, **changes: Any) -> PutPriceList:
    """Prices in euros, without tax."""
    asked: dict[str, Any] = {"code": "STD", "name": "Standard", "currency": "EUR", "lines": lines}
    return PutPriceList(**asked | changes)


def a_customer(code: str = "C1", **changes: Any) -> PutCustomer:
    """A customer in Germany who pays in euros, within 30 days, at standard prices."""
    asked: dict[str, Any] = {
        "code": code,
        "name": f"Customer {code}",
        "country": "DE",
        "currency": "EUR",
        "price_list_code": "STD",
        "payment_terms_code": "NET30",
    }
    return PutCustomer(**asked | changes)


def a_company(code: str, **changes: Any) -> PutCompany:
    """A company in Germany that keeps its books in euros and its stock in one warehouse."""
    asked: dict[str, Any] = {
        "code": code,
        "name": f"Company {code}",
        "currency": "EUR",
        "country": "DE",
        "time_zone": TIME_ZONE,
        "default_warehouse_code": "MAIN",
        "exchange_rate_days": 366,
    }
    return PutCompany(**asked | changes)


TAX_CODES = (
    a_tax_code("T19", percent(19)),
    a_tax_code("T7", percent(7)),
    a_tax_code("EXPORT", kind=TaxKind.EXEMPT, exemption_reason="Export outside the EU"),
)


class Registrar:
    """Somebody who keeps the records of one company; each call has a key of its own unless it is given."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self._keys = itertools.count(1)

    def call(self, key: str | None = None) -> Call:
        """A direct call, under a new key unless one is given."""
        return Call.direct(self.caller, f"{self.caller.company}/{key or next(self._keys)}")

    async def open(self, **company: Any) -> "Registrar":
        """A company with a warehouse, tax codes, terms, two items with prices, and a customer."""
        await self.put(a_company(self.caller.company, **company))
        await self.put(PutWarehouse(code="MAIN", name="Main"))
        for tax_code in TAX_CODES:
            await self.put(tax_code)
        await self.put(PutPaymentTerms(code="NET30", name="30 days"))
        await self.put(an_item("BOLT"))
        await self.put(an_item("ADVICE", kind="service"))
        prices = a_price_list(
            a_price("BOLT", 10), a_price("BOLT", 9, min_quantity=50), a_price("ADVICE", 100)
        )
        await self.put(prices)
        await self.put(a_customer())
        return self

    async def put(self, record: Any, *, key: str | None = None) -> RecordPut:
        """Write any record down by the operation that takes it."""
        operation: Operation[Any, RecordPut] = next(
            operation for kind, operation in _OPERATIONS.items() if isinstance(record, kind)
        )
        return await operation(self.call(key), record)


_OPERATIONS: dict[type, Operation[Any, RecordPut]] = {
    PutCompany: master_data.put_company,
    PutCustomer: master_data.put_customer,
    PutSupplier: master_data.put_supplier,
    PutExchangeRate: master_data.put_exchange_rate,
    PutItem: master_data.put_item,
    PutPaymentTerms: master_data.put_payment_terms,
    PutPriceList: master_data.put_price_list,
    PutTaxCode: master_data.put_tax_code,
    PutUnit: master_data.put_unit,
    PutWarehouse: master_data.put_warehouse,
}
