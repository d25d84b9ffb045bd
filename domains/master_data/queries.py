"""What everyone may read of master data, as frozen views. A hot path asks once for all that it needs."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import ARRAY, Text, any_, bindparam, func, select, text

from domains.master_data import tables
from domains.master_data.messages import PriceListLine
from domains.master_data.messages.tolerances import PutMatchingTolerance
from domains.master_data.parties import Party
from domains.master_data.rules import rates
from domains.master_data.rules.validity import as_of
from domains.master_data.views import (
    CompanyView,
    CustomerView,
    ItemView,
    PartyView,
    PaymentTermsView,
    PriceListView,
    SupplierView,
    TaxCode,
    UnitView,
    WarehouseView,
)
from foundation.database.connections import columns_for
from foundation.database.memory import remembered
from foundation.database.transaction import Transaction
from foundation.values.errors import BusinessError, NotFound
from foundation.values.messages import Message
from foundation.values.money import ONE

View = TypeVar("View", bound=Message)


TODAY = """(
    SELECT CAST(now() AT TIME ZONE c.time_zone AS date) FROM master_data.company c
    WHERE c.code = foundation.current_company()
)"""
"""The company's today, in SQL: the database's own is that of another time zone."""
_CODES = bindparam("codes", type_=ARRAY(Text))
_ITEM_CODES = bindparam("items", type_=ARRAY(Text))

_COMPANY = select(*columns_for(tables.Company, CompanyView)).where(
    tables.Company.code == func.foundation.current_company()
)
_CUSTOMERS = select(*columns_for(tables.Customer, CustomerView)).where(tables.Customer.code == any_(_CODES))
_SUPPLIERS = select(*columns_for(tables.Supplier, SupplierView)).where(tables.Supplier.code == any_(_CODES))
_ITEMS = select(*columns_for(tables.Item, ItemView)).where(tables.Item.code == any_(_CODES))
_TAX_CODES = select(*columns_for(tables.TaxCodeRecord, TaxCode)).where(
    tables.TaxCodeRecord.code == any_(_CODES)
)
_WITH_VAT_ID = text(
    """
    SELECT code FROM master_data.supplier
    WHERE regexp_replace(upper(tax_number), '[^A-Z0-9]', '', 'g')
        = nullif(regexp_replace(upper(:vat_id), '[^A-Z0-9]', '', 'g'), '')
    """
)
_WITH_IBAN = text(
    """
    SELECT code FROM master_data.supplier s
    WHERE (:vat_id = '' OR s.tax_number = '') AND EXISTS (
        SELECT FROM jsonb_to_recordset(s.bank_accounts) AS b (iban text) WHERE b.iban = any(:ibans))
    """
).bindparams(bindparam("ibans", type_=ARRAY(Text)), bindparam("vat_id", type_=Text))
_UNITS = select(*columns_for(tables.Unit, UnitView)).where(tables.Unit.code == any_(_CODES))
_PAYMENT_TERMS = select(*columns_for(tables.PaymentTerms, PaymentTermsView)).where(
    tables.PaymentTerms.code == any_(_CODES)
)
_WAREHOUSES = select(*columns_for(tables.Warehouse, WarehouseView)).where(
    tables.Warehouse.code == any_(_CODES)
)
_PRICE_LISTS = select(*columns_for(tables.PriceList, PriceListView)).where(
    tables.PriceList.code == any_(_CODES)
)
_PRICE_LINES = (
    select(*columns_for(tables.PriceListLineRecord, PriceListLine))
    .where(tables.PriceListLineRecord.price_list_code == bindparam("price_list"))
    .order_by(tables.PriceListLineRecord.item_code, tables.PriceListLineRecord.line_number)
)
_PRICE_LINES_OF = _PRICE_LINES.where(tables.PriceListLineRecord.item_code == any_(_ITEM_CODES))
_TOLERANCES = select(*columns_for(tables.MatchingTolerance, PutMatchingTolerance))
_PARTY = select(*columns_for(tables.PartyRow, PartyView)).where(
    tables.PartyRow.type == bindparam("type"), tables.PartyRow.code == bindparam("code")
)
_RATE = (
    select(tables.ExchangeRate.rate, tables.ExchangeRate.quotation, tables.ExchangeRate.valid_from)
    .where(
        tables.ExchangeRate.currency == bindparam("currency"),
        tables.ExchangeRate.valid_from <= bindparam("on"),
    )
    .order_by(tables.ExchangeRate.valid_from.desc())
    .limit(1)
)


async def company(tx: Transaction) -> CompanyView:
    """The company that the transaction works for. Refuses: NotFound."""

    async def find(keys: list[str]) -> dict[str, CompanyView]:
        row = (await tx.execute(_COMPANY)).one_or_none()
        return {} if row is None else {keys[0]: CompanyView.model_validate(row._asdict())}

    found = await remembered(tx, "company", ["own"], find)
    if not found:
        raise NotFound(
            "there is no such company: create it with POST /v1/companies, or name another in X-Company"
        )
    own: CompanyView = found["own"]
    return own


async def customer(tx: Transaction, code: str) -> CustomerView | None:
    """A customer by its code."""
    return (await _by_code(tx, "customer", _CUSTOMERS, CustomerView, [code])).get(code)


async def supplier(tx: Transaction, code: str) -> SupplierView | None:
    """A supplier by its code."""
    return (await _by_code(tx, "supplier", _SUPPLIERS, SupplierView, [code])).get(code)


async def suppliers(tx: Transaction, codes: Iterable[str]) -> dict[str, SupplierView]:
    """Suppliers by their codes; unknown codes are left out."""
    return await _by_code(tx, "supplier", _SUPPLIERS, SupplierView, codes)


async def suppliers_named(tx: Transaction, vat_id: str, ibans: Iterable[str]) -> list[str]:
    """The codes of those with a VAT id, however it is written, or else of those with one of the IBANs; where
    a VAT id is named, not of one that has another.
    """
    codes = await tx.scalars(_WITH_VAT_ID, {"vat_id": vat_id})
    return sorted(codes or await tx.scalars(_WITH_IBAN, {"ibans": sorted(ibans), "vat_id": vat_id}))


async def items(tx: Transaction, codes: Iterable[str]) -> dict[str, ItemView]:
    """Items by their codes; unknown codes are left out."""
    return await _by_code(tx, "item", _ITEMS, ItemView, codes)


async def items_on(tx: Transaction, codes: Iterable[str], on: date) -> dict[str, ItemView]:
    """Items with the units of a day; unknown codes are left out."""
    return {code: as_of(item, on) for code, item in (await items(tx, sorted(codes))).items()}


async def tax_codes(tx: Transaction, codes: Iterable[str]) -> dict[str, TaxCode]:
    """Tax treatments by their codes; unknown codes are left out."""
    return await _by_code(tx, "tax code", _TAX_CODES, TaxCode, codes)


async def payment_terms(tx: Transaction, code: str) -> PaymentTermsView | None:
    """Payment terms by their code."""
    return (await _by_code(tx, "terms", _PAYMENT_TERMS, PaymentTermsView, [code])).get(code)


async def unit(tx: Transaction, code: str) -> UnitView | None:
    """A unit by its code."""
    return (await _by_code(tx, "unit", _UNITS, UnitView, [code])).get(code)


async def units(tx: Transaction, codes: Iterable[str]) -> dict[str, UnitView]:
    """Units by their codes; unknown codes are left out."""
    return await _by_code(tx, "unit", _UNITS, UnitView, codes)


async def party(tx: Transaction, named: Party) -> PartyView | None:
    """Somebody in the register of parties."""

    async def find(keys: list[Party]) -> dict[Party, PartyView]:
        row = (await tx.execute(_PARTY, {"type": named.type, "code": named.code})).one_or_none()
        return {} if row is None else {keys[0]: PartyView.model_validate(row._asdict())}

    return (await remembered(tx, "party", [named], find)).get(named)


async def warehouse(tx: Transaction, code: str) -> WarehouseView | None:
    """A warehouse by its code."""
    return (await _by_code(tx, "warehouse", _WAREHOUSES, WarehouseView, [code])).get(code)


async def price_list(
    tx: Transaction, code: str, item_codes: Sequence[str] | None = None
) -> PriceListView | None:
    """A price list with its lines; with `item_codes`, only the lines of those items."""

    async def find(missing: list[str]) -> dict[str, dict[str, Any]]:
        rows = await tx.execute(_PRICE_LISTS, {"codes": missing})
        return {row.code: row._asdict() for row in rows}

    head = (await remembered(tx, "price list", [code], find)).get(code)
    if head is None:
        return None
    if item_codes is None:
        rows = await tx.execute(_PRICE_LINES, {"price_list": code})
        lines = tuple(PriceListLine.model_validate(row._asdict()) for row in rows)
    else:
        of_items = await remembered(
            tx, f"prices of {code}", item_codes, lambda items: _prices(tx, code, items)
        )
        lines = tuple(line for prices in of_items.values() for line in prices)
    return PriceListView.model_validate({**head, "lines": lines})


async def _prices(tx: Transaction, code: str, item_codes: list[str]) -> dict[str, list[PriceListLine]]:
    rows = await tx.execute(_PRICE_LINES_OF, {"price_list": code, "items": item_codes})
    prices: dict[str, list[PriceListLine]] = {item_code: [] for item_code in item_codes}
    for row in rows:
        prices[row.item_code].append(PriceListLine.model_validate(row._asdict()))
    return prices


async def rate_found(tx: Transaction, currency: str, on: date, *, base: str) -> Decimal | BusinessError:
    """Units of a currency for one of the company's (`base`), on a day, 28 digits; or why there is none.

    That is a refusal to be raised: NoExchangeRate, ExchangeRateTooOld.
    """
    if currency == base:
        return ONE

    async def find(keys: list[Any]) -> dict[Any, Any]:
        row = (await tx.execute(_RATE, {"currency": currency, "on": on})).one_or_none()
        return {keys[0]: row and (row.rate, row.quotation, row.valid_from)}

    quoted = (await remembered(tx, "rate", [(currency, on)], find)).get((currency, on))
    rate, quotation, quoted_on = quoted or (ONE, "", None)
    why_not = rates.check_age(currency, on, quoted_on, days=(await company(tx)).exchange_rate_days)
    return why_not or rates.in_foreign_units(rate, quotation)


async def exchange_rate(tx: Transaction, currency: str, on: date, *, base: str) -> Decimal:
    """Units of a currency for one unit of the company's (`base`), on a day, 28 digits.

    Refuses: NoExchangeRate, ExchangeRateTooOld.
    """
    found = await rate_found(tx, currency, on, base=base)
    if isinstance(found, BusinessError):
        raise found
    return found


async def tolerances(tx: Transaction) -> Sequence[PutMatchingTolerance]:
    """All that the company tolerates of receipts and supplier invoices, and from when on."""

    async def find(keys: list[str]) -> dict[str, tuple[PutMatchingTolerance, ...]]:
        rows = (await tx.execute(_TOLERANCES)).all()
        return {keys[0]: tuple(PutMatchingTolerance.model_validate(row._asdict()) for row in rows)}

    found: Sequence[PutMatchingTolerance] = (await remembered(tx, "tolerances", ["all"], find))["all"]
    return found


async def _by_code(
    tx: Transaction, kind: str, statement: Any, view: type[View], codes: Iterable[str]
) -> dict[str, View]:
    async def find(missing: list[str]) -> dict[str, View]:
        rows = await tx.execute(statement, {"codes": missing})
        return {row.code: view.model_validate(row._asdict()) for row in rows}

    return await remembered(tx, kind, codes, find)
