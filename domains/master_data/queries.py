"""What everyone may read of master data, as frozen views. A hot path asks once for all that it needs."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domains.master_data import tables
from domains.master_data.messages import PriceListLine
from domains.master_data.views import (
    CompanyView,
    CustomerView,
    ItemView,
    PaymentTermsView,
    PriceListView,
    TaxCode,
    WarehouseView,
)
from foundation.database import columns_for
from foundation.errors import BusinessError, NotFound
from foundation.messages import Message
from foundation.money import ONE


class NoExchangeRate(BusinessError):
    """There is no rate for the currency on that day; enter one with POST /v1/exchange-rates."""


View = TypeVar("View", bound=Message)


_COMPANY = select(*columns_for(tables.Company, CompanyView)).where(
    tables.Company.code == func.foundation.current_company()
)
_CUSTOMER = select(*columns_for(tables.Customer, CustomerView)).where(
    tables.Customer.code == bindparam("code")
)
_ITEMS = select(*columns_for(tables.Item, ItemView)).where(
    tables.Item.code.in_(bindparam("codes", expanding=True))
)
_TAX_CODES = select(*columns_for(tables.TaxCodeRecord, TaxCode)).where(
    tables.TaxCodeRecord.code.in_(bindparam("codes", expanding=True))
)
_PAYMENT_TERMS = select(*columns_for(tables.PaymentTerms, PaymentTermsView)).where(
    tables.PaymentTerms.code == bindparam("code")
)
_WAREHOUSE = select(*columns_for(tables.Warehouse, WarehouseView)).where(
    tables.Warehouse.code == bindparam("code")
)
_PRICE_LIST = select(*columns_for(tables.PriceList, PriceListView)).where(
    tables.PriceList.code == bindparam("code")
)
_PRICE_LINES = (
    select(*columns_for(tables.PriceListLineRecord, PriceListLine))
    .where(tables.PriceListLineRecord.price_list_code == bindparam("price_list"))
    .order_by(tables.PriceListLineRecord.item_code, tables.PriceListLineRecord.line_number)
)
_PRICE_LINES_OF = _PRICE_LINES.where(
    tables.PriceListLineRecord.item_code.in_(bindparam("items", expanding=True))
)
_RATE = (
    select(tables.ExchangeRate.rate)
    .where(
        tables.ExchangeRate.currency == bindparam("currency"),
        tables.ExchangeRate.valid_from <= bindparam("on"),
    )
    .order_by(tables.ExchangeRate.valid_from.desc())
    .limit(1)
)


async def company(session: AsyncSession) -> CompanyView:
    """The company that the session works for. Refuses: NotFound."""
    row = (await session.execute(_COMPANY)).one_or_none()
    if row is None:
        raise NotFound(
            "there is no such company: create it with POST /v1/companies, or name another in X-Company"
        )
    return CompanyView.model_validate(row._asdict())


async def customer(session: AsyncSession, code: str) -> CustomerView | None:
    """A customer by its code."""
    return await _one(session, _CUSTOMER, CustomerView, code)


async def items(session: AsyncSession, codes: Iterable[str]) -> dict[str, ItemView]:
    """Items by their codes; unknown codes are left out."""
    rows = (await session.execute(_ITEMS, {"codes": sorted(set(codes))})).all()
    return {row.code: ItemView.model_validate(row._asdict()) for row in rows}


async def tax_codes(session: AsyncSession, codes: Iterable[str]) -> dict[str, TaxCode]:
    """Tax treatments by their codes; unknown codes are left out."""
    rows = (await session.execute(_TAX_CODES, {"codes": sorted(set(codes))})).all()
    return {row.code: TaxCode.model_validate(row._asdict()) for row in rows}


async def payment_terms(session: AsyncSession, code: str) -> PaymentTermsView | None:
    """Payment terms by their code."""
    return await _one(session, _PAYMENT_TERMS, PaymentTermsView, code)


async def warehouse(session: AsyncSession, code: str) -> WarehouseView | None:
    """A warehouse by its code."""
    return await _one(session, _WAREHOUSE, WarehouseView, code)


async def price_list(
    session: AsyncSession, code: str, item_codes: Sequence[str] | None = None
) -> PriceListView | None:
    """A price list with its lines; with `item_codes`, only the lines of those items."""
    head = (await session.execute(_PRICE_LIST, {"code": code})).one_or_none()
    if head is None:
        return None
    if item_codes is None:
        rows = await session.execute(_PRICE_LINES, {"price_list": code})
    else:
        rows = await session.execute(_PRICE_LINES_OF, {"price_list": code, "items": sorted(set(item_codes))})
    lines = tuple(PriceListLine.model_validate(row._asdict()) for row in rows)
    return PriceListView.model_validate({**head._asdict(), "lines": lines})


async def rate_or_none(session: AsyncSession, currency: str, on: date, *, base: str) -> Decimal | None:
    """Units of a currency for one unit of the company's (`base`), on a day;

    None when there is no rate for it.
    """
    if currency == base:
        return ONE
    rate: Decimal | None = await session.scalar(_RATE, {"currency": currency, "on": on})
    return rate


async def exchange_rate(session: AsyncSession, currency: str, on: date, *, base: str) -> Decimal:
    """Units of a currency for one unit of the company's (`base`), on a day. Refuses: NoExchangeRate."""
    rate = await rate_or_none(session, currency, on, base=base)
    if rate is None:
        raise NoExchangeRate(
            f"there is no exchange rate for {currency} on {on}: enter one with POST /v1/exchange-rates"
        )
    return rate


async def _one(session: AsyncSession, statement: Any, view: type[View], code: str) -> View | None:
    row = (await session.execute(statement, {"code": code})).one_or_none()
    return None if row is None else view.model_validate(row._asdict())
