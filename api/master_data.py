"""Master data: companies, customers, units, items, warehouses, prices, tax codes, payment terms, rates."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Body
from sqlalchemy import select

from activities import master_data
from api.door import Asked, AskedRequest, Router, allows
from api.lists import add_list
from api.records import Resource, records, router_for
from domains.master_data import queries, tables
from domains.master_data.calendars import HolidayCalendarView, holiday_calendar
from domains.master_data.messages import PutExchangeRate, RecordPut
from domains.master_data.views import (
    CompanyView,
    CustomerView,
    ItemView,
    PaymentTermsView,
    PriceListView,
    SupplierView,
    TaxCode,
    UnitView,
    WarehouseView,
)
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, at_most, equal, named
from foundation.database.transaction import Transaction
from foundation.values.money import ZERO

Query = Callable[[Transaction, str], Awaitable[Any]]


def _read_by(query: Query) -> Callable[[AskedRequest, str], Awaitable[Any]]:
    async def read(asked: AskedRequest, code: str) -> Any:
        async with asked.read() as tx:
            return await query(tx, code)

    return read


async def _item(tx: Transaction, code: str) -> ItemView | None:
    return (await queries.items(tx, [code])).get(code)


async def _tax_code(tx: Transaction, code: str) -> TaxCode | None:
    return (await queries.tax_codes(tx, [code])).get(code)


# A customer that somebody else has entered has no credit, list prices, and terms that its creditor decides.
GUARDED: dict[str, dict[str, dict[str, Any]]] = {
    "customers": {
        "master_data.credit_limit.write": {"credit_limit": ZERO},
        "master_data.customer_terms.write": {
            "payment_terms_code": None,
            "price_list_code": None,
            "discount_percent": ZERO,
        },
    },
    # Who changes where money goes does not say how long that waits.
    "companies": {"identity.bank_details_wait.write": {"bank_details_wait_hours": 24}},
}


def _resource(
    path: str, permission: str, table: Any, view: Any, query: Query, example: dict[str, Any]
) -> Router:
    put = getattr(master_data, f"put_{permission}")
    return router_for(
        Resource(
            path=path,
            tag="Master data",
            permission=f"master_data.{permission}",
            put=put,
            view=view,
            records=records(path, view, select(*columns_for(table, view)), table),
            read=_read_by(query),
            example=example,
            scope=AskedRequest.within if table is tables.Company else None,
            guarded=GUARDED.get(path, {}),
        )
    )


async def _company(tx: Transaction, code: str) -> CompanyView | None:
    found = await tx.get(tables.Company, code)
    return None if found is None else await queries.company(tx)


COMPANY = {
    "code": "ACME",
    "name": "Acme Trading",
    "currency": "EUR",
    "country": "DE",
    "default_warehouse_code": "MAIN",
}
CUSTOMER = {
    "code": "C-1001",
    "name": "Corner Shop",
    "country": "DE",
    "currency": "EUR",
    "price_list_code": "STD",
    "payment_terms_code": "NET30",
    "credit_limit": "5000.00",
}
ITEM = {"code": "APPLE", "name": "Apple", "tax_code": "S19", "units": [{"unit": "box", "factor": "10"}]}
PRICE_LIST = {
    "code": "STD",
    "name": "Standard prices",
    "currency": "EUR",
    "lines": [
        {"item_code": "APPLE", "unit_price": "10.00"},
        {"item_code": "APPLE", "min_quantity": "50", "unit_price": "9.00"},
    ],
}
SUPPLIER = {
    "code": "S-2001",
    "name": "Orchard",
    "country": "DE",
    "currency": "EUR",
    "payment_terms_code": "NET30",
    "bank_accounts": [{"currency": "EUR", "iban": "DE02500105170137075030"}],
}
BERLIN = {
    "code": "DE-BE",
    "name": "Berlin",
    "country": "DE",
    "subdivision": "BE",
    "days": [{"on": "2026-03-08", "name": "International Women's Day"}],
}
DRUM = {"code": "drum", "name": "Drum", "un_code": "XDR"}
TAX_CODE = {"code": "S19", "name": "VAT 19 %", "components": [{"name": "VAT 19 %", "rate_percent": "19"}]}
TERMS = {
    "code": "DISC",
    "name": "2 % in 10 days, 30 days net",
    "instalments": [{"days": 30}],
    "discount_percent": "2",
    "discount_days": 10,
}

routers = [
    _resource("companies", "company", tables.Company, CompanyView, _company, COMPANY),
    _resource("customers", "customer", tables.Customer, CustomerView, queries.customer, CUSTOMER),
    _resource("suppliers", "supplier", tables.Supplier, SupplierView, queries.supplier, SUPPLIER),
    _resource("units", "unit", tables.Unit, UnitView, queries.unit, DRUM),
    _resource("items", "item", tables.Item, ItemView, _item, ITEM),
    _resource(
        "warehouses",
        "warehouse",
        tables.Warehouse,
        WarehouseView,
        queries.warehouse,
        {"code": "MAIN", "name": "Main warehouse"},
    ),
    _resource("price-lists", "price_list", tables.PriceList, PriceListView, queries.price_list, PRICE_LIST),
    _resource("tax-codes", "tax_code", tables.TaxCodeRecord, TaxCode, _tax_code, TAX_CODE),
    _resource(
        "payment-terms", "payment_terms", tables.PaymentTerms, PaymentTermsView, queries.payment_terms, TERMS
    ),
    _resource(
        "holiday-calendars",
        "holiday_calendar",
        tables.HolidayCalendar,
        HolidayCalendarView,
        holiday_calendar,
        BERLIN,
    ),
]

exchange_rates = Router(prefix="/v1/exchange-rates", tags=["Master data"])


RATE_EXAMPLES: dict[str, Any] = {
    "indirect": {
        "summary": "1.0812 US dollars for a euro, in the books of a company in euros",
        "value": {"currency": "USD", "valid_from": "2026-03-02", "rate": "1.0812", "source": "ECB"},
    },
    "direct": {
        "summary": "25,430 dong for a US dollar, in the books of a company in dong",
        "value": {"currency": "USD", "valid_from": "2026-03-02", "rate": "25430", "quotation": "direct"},
    },
}


@exchange_rates.post("", status_code=201, dependencies=[allows("master_data.exchange_rate.write")])
async def put_exchange_rate(
    rate: Annotated[PutExchangeRate, Body(openapi_examples=RATE_EXAMPLES)], asked: Asked
) -> RecordPut:
    """What a currency is worth from a day on, quoted either way round (`indirect`, `direct`)."""
    return await asked.run(master_data.put_exchange_rate, rate)


RATES = Listing(
    name="exchange_rates",
    about="The rates, by currency and day.",
    view=PutExchangeRate,
    rows=select(*columns_for(tables.ExchangeRate, PutExchangeRate)),
    filters=(equal(tables.ExchangeRate.currency), at_most(tables.ExchangeRate.valid_from, "as_of")),
    sorts=named(tables.ExchangeRate.currency, tables.ExchangeRate.valid_from),
    order="currency",
    unique=(tables.ExchangeRate.currency, tables.ExchangeRate.valid_from),
)
add_list(exchange_rates, RATES, allows("master_data.exchange_rate.read"))
