"""Refunds: money on a customer's account goes back to it."""

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from activities.finance.books import Books, Entry, Source, as_json, books_on, check_accounts
from domains.finance.messages import AccountRole, PostRefund, RefundPosted
from domains.finance.rules.journal import Line
from domains.finance.rules.payments import NothingOnAccount
from domains.finance.rules.settlement import share_of
from domains.finance.tables.receivables import OpenItem
from domains.master_data import queries as master_data
from foundation.errors import Invalid
from foundation.money import ZERO, rounded
from foundation.operation import operation

_WRITE = text(
    """
    SELECT finance.write_refund(
        :fiscal_year, CAST(:refund AS jsonb), CAST(:reduced AS jsonb), CAST(:entries AS jsonb))
    """
)


@operation("finance.post_refund")
async def post_refund(session: AsyncSession, refund: PostRefund) -> RefundPosted:
    """Pay back what is on account of a payment or of a credit note: all of it, or an amount.

    In another currency than the company's at the day's rate, with the realised difference. Content when
    nothing is on account. Refuses: NothingOnAccount, Invalid, NotPostable, NoExchangeRate, NoFiscalYear,
    PeriodLocked, NoAccountFor.
    """
    books = await books_on(session, refund.refunded_on)
    item = await _locked_item(session, refund)
    there = -item.open_amount if item is not None else ZERO
    if item is None or (not there and refund.amount is None):
        return RefundPosted.none(refund)
    amount = there if refund.amount is None else refund.amount
    _check(amount, there, item)
    rate = await master_data.exchange_rate(session, item.currency, refund.refunded_on, base=books.currency)
    carried = share_of(-item.base_open_amount, amount, there, books.currency)
    paid = rounded(amount / rate, books.currency)
    bank = refund.account_code or books.account(AccountRole.BANK)
    lines = _postings(books, item, amount, carried, paid, bank)
    await check_accounts(session, books, lines)
    about = f"Refund {{number}} to {item.customer_code} {refund.reference}".rstrip()
    source = Source("refund", refund.refund_id, "refund")
    entry = Entry(source, refund.refunded_on, item.currency, about, lines)
    document = {
        "refund": as_json(_head(refund, item, amount, paid, carried - paid, bank)),
        "reduced": as_json([{"id": item.id, "amount": -amount, "base_amount": -carried}]),
        "entries": as_json([entry.as_row(books)]),
    }
    written = await session.execute(_WRITE, {"fiscal_year": books.fiscal_year, **document})
    return RefundPosted(
        refund_id=refund.refund_id,
        refund_number=written.scalar_one(),
        amount=amount,
        currency=item.currency,
        exchange_difference=carried - paid,
    )


async def _locked_item(session: AsyncSession, refund: PostRefund) -> OpenItem | None:
    if (refund.payment_id is None) == (refund.credit_note_id is None):
        why = "either a payment or a credit note"
        raise Invalid(f"payment_id: {why}", errors=[("payment_id", why)])
    wanted = (
        OpenItem.payment_id == refund.payment_id
        if refund.payment_id is not None
        else OpenItem.credit_note_id == refund.credit_note_id
    )
    return (await session.scalars(select(OpenItem).where(wanted).with_for_update())).one_or_none()


def _check(amount: Any, there: Any, item: OpenItem) -> None:
    if amount != rounded(amount, item.currency):
        why = f"{item.currency} has no amount as small as in {amount}"
        raise Invalid(f"amount: {why}", errors=[("amount", why)])
    if amount > there:
        raise NothingOnAccount(f"only {there:f} {item.currency} is on account, not {amount:f}")


def _postings(books: Books, item: OpenItem, amount: Any, carried: Any, paid: Any, bank: str) -> list[Line]:
    """On account against the bank; what was carried more or less than is paid now is realised."""
    on_account = books.account(AccountRole.CUSTOMER_ON_ACCOUNT)
    lines = [
        Line(on_account, amount, carried, party_code=item.customer_code),
        Line(bank, -amount, -paid),
    ]
    if difference := carried - paid:
        role = AccountRole.EXCHANGE_GAIN if difference > 0 else AccountRole.EXCHANGE_LOSS
        lines.append(Line(books.account(role), ZERO, -difference, "realised exchange difference"))
    return lines


def _head(
    refund: PostRefund, item: OpenItem, amount: Any, paid: Any, difference: Any, bank: str
) -> dict[str, Any]:
    return {
        "id": refund.refund_id,
        "customer_code": item.customer_code,
        "open_item_id": item.id,
        "payment_id": refund.payment_id,
        "credit_note_id": refund.credit_note_id,
        "refunded_on": refund.refunded_on,
        "currency": item.currency,
        "amount": amount,
        "base_amount": paid,
        "exchange_difference": difference,
        "reference": refund.reference,
        "account_code": bank,
    }
