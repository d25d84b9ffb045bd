"""Refunds: money on a customer's account goes back to it."""

from activities.ledger.posting import (
    Books,
    Entry,
    Settling,
    books_on,
    check_money_account,
    check_open_on,
    use_money,
    write_entry,
)
from domains.ledger.messages import AccountRole, PostRefund, RefundPosted, Source
from domains.ledger.messages.events import RefundPostedEvent
from domains.ledger.queries.on_account import MoneyOnAccount, money_on_account
from domains.ledger.rules import refunds as rules
from domains.ledger.rules.payments import amount_of
from domains.ledger.rules.refunds import Refunded
from domains.ledger.tables.open_items import Refund
from domains.master_data import queries as master_data
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.money import DualAmount


@operation("ledger.post_refund", event=RefundPostedEvent)
async def post_refund(tx: Transaction, refund: PostRefund) -> RefundPosted:
    """Pay back what is on account from one payment or one credit note, all of it when no amount is given.

    In a foreign currency at the day's rate, with the exchange difference that this realises. Does nothing if
    nothing is on account and no amount is asked for. Refuses: Invalid, NotFound, NothingOnAccount,
    MoreThanOnAccount; TooEarly when the money came later, StillSettled when it was used until later, unless
    a later day will do; NotPostable, NoExchangeRate, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(tx, refund.refunded_on)
    money = await money_on_account(tx, payment_id=refund.payment_id, credit_note_id=refund.credit_note_id)
    if not money.amount and refund.amount is None:
        return RefundPosted.none(refund)
    if refund.or_later and refund.refunded_on < money.opened.since:
        refund = refund.model_copy(update={"refunded_on": money.opened.since})
        books = await books_on(tx, refund.refunded_on)
    await check_open_on(tx, "refunded_on", refund.refunded_on, money.opened)
    amount = amount_of(refund.amount, money.amount, money.number, money.currency)
    rate = await master_data.exchange_rate(tx, money.currency, refund.refunded_on, base=books.currency)
    refunded = rules.compute(
        amount,
        on_account=money.amount,
        base_on_account=money.left.base_amount,
        rate=rate,
        currency=books.currency,
    )
    bank = refund.account_code or books.account(AccountRole.BANK)
    await check_money_account(tx, books, bank)
    return RefundPosted(
        refund_id=refund.refund_id,
        refunded_on=refund.refunded_on,
        refund_number=await _write(tx, books, refund, money, refunded, bank),
        amount=refunded.amount,
        currency=money.currency,
        exchange_difference=refunded.exchange_difference,
    )


async def _write(
    tx: Transaction,
    books: Books,
    refund: PostRefund,
    money: MoneyOnAccount,
    refunded: Refunded,
    bank: str,
) -> str:
    """Write the refund, what it takes from the account, and its entry; gives its number."""
    assert money.item_id is not None
    number = tx.closing.number("RF", books.fiscal_year)
    known = {"refund_id", "amount", "account_code", "payment_id", "credit_note_id", "or_later"}
    row = refund.model_dump(exclude=known) | {
        "id": refund.refund_id,
        "number": number,
        "party_type": money.party.type,
        "party_code": money.party.code,
        "open_item_id": money.item_id,
        "money_type": money.document_type,
        "money_id": money.document_id,
        "currency": money.currency,
        "amount": refunded.amount,
        "base_amount": refunded.base_paid,
        "exchange_difference": refunded.exchange_difference,
        "account_code": bank,
    }
    write_document(tx, {Refund: row})
    by = Settling(
        "refund", refund.refund_id, number, refund.refunded_on, money.document_type, money.document_id
    )
    used = DualAmount(refunded.amount, refunded.base_amount)
    use_money(tx, by, money.item_id, used, refunded.exchange_difference)
    about = f"Refund {number} of {money.number} to {money.party.code}"
    source = Source("refund", refund.refund_id, "refund")
    lines = rules.postings(refunded, bank, money.party, money.account_code, books.account)
    await write_entry(tx, books, Entry(source, refund.refunded_on, money.currency, about, lines))
    return number
