"""Companies, their warehouses and their exchange rates."""

from typing import Any

from sqlalchemy import func, select, text

from activities.master_data import changing_bank_details as bank_details
from activities.master_data.records import check_codes
from domains.master_data import queries, tables
from domains.master_data.messages import (
    PutCompany,
    PutExchangeRate,
    PutWarehouse,
    RecordPut,
)
from domains.master_data.messages.bank_details import BankDetailsOwner
from domains.master_data.messages.events import (
    CompanyChangedEvent,
    ExchangeRateChangedEvent,
    WarehouseChangedEvent,
)
from domains.master_data.rules import records as rules
from domains.master_data.rules.bank_details_changes import as_in_company, company_accounts, where_money_goes
from domains.master_data.rules.names import check_country, check_currency, normal_email
from domains.master_data.rules.tax_numbers import normal_tax_number
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import BusinessError, NotFound, Refusals

# The workers change what Temporal has.
_SCHEDULES = text("UPDATE foundation.schedule SET time_zone = :time_zone WHERE time_zone <> :time_zone")
_LOCKED = (
    select(*(getattr(tables.Company, name) for name in ("iban", "bic", "bank_accounts", "changed_by")))
    .where(tables.Company.code == func.foundation.current_company())
    .with_for_update()
)


class CurrencyIsFixed(BusinessError):
    """A company's currency is that of its ledger, and never changes."""

    status = 409


@operation("master_data.put_company", event=CompanyChangedEvent)
async def put_company(tx: Transaction, company: PutCompany) -> RecordPut:
    """Write a company down. A new one may name a warehouse that comes later. Where customers pay one that is
    there stays for now: that they pay elsewhere is a change of bank details, which begins with it.

    Refuses: CurrencyIsFixed; Invalid, with every code that names nothing, what is no IBAN or BIC, and for two
    bank accounts of a currency; BankDetailsChangeOpen; ExistsAlready, ChangedMeanwhile.
    """
    try:
        known = await queries.company(tx)
    except NotFound:
        known = None
    if known is not None and known.currency != company.currency:
        raise CurrencyIsFixed(f"the books of {company.code} are kept in {known.currency}; that cannot change")
    refusals = Refusals()
    accounts = rules.normal_bank_accounts(company, refusals)
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
    written = company.model_dump() | {"email": email, "tax_number": tax_number}
    written |= await _kept_accounts(tx, company.code, accounts)
    written["changed_by"] = func.current_setting("perpetual.actor")
    created = await records.put(tx, tables.Company, written, fixed=["currency"])
    if known is not None and known.time_zone != company.time_zone:
        await tx.execute(_SCHEDULES, {"time_zone": company.time_zone})
    return RecordPut(code=company.code, created=created)


async def _kept_accounts(tx: Transaction, code: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """The accounts that the record has from now on: those that it had, when customers would pay elsewhere."""
    known = (await tx.execute(_LOCKED)).one_or_none()
    if known is None:
        return wanted
    owner = BankDetailsOwner.COMPANY
    before, after = company_accounts(known._asdict()), company_accounts(wanted)
    await bank_details.note_edit(tx, owner, code)
    if where_money_goes(before) == where_money_goes(after):
        return wanted
    change = bank_details.WantedBankDetails(owner, code, code, before, after, known.changed_by)
    await bank_details.ask_for_change(tx, change)
    return as_in_company(before)


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
