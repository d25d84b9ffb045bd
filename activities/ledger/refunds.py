"""Refunds: money on a customer's account goes back to it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from activities.ledger.posting import (
    Books,
    Entry,
    Source,
    as_json,
    books_on,
    check_accounts,
    check_money_account,
)
from domains.ledger.messages import AccountRole, PostRefund, RefundPosted
from domains.ledger.queries.on_account import MoneyOnAccount, money_on_account
from domains.ledger.rules import refunds as rules
from domains.ledger.rules.refunds import Refunded
from domains.master_data import queries as master_data
from foundation.operation import operation

_WRITE = text(
    """
    SELECT ledger.write_refund(
        :fiscal_year, CAST(:refund AS jsonb), CAST(:reduced AS jsonb), CAST(:entries AS jsonb))
    """
)


@operation("ledger.post_refund")
async def post_refund(session: AsyncSession, refund: PostRefund) -> RefundPosted:
    """Pay back what is on account from one payment or one credit note, all of it when no amount is given.

    In a foreign currency at the day's rate, with the exchange difference that this realises. Content when
    nothing is on account and no amount is asked for. Refuses: Invalid, NotFound, NothingOnAccount,
    NotPostable, NoExchangeRate, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(session, refund.refunded_on)
    money = await money_on_account(
        session, payment_id=refund.payment_id, credit_note_id=refund.credit_note_id
    )
    if not money.amount and refund.amount is None:
        return RefundPosted.none(refund)
    amount = rules.amount_to_refund(refund.amount, money.amount, money.number, money.currency)
    rate = await master_data.exchange_rate(session, money.currency, refund.refunded_on, base=books.currency)
    refunded = rules.compute(
        amount, on_account=money.amount, base_on_account=money.base_amount, rate=rate, currency=books.currency
    )
    bank = refund.account_code or books.account(AccountRole.BANK)
    await check_money_account(session, books, bank)
    return RefundPosted(
        refund_id=refund.refund_id,
        refund_number=await _write(session, books, refund, money, refunded, bank),
        amount=refunded.amount,
        currency=money.currency,
        exchange_difference=refunded.exchange_difference,
    )


async def _write(
    session: AsyncSession,
    books: Books,
    refund: PostRefund,
    money: MoneyOnAccount,
    refunded: Refunded,
    bank: str,
) -> str:
    """Write everything in one round trip, and give the refund's number. Refuses: NotPostable."""
    lines = rules.postings(refunded, bank, money.customer_code, books.account)
    await check_accounts(session, books, lines)
    about = f"Refund {{number}} of {money.number} to {money.customer_code}"
    source = Source("refund", refund.refund_id, "refund")
    entry = Entry(source, refund.refunded_on, money.currency, about, lines)
    row = refund.model_dump(exclude={"refund_id", "amount", "account_code"}) | {
        "id": refund.refund_id,
        "customer_code": money.customer_code,
        "open_item_id": money.item_id,
        "currency": money.currency,
        "amount": refunded.amount,
        "base_amount": refunded.base_paid,
        "exchange_difference": refunded.exchange_difference,
        "account_code": bank,
    }
    reduced = {"id": money.item_id, "amount": -refunded.amount, "base_amount": -refunded.base_amount}
    rows = {
        "fiscal_year": books.fiscal_year,
        "refund": as_json(row),
        "reduced": as_json([reduced]),
        "entries": as_json([entry.as_row(books)]),
    }
    number: str = (await session.execute(_WRITE, rows)).scalar_one()
    return number
