"""What the bank says was on an account at the end of each day, and what the books say."""

from datetime import date

from sqlalchemy import Date, Text, bindparam, text

from domains.banking.queries.accounts import BankAccountView
from domains.ledger.queries.money import balances
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount

_BY_DAY = text(
    """
    WITH live AS (
        SELECT s.id, s.position, s.opening_amount, s.until_on FROM banking.bank_statement s
        WHERE s.bank_account_code = :account
            AND NOT EXISTS (SELECT FROM banking.statement_reversal x WHERE x.statement_id = s.id)
    ), moved AS (
        SELECT greatest(l.booked_on, :since) AS day, sum(l.amount) AS amount,
            sum(coalesce(o.amount, 0)) AS open
        FROM banking.bank_statement_line l JOIN live s ON s.id = l.statement_id
            LEFT JOIN banking.open_line o ON o.line_id = l.id
        WHERE l.booked_on <= :until GROUP BY 1
    )
    SELECT d.day, (SELECT max(until_on) FROM live) AS stated_until,
        coalesce((SELECT opening_amount FROM live ORDER BY position LIMIT 1), 0)
            + sum(coalesce(m.amount, 0)) OVER (ORDER BY d.day) AS bank_amount,
        sum(coalesce(m.open, 0)) OVER (ORDER BY d.day) AS open_amount
    FROM (SELECT CAST(g.day AS date) AS day
          FROM generate_series(CAST(:since AS date), CAST(:until AS date), interval '1 day') AS g (day)) AS d
        LEFT JOIN moved m ON m.day = d.day
    ORDER BY d.day
    """
).bindparams(bindparam("account", type_=Text), bindparam("since", type_=Date), bindparam("until", type_=Date))


class BankDay(Message):
    """The end of a day."""

    day: date
    bank_amount: ShownAmount
    """What the statements say was on the account."""
    open_amount: ShownAmount
    """What came and went until then and is not posted yet."""
    books_amount: ShownAmount
    """What the account of the books says."""
    difference: ShownAmount
    """What the books lack, besides what is open: zero when they are right."""


class BankBalances(Message):
    """An account as the bank sees it, and as the books do, at the end of each day."""

    bank_account_code: str
    account_code: str
    currency: str
    stated_until: date | None
    """The last day that a statement says anything of; on later days the bank's amount is of that one."""
    days: list[BankDay]


async def bank_balances(tx: Transaction, account: BankAccountView, since: date, until: date) -> BankBalances:
    """Each day of a period."""
    asked = {"account": account.code, "since": since, "until": until}
    stated = (await tx.execute(_BY_DAY, asked)).all()
    books = await balances(tx, account.account_code, account.currency, since, until)
    days = [
        BankDay(
            day=row.day,
            bank_amount=row.bank_amount,
            open_amount=row.open_amount,
            books_amount=kept.amount,
            difference=row.bank_amount - row.open_amount - kept.amount,
        )
        for row, kept in zip(stated, books, strict=True)
    ]
    return BankBalances(
        bank_account_code=account.code,
        account_code=account.account_code,
        currency=account.currency,
        stated_until=stated[0].stated_until if stated else None,
        days=days,
    )
