"""Reports, in the company's currency; every figure says where the lines behind it are."""

from datetime import date

from api.door import Asked, Router, allows
from domains.ledger.queries import reports
from domains.ledger.queries.reports import AgedReceivables, BalanceSheet, ProfitAndLoss, TrialBalance

router = Router(prefix="/v1/reports", tags=["Reports"])
END_OF_TIME = date(9999, 12, 31)


@router.get("/trial-balance", dependencies=[allows("ledger.report.read")])
async def trial_balance(asked: Asked, since: date | None = None, until: date | None = None) -> TrialBalance:
    """All accounts with opening, debit, credit and closing, debit positive.

    Without a day it is of everything.
    """
    async with asked.read() as session:
        return await reports.trial_balance(session, since, until or END_OF_TIME)


@router.get("/balance-sheet", dependencies=[allows("ledger.report.read")])
async def balance_sheet(asked: Asked, on: date | None = None) -> BalanceSheet:
    """Assets, liabilities and equity with the result, on a day (today when empty)."""
    async with asked.read() as session:
        return await reports.balance_sheet(session, on or asked.today)


@router.get("/profit-and-loss", dependencies=[allows("ledger.report.read")])
async def profit_and_loss(
    asked: Asked, since: date | None = None, until: date | None = None
) -> ProfitAndLoss:
    """Income and expenses of a period (this calendar year when empty)."""
    today = asked.today
    first, last = since or today.replace(month=1, day=1), until or today.replace(month=12, day=31)
    async with asked.read() as session:
        return await reports.profit_and_loss(session, first, last)


@router.get("/aged-receivables", dependencies=[allows("ledger.report.read")])
async def aged_receivables(asked: Asked, on: date | None = None) -> AgedReceivables:
    """What is open, by customer and currency, and how late it is on a day (today when empty)."""
    async with asked.read() as session:
        return await reports.aged_receivables(session, on or asked.today)
