"""Reports, in the company's currency; every figure says where the lines behind it are."""

from typing import Annotated

from fastapi import Query

from api.door import Asked, Router, allows
from api.ledger.days import AsOf, OfPeriod
from domains.ledger.messages import Side
from domains.ledger.queries import ageing, open_as_of, reports
from domains.ledger.queries.ageing import AgedPayables, AgedReceivables, GoodsReceivedNotInvoiced
from domains.ledger.queries.open_as_of import ItemsAsOf
from domains.ledger.queries.reports import BalanceSheet, ProfitAndLoss, TrialBalance
from domains.master_data import parties
from foundation.values.errors import Invalid
from foundation.values.messages import Code, CurrencyCode

router = Router(prefix="/v1/reports", tags=["Reports"])


@router.get("/trial-balance", dependencies=[allows("ledger.report.read")])
async def trial_balance(asked: Asked, period: OfPeriod) -> TrialBalance:
    """All accounts with opening, debit, credit and closing, debit positive; of the current fiscal year."""
    async with asked.read() as session:
        return await reports.trial_balance(session, period.first, period.last)


@router.get("/balance-sheet", dependencies=[allows("ledger.report.read")])
async def balance_sheet(asked: Asked, as_of: AsOf) -> BalanceSheet:
    """Assets, liabilities and equity with the result, at the end of a day."""
    async with asked.read() as session:
        return await reports.balance_sheet(session, as_of)


@router.get("/profit-and-loss", dependencies=[allows("ledger.report.read")])
async def profit_and_loss(asked: Asked, period: OfPeriod) -> ProfitAndLoss:
    """Income and expenses of a period; of the current fiscal year."""
    async with asked.read() as session:
        return await reports.profit_and_loss(session, period.first, period.last)


@router.get("/aged-receivables", dependencies=[allows("ledger.report.read")])
async def aged_receivables(asked: Asked, as_of: AsOf) -> AgedReceivables:
    """What was open at the end of a day, by customer and currency, and how late it was then."""
    async with asked.read() as session:
        return await ageing.aged_receivables(session, as_of)


@router.get("/aged-payables", dependencies=[allows("ledger.report.read")])
async def aged_payables(asked: Asked, as_of: AsOf) -> AgedPayables:
    """What we owed at the end of a day, by supplier and currency, and how late it was then."""
    async with asked.read() as session:
        return await ageing.aged_payables(session, as_of)


@router.get("/goods-received-not-invoiced", dependencies=[allows("ledger.report.read")])
async def goods_received_not_invoiced(asked: Asked, as_of: AsOf) -> GoodsReceivedNotInvoiced:
    """What had come and was not invoiced at the end of a day, by receipt and order line, the oldest first."""
    async with asked.read() as session:
        return await ageing.goods_not_invoiced(session, as_of)


@router.get("/open-items", dependencies=[allows("ledger.report.read")])
async def open_items(
    asked: Asked,
    as_of: AsOf,
    customer: Annotated[Code | None, Query(description="Only what was open with this customer")] = None,
    supplier: Annotated[Code | None, Query(description="Only what was open with this supplier")] = None,
    currency: CurrencyCode | None = None,
    side: Side = Side.RECEIVABLE,
) -> ItemsAsOf:
    """The items that were open at the end of a day, by party and due day; together, the control accounts."""
    if side is Side.WAGES:
        why = "what people are owed is seen at /v1/payslips"
        raise Invalid(f"side: {why}", errors=[("side", why)])
    if customer and supplier:
        why = "name a customer or a supplier, not both"
        raise Invalid(f"supplier: {why}", errors=[("supplier", why)])
    party = parties.customer(customer) if customer else parties.supplier(supplier) if supplier else None
    async with asked.read() as session:
        return await open_as_of.items_as_of(session, side, as_of, party=party, currency=currency)
