"""Companies, their warehouses and their exchange rates."""

from sqlalchemy import text

from activities.master_data.records import check_codes
from domains.master_data import queries, tables
from domains.master_data.messages import (
    PutCompany,
    PutExchangeRate,
    PutWarehouse,
    RecordPut,
)
from domains.master_data.messages.events import (
    CompanyChangedEvent,
    ExchangeRateChangedEvent,
    WarehouseChangedEvent,
)
from domains.master_data.rules import records as rules
from domains.master_data.rules.names import check_country, check_currency, normal_email
from domains.master_data.rules.tax_numbers import normal_tax_number
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import BusinessError, NotFound, Refusals

# The workers change what Temporal has.
_SCHEDULES = text("UPDATE foundation.schedule SET time_zone = :time_zone WHERE time_zone <> :time_zone")


class CurrencyIsFixed(BusinessError):
    """A company's currency is that of its ledger, and never changes."""

    status = 409


@operation("master_data.put_company", event=CompanyChangedEvent)
async def put_company(tx: Transaction, company: PutCompany) -> RecordPut:
    """Write a company down. A new one may name a warehouse that comes later.

    Refuses: CurrencyIsFixed; Invalid, with every code that names nothing, what is no IBAN or BIC, and for two
    bank accounts of a currency; ExistsAlready, ChangedMeanwhile.
    """
    try:
        known = await queries.company(tx)
    except NotFound:
        known = None
    if known is not None and known.currency != company.currency:
        raise CurrencyIsFixed(f"the books of {company.code} are kept in {known.currency}; that cannot change")
    refusals = Refusals()
    bank_details = rules.normal_bank_accounts(company, refusals)
    check_currency(company.currency, refusals)
    check_country(company.country, refusals)
    email = normal_email(company.email, refusals)
    tax_number = normal_tax_number(company.tax_number, company.country, refusals)
    if known is not None and company.default_warehouse_code != known.default_warehouse_code:
        warehouse = [("default_warehouse_code", company.default_warehouse_code)]
        await check_codes(tx, tables.Warehouse, warehouse, refusals, "warehouse")
    freight = [("freight_tax_code", company.freight_tax_code)]
    await check_codes(tx, tables.TaxCodeRecord, freight, refusals, "tax code")
    refusals.raise_if_any()
    written = company.model_dump() | bank_details | {"email": email, "tax_number": tax_number}
    created = await records.put(tx, tables.Company, written, fixed=["currency"])
    if known is not None and known.time_zone != company.time_zone:
        await tx.execute(_SCHEDULES, {"time_zone": company.time_zone})
    return RecordPut(code=company.code, created=created)


@operation("master_data.put_warehouse", event=WarehouseChangedEvent)
async def put_warehouse(tx: Transaction, warehouse: PutWarehouse) -> RecordPut:
    """Write a warehouse down. Refuses: Invalid, ExistsAlready, ChangedMeanwhile."""
    refusals = Refusals()
    check_country(warehouse.country, refusals)
    refusals.raise_if_any()
    created = await records.put(tx, tables.Warehouse, warehouse.model_dump())
    return RecordPut(code=warehouse.code, created=created)


@operation("master_data.put_exchange_rate", event=ExchangeRateChangedEvent)
async def put_exchange_rate(tx: Transaction, rate: PutExchangeRate) -> RecordPut:
    """Write down what a currency is worth from a day on. Refuses: Invalid."""
    refusals = Refusals()
    check_currency(rate.currency, refusals)
    if rate.currency == (await queries.company(tx)).currency:
        refusals.add("currency", "this is the company's own currency; its rate is 1")
    refusals.raise_if_any()
    created = await records.put(tx, tables.ExchangeRate, rate.model_dump())
    return RecordPut(code=rate.currency, created=created)
