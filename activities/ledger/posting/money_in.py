"""Money that arrives: what it settles, and what of it stays on account, posted in whosever transaction."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from activities.ledger.posting.advances import Advance, keep_on_account, write_settlement
from activities.ledger.posting.entries import Books, books_on, check_money_account
from activities.ledger.posting.settling import Settling
from domains.ledger.messages import (
    AccountRole,
    Line,
    Party,
    PaymentPosted,
    PostPayment,
    SettledInvoice,
    customer,
)
from domains.ledger.queries.open_items import DocumentHead, open_documents, open_on_order
from domains.ledger.rules import payments as rules
from domains.ledger.rules.payments import Market, Money, PaymentEntry
from domains.ledger.rules.settlement import (
    GivenUp,
    SettlementResult,
    by_day,
    settle,
    settle_again,
)
from domains.ledger.tables.open_items import Payment
from domains.master_data import queries as master_data
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound
from foundation.values.money import ZERO, DualAmount, rounded


async def receive_money(tx: Transaction, payment: PostPayment) -> PaymentPosted:
    """Post money that arrived: settle the order's or the invoice's open items, keep the rest on account.

    What is owed, or was opened again, on a later day than that of the money is settled on that day; until
    then the money is on account. Refuses: Invalid, NotFound, NothingOpen, NotPostable, NoExchangeRate,
    NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(tx, payment.received_on)
    heads = await open_documents(tx, order_id=payment.order_id, document_id=payment.invoice_id)
    await _check(tx, payment, heads, books)
    market = await market_of(tx, books, payment.currency, heads, payment.received_on)
    settlement = settled_with(payment.amount, heads, market, payment.received_on)
    left = _left(payment, market, settlement)
    days = {head.document.id: head.opened.since for head in heads}
    at_once, later = by_day(settlement, days, payment.received_on)
    used_at_once, *used_later = rules.used_by_day(payment.amount - left, at_once, later, payment.currency)
    advance = payment.amount - used_at_once
    kept, base = DualAmount(advance, market.base(advance)), market.base(payment.amount)
    bank, party = payment.account_code or books.account(AccountRole.BANK), customer(payment.customer_code)
    on_account = books.account(AccountRole.CUSTOMER_ON_ACCOUNT)
    found = rules.entries(
        Money(bank, used_at_once, base - kept.base_amount),
        at_once,
        market,
        party=party,
        control_account=control_account_of(books, heads),
        account=books.account,
        kept=_kept(bank, on_account, kept, party),
    )
    number = tx.closing.number("PAY", books.fiscal_year)
    _write(tx, payment, party, number=number, account_code=bank, base_amount=base)
    by = Settling("payment", payment.payment_id, number, payment.received_on, "payment", payment.payment_id)
    about = f"Payment {number} of {party.code}"
    await write_settlement(tx, books, by, found, at_once, about)
    if kept:
        item_id = keep_on_account(tx, payment, number, on_account, kept)
        advanced = Advance(item_id, on_account, kept, party, control_account_of(books, heads), market)
        found += await advanced.use_day_by_day(tx, by, later, used_later, about)
    still_open = await will_be_open(tx, heads, settlement, of_whole_order=payment.invoice_id is None)
    of = {"payment_id": payment.payment_id, "payment_number": number, "since": payment.received_on}
    return tell_processes(tx, payment_answer(of, settlement, left, found, still_open))


def _left(payment: PostPayment, market: Market, settlement: SettlementResult) -> Decimal:
    """What is not used, in the money's currency: all of it, to the last cent, when nothing was settled."""
    return market.in_money_currency(settlement.remaining) if settlement.settled else payment.amount


def _kept(bank: str, on_account: str, kept: DualAmount, party: Party) -> list[Line]:
    """What stays on the party's account."""
    return [
        Line(bank, kept.amount, kept.base_amount),
        Line(on_account, -kept.amount, -kept.base_amount, "on account", party),
    ]


def _write(tx: Transaction, payment: PostPayment, party: Party, **more: Any) -> None:
    """The payment as it came."""
    asked = payment.model_dump(exclude={"payment_id", "invoice_id", "customer_code"})
    own = {"id": payment.payment_id, "party_type": party.type, "party_code": party.code}
    write_document(tx, {Payment: asked | own | more})


def control_account_of(books: Books, heads: Sequence[DocumentHead]) -> str:
    """The account that what is settled is on: it is settled where it was posted."""
    return heads[0].account_code if heads else books.account(AccountRole.RECEIVABLE)


async def _check(tx: Transaction, payment: PostPayment, heads: Sequence[DocumentHead], books: Books) -> None:
    """The customer, the invoice and the bank account must be there, and be this customer's."""
    rules.check_amount(payment.amount, payment.currency)
    if await master_data.customer(tx, payment.customer_code) is None:
        why = f"there is no customer {payment.customer_code}"
        raise NotFound(why, errors=[("customer_code", why)])
    if payment.invoice_id is not None or heads:
        check_owed_by(heads, customer(payment.customer_code), payment.invoice_id)
    if payment.account_code is not None:
        await check_money_account(tx, books, payment.account_code)


def check_owed_by(heads: Sequence[DocumentHead], party: Party, document_id: UUID | None) -> None:
    """The document is there, is the party's, and something of it is open. Refuses: NotFound, NothingOpen."""
    if not heads or any(head.party != party for head in heads):
        why = f"{party.code} has no such invoice {document_id or ''}".rstrip()
        raise NotFound(why, errors=[("invoice_id", why)])
    if document_id is not None and heads[0].document.open_amount <= 0:
        raise rules.NothingOpen(f"nothing is open on {heads[0].document.number}")


async def market_of(
    tx: Transaction, books: Books, currency: str, heads: Sequence[DocumentHead], on: date
) -> Market:
    """The rates of the day; what is small in the company's currency is as small in the invoices'."""
    of_invoices = heads[0].currency if heads else currency
    money_rate = await master_data.exchange_rate(tx, currency, on, base=books.currency)
    invoice_rate = money_rate
    if of_invoices != currency:
        invoice_rate = await master_data.exchange_rate(tx, of_invoices, on, base=books.currency)
    small = rounded(books.small_difference_limit * invoice_rate, of_invoices)
    return Market(books.currency, currency, money_rate, of_invoices, invoice_rate, small)


def settled_with(
    money: Decimal,
    heads: Sequence[DocumentHead],
    market: Market,
    on: date,
    given_up: GivenUp | None = None,
) -> SettlementResult:
    """What a sum settles of documents, the oldest due first; or again what was given up with it before."""
    of_market: dict[str, Any] = {
        "currency": market.invoice_currency,
        "base_currency": market.base_currency,
        "small_difference": market.small_difference,
    }
    offered = market.in_invoice_currency(money)
    if given_up is not None:
        return settle_again(offered, given_up, heads[0].document, **of_market)
    return settle(offered, [head.document for head in heads], on=on, **of_market)


async def will_be_open(
    tx: Transaction, heads: Sequence[DocumentHead], settlement: SettlementResult, *, of_whole_order: bool
) -> Decimal:
    """What will be open on the order."""
    settled = sum((one.amount for one in settlement.settled), ZERO)
    if not heads:
        return ZERO
    order_id = heads[0].document.order_id
    if not of_whole_order and order_id is not None:
        return await open_on_order(tx, order_id) - settled
    return sum((head.document.open_amount for head in heads), ZERO) - settled


def tell_processes(tx: Transaction, posted: PaymentPosted) -> PaymentPosted:
    """The processes of what was settled are told."""
    for settled in posted.settled:
        if settled.process_id:
            tx.tell(settled.process_id, "invoice_settled", settled)
    return posted


def payment_answer(
    of: dict[str, Any],
    settlement: SettlementResult,
    left: Decimal,
    found: Sequence[PaymentEntry],
    order_open_amount: Decimal,
) -> PaymentPosted:
    """What was settled, as whoever asked for it is told."""
    return PaymentPosted(
        **of,
        settled=tuple(
            SettledInvoice(
                invoice_id=settled.document.id,
                invoice_number=settled.document.number,
                order_id=settled.document.order_id,
                process_id=settled.document.process_id,
                settled_amount=settled.amount,
                discount_amount=settled.discount_amount,
                written_off_amount=settled.written_off_amount,
                open_amount=settled.document.open_amount - settled.amount,
            )
            for settled in settlement.settled
        ),
        on_account_amount=left,
        exchange_difference=rules.realised(found),
        order_open_amount=order_open_amount,
    )
