"""Reports: every figure is a sum of journal lines, and the statements agree with each other."""

from datetime import date
from decimal import Decimal

import pytest

from domains.ledger.queries import ageing, reports
from domains.ledger.queries.ageing import AgedReceivableRow
from domains.ledger.queries.reports import Section
from foundation.database.connections import database
from tests.builders.finance import Accountant, a_line, an_entry, figures

END = date(2026, 12, 31)


@pytest.fixture
async def traded(accountant: Accountant) -> Accountant:
    """Capital in January, goods bought and sold in March, rent in April."""
    await accountant.post(an_entry(("1400", "5000"), ("3000", "-5000"), posted_on=date(2026, 1, 2)))
    await accountant.goods_came("400")
    await accountant.goods_left("150")
    await accountant.bill(a_line(1, "300", tax_code="T19"))
    await accountant.post(an_entry(("6100", "100"), ("1400", "-100"), posted_on=date(2026, 4, 1)))
    return accountant


def totals(sections: list[Section]) -> dict[str, Decimal]:
    return {section.kind: section.total for section in sections}


async def test_a_trial_balance_opens_moves_and_closes(traded: Accountant) -> None:
    async with database().read(traded.caller.company) as session:
        march = await reports.trial_balance(session, date(2026, 3, 1), date(2026, 3, 31))

    rows = {row.role or row.account_code: row for row in march.rows}
    bank, inventory = rows["bank"], rows["inventory"]
    assert [bank.opening, bank.debit, bank.credit, bank.closing] == figures(5000, 0, 0, 5000)
    assert [inventory.opening, inventory.debit, inventory.credit, inventory.closing] == figures(
        0, 400, 150, 250
    )
    assert march.total_debit == march.total_credit == 400 + 150 + 357
    assert sum(row.opening for row in march.rows) == sum(row.closing for row in march.rows) == 0
    assert bank.entries == "/v1/journal-entries?account=1400&posted_from=2026-03-01&posted_to=2026-03-31"


async def test_the_balance_sheet_balances_on_every_day(traded: Accountant) -> None:
    async with database().read(traded.caller.company) as session:
        sheets = [await reports.balance_sheet(session, date(2026, month, 28)) for month in range(1, 6)]

    assert all(sheet.total_assets == sheet.total_liabilities_and_equity for sheet in sheets)
    assert [sheet.result for sheet in sheets] == figures(0, 0, 150, 50, 50)
    assert totals(sheets[-1].sections) == {
        "asset": Decimal(5507),
        "liability": Decimal(457),
        "equity": Decimal(5000),
    }


async def test_profit_and_loss_is_of_its_period(traded: Accountant) -> None:
    async with database().read(traded.caller.company) as session:
        year = await reports.profit_and_loss(session, date(2026, 1, 1), END)
        april = await reports.profit_and_loss(session, date(2026, 4, 1), date(2026, 4, 30))

    assert totals(year.sections) == {"income": Decimal(300), "expense": Decimal(250)}
    assert [year.result, april.result] == figures(50, -100)
    (rent,) = april.sections[1].rows
    assert (rent.account_code, rent.amount) == ("6100", Decimal(100))


async def aged(accountant: Accountant, on: date) -> list[AgedReceivableRow]:
    async with database().read(accountant.caller.company) as session:
        return (await ageing.aged_receivables(session, on)).rows


async def test_receivables_age_by_customer_and_currency(accountant: Accountant) -> None:
    await accountant.customer("C2")
    await accountant.rate("USD", "1.25")
    for month in (1, 2, 3, 4, 5):
        await accountant.bill(a_line(1, month), invoiced_on=date(2026, month, 1))
    await accountant.bill(a_line(1, "100"), currency="USD")
    await accountant.bill(a_line(1, "50"), customer_code="C2")
    await accountant.receive("20", customer_code="C2")

    # Due on 31 January, 3 and 31 March, 1 May and 31 May.
    euros, dollars, other = await aged(accountant, date(2026, 5, 2))

    assert (euros.customer_code, euros.currency, euros.open_amount) == ("C1", "EUR", Decimal(15))
    assert [
        euros.not_due,
        euros.days_1_to_30,
        euros.days_31_to_60,
        euros.days_61_to_90,
        euros.over_90_days,
    ] == (figures(5, 4, 5, 0, 1))
    assert [dollars.currency, dollars.open_amount, dollars.base_open_amount] == ["USD", 100, 80]
    assert (other.customer_code, other.open_amount) == ("C2", Decimal(30))
    assert euros.items == "/v1/reports/open-items?customer=C1&currency=EUR&as_of=2026-05-02"


@pytest.mark.parametrize(
    ("days_late", "bucket"),
    [
        (0, "not_due"),
        (1, "days_1_to_30"),
        (30, "days_1_to_30"),
        (31, "days_31_to_60"),
        (60, "days_31_to_60"),
        (61, "days_61_to_90"),
        (90, "days_61_to_90"),
        (91, "over_90_days"),
    ],
)
async def test_the_edges_of_the_buckets(days_late: int, bucket: str, accountant: Accountant) -> None:
    await accountant.bill(a_line(1, "10"))  # Due on 1 April.

    (row,) = await aged(accountant, date.fromordinal(date(2026, 4, 1).toordinal() + days_late))

    filled = {
        name for name, value in row if isinstance(value, Decimal) and value and not name.endswith("amount")
    }
    assert filled == {bucket}


async def test_paid_is_not_open_any_more(accountant: Accountant) -> None:
    invoice = await accountant.bill(a_line(1, "10"))
    await accountant.receive("10", invoice_id=invoice.invoice_id)

    assert await aged(accountant, END) == []


async def test_a_company_without_books_has_empty_reports(accountant: Accountant) -> None:
    async with database().read(f"{accountant.caller.company}X") as session:
        assert (await reports.trial_balance(session, None, END)).rows == []
        assert (await reports.balance_sheet(session, END)).total_assets == 0
        assert (await ageing.aged_receivables(session, END)).rows == []
