"""Payments: money that arrives, what it settles, and what of it stays on account until it is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text

from activities.ledger.posting import (
    Books,
    Entry,
    Source,
    as_json,
    books_on,
    check_accounts,
    check_money_account,
)
from domains.ledger.messages import AccountRole, AllocatePayment, PaymentPosted, PostPayment, SettledInvoice
from domains.ledger.queries.on_account import MoneyOnAccount, money_on_account
from domains.ledger.queries.open_items import InvoiceHead, open_invoices, open_on_order
from domains.ledger.rules import payments as rules
from domains.ledger.rules.journal import Line
from domains.ledger.rules.payments import Market, Money, PaymentEntry
from domains.ledger.rules.settlement import Settlement, settle, share_of
from domains.master_data import queries as master_data
from foundation.errors import NotFound
from foundation.money import ZERO, allocated, rounded
from foundation.operation import operation
from foundation.transaction import Session, Transaction

_WRITE = text(
    """
    SELECT ledger.write_payment(
        :fiscal_year, CAST(:payment AS jsonb), CAST(:reduced AS jsonb), CAST(:settlements AS jsonb),
        CAST(:items AS jsonb), CAST(:entries AS jsonb))
    """
)


@operation("ledger.post_payment")
async def post_payment(session: Transaction, payment: PostPayment) -> PaymentPosted:
    """Post money that arrived: settle the order's or the invoice's open items, keep the rest on account.

    Refuses: Invalid, NotFound, NothingOpen, NotPostable, NoExchangeRate, NoFiscalYear, PeriodLocked,
    NoAccountFor.
    """
    books = await books_on(session, payment.received_on)
    heads = await open_invoices(session, order_id=payment.order_id, invoice_id=payment.invoice_id)
    await _check(session, payment, heads, books)
    market = await _market(session, books, payment.currency, heads, payment.received_on)
    settlement = _settle(payment.amount, heads, market, payment.received_on)
    # When nothing was settled all of it is left, to the last cent, whatever the rates.
    left = market.in_money_currency(settlement.remaining) if settlement.settled else payment.amount
    base, base_left = market.base(payment.amount), market.base(left)
    bank = payment.account_code or books.account(AccountRole.BANK)
    found = rules.entries(
        Money(bank, payment.amount - left, base - base_left),
        settlement,
        market,
        customer_code=payment.customer_code,
        account=books.account,
        kept=[Line(bank, left, base_left), _on_account(books, payment.customer_code, left, base_left)],
    )
    number = await _write(
        session,
        books,
        payment={**_head(payment), "account_code": bank, "base_amount": base},
        reduced=_reduced(settlement),
        settlements=_settlements(
            Settling(payment.payment_id, payment.received_on, payment_id=payment.payment_id),
            settlement,
            rules.realised(found),
            books.currency,
        ),
        items=[_item_on_account(payment, left, base_left)] if left else [],
        entries=_entries(found, "payment", payment.payment_id, payment.received_on, payment.customer_code),
    )
    still_open = await _open_on_order(session, heads, settlement, of_whole_order=payment.invoice_id is None)
    return _told(session, _answer(payment.payment_id, number, settlement, left, found, still_open))


@operation("ledger.allocate_payment")
async def allocate_payment(session: Transaction, allocation: AllocatePayment) -> PaymentPosted:
    """Use a customer's money on account for an open invoice. A cash discount counts from the day the money
    came.

    Refuses: Invalid, NotFound, NothingOnAccount, NothingOpen, NotPostable, NoExchangeRate, NoFiscalYear,
    PeriodLocked, NoAccountFor.
    """
    books = await books_on(session, allocation.allocated_on)
    money = await money_on_account(
        session, payment_id=allocation.payment_id, credit_note_id=allocation.credit_note_id
    )
    heads = await open_invoices(session, order_id=None, invoice_id=allocation.invoice_id)
    is_open = any(head.invoice.open_amount > 0 for head in heads)
    if allocation.if_any and not (money.amount and is_open):
        return _answer(money.payment_id, money.number, Settlement((), ZERO), money.amount, [], ZERO)
    if allocation.amount is not None:
        rules.check_amount(allocation.amount, money.currency)
    if not money.amount:
        raise rules.NothingOnAccount(f"nothing of {money.number} is on account")
    _check_invoice(heads, money.customer_code, allocation.invoice_id)
    market = await _market(session, books, money.currency, heads, allocation.allocated_on)
    wanted = min(allocation.amount or money.amount, money.amount)
    settlement = _settle(wanted, heads, market, money.since)
    if not settlement.settled:
        raise rules.NothingOnAccount(f"{wanted} {money.currency} is nothing in {market.invoice_currency}")
    used = wanted - market.in_money_currency(settlement.remaining)
    found = await _use(session, books, allocation, money, used, settlement, market)
    still_open = await _open_on_order(session, heads, settlement, of_whole_order=False)
    answer = _answer(money.payment_id, money.number, settlement, money.amount - used, found, still_open)
    return _told(session, answer).model_copy(update={"credit_note_id": money.credit_note_id})


async def _use(
    session: Session,
    books: Books,
    allocation: AllocatePayment,
    money: MoneyOnAccount,
    used: Decimal,
    settlement: Settlement,
    market: Market,
) -> list[PaymentEntry]:
    """Write what money on account settles: `used` of it, in its currency."""
    on_account = books.account(AccountRole.CUSTOMER_ON_ACCOUNT)
    base_used = share_of(money.base_amount, used, money.amount, books.currency)
    found = rules.entries(
        Money(on_account, used, base_used, money.customer_code),
        settlement,
        market,
        customer_code=money.customer_code,
        account=books.account,
    )
    allocation_id, on = allocation.allocation_id, allocation.allocated_on
    by = Settling(allocation_id, on, payment_id=money.payment_id, credit_note_id=money.credit_note_id)
    await _write(
        session,
        books,
        payment={"number": money.number},
        reduced=[*_reduced(settlement), {"id": money.item_id, "amount": -used, "base_amount": -base_used}],
        settlements=_settlements(by, settlement, rules.realised(found), books.currency),
        items=[],
        entries=_entries(found, "allocation", allocation_id, on, money.customer_code),
    )
    return found


async def _check(session: Session, payment: PostPayment, heads: Sequence[InvoiceHead], books: Books) -> None:
    """The customer, the invoice and the bank account must be there, and be this customer's."""
    rules.check_amount(payment.amount, payment.currency)
    if payment.invoice_id is not None or heads:
        _check_invoice(heads, payment.customer_code, payment.invoice_id)
    elif await master_data.customer(session, payment.customer_code) is None:
        raise NotFound(f"there is no customer {payment.customer_code}")
    if payment.account_code is not None:
        await check_money_account(session, books, payment.account_code)


def _check_invoice(heads: Sequence[InvoiceHead], customer_code: str, invoice_id: UUID | None) -> None:
    if not heads or any(head.customer_code != customer_code for head in heads):
        raise NotFound(f"{customer_code} has no such invoice {invoice_id or ''}".rstrip())
    if invoice_id is not None and heads[0].invoice.open_amount <= 0:
        raise rules.NothingOpen(f"nothing is open on {heads[0].invoice.invoice_number}")


async def _market(
    session: Session, books: Books, currency: str, heads: Sequence[InvoiceHead], on: date
) -> Market:
    """The rates of the day; what is small in the company's currency is as small in the invoices'."""
    of_invoices = heads[0].currency if heads else currency
    money_rate = await master_data.exchange_rate(session, currency, on, base=books.currency)
    invoice_rate = money_rate
    if of_invoices != currency:
        invoice_rate = await master_data.exchange_rate(session, of_invoices, on, base=books.currency)
    small = rounded(books.small_difference_limit * invoice_rate, of_invoices)
    return Market(books.currency, currency, money_rate, of_invoices, invoice_rate, small)


def _settle(money: Decimal, heads: Sequence[InvoiceHead], market: Market, on: date) -> Settlement:
    return settle(
        market.in_invoice_currency(money),
        [head.invoice for head in heads],
        on=on,
        currency=market.invoice_currency,
        base_currency=market.base_currency,
        small_difference=market.small_difference,
    )


def _on_account(books: Books, customer_code: str, left: Decimal, base_left: Decimal) -> Line:
    return Line(
        books.account(AccountRole.CUSTOMER_ON_ACCOUNT), -left, -base_left, "on account", customer_code
    )


def _item_on_account(payment: PostPayment, left: Decimal, base_left: Decimal) -> dict[str, object]:
    return {
        "id": uuid5(payment.payment_id, "on account"),
        "customer_code": payment.customer_code,
        "payment_id": payment.payment_id,
        "document_on": payment.received_on,
        "due_on": payment.received_on,
        "currency": payment.currency,
        "amount": -left,
        "base_amount": -base_left,
        "open_amount": -left,
        "base_open_amount": -base_left,
    }


def _head(payment: PostPayment) -> dict[str, Any]:
    return {**payment.model_dump(exclude={"payment_id", "invoice_id"}), "id": payment.payment_id}


def _reduced(settlement: Settlement) -> list[dict[str, Any]]:
    """By how much which open item is lowered."""
    return [
        {"id": part.item_id, "amount": part.amount, "base_amount": part.base_amount}
        for settled in settlement.settled
        for part in settled.instalments
    ]


@dataclass(frozen=True)
class Settling:
    """Whose money settles something, and in which document's name."""

    document_id: UUID
    on: date
    payment_id: UUID | None = None
    credit_note_id: UUID | None = None


def _settlements(
    by: Settling, settlement: Settlement, realised: Decimal, base_currency: str
) -> list[dict[str, Any]]:
    """What settled which open item, by how much, and what of the exchange difference it realised."""
    parts = [part for settled in settlement.settled for part in settled.instalments]
    differences = allocated(realised, [part.base_amount for part in parts], base_currency)
    return [
        {
            "id": uuid5(by.document_id, str(part.item_id)),
            "payment_id": by.payment_id,
            "credit_note_id": by.credit_note_id,
            "open_item_id": part.item_id,
            "settled_on": by.on,
            "amount": part.amount,
            "discount_amount": part.discount_amount,
            "written_off_amount": part.written_off_amount,
            "base_amount": part.base_amount,
            "exchange_difference": difference,
        }
        for part, difference in zip(parts, differences, strict=True)
    ]


def _entries(
    found: Sequence[PaymentEntry], source: str, source_id: UUID, on: date, customer_code: str
) -> list[Entry]:
    what = "Payment" if source == "payment" else "Money on account of"
    about = f"{what} {{number}} of {customer_code}"
    return [
        Entry(Source(source, source_id, entry.purpose), on, entry.currency, about, entry.lines)
        for entry in found
    ]


async def _write(session: Session, books: Books, *, entries: Sequence[Entry], **rows: Any) -> str:
    """Write everything in one round trip, and give the payment's number. Refuses: NotPostable."""
    await check_accounts(session, books, [line for entry in entries for line in entry.lines])
    document = {name: as_json(value) for name, value in rows.items()}
    document["entries"] = as_json([entry.as_row(books) for entry in entries])
    number: str = (await session.execute(_WRITE, {"fiscal_year": books.fiscal_year, **document})).scalar_one()
    return number


async def _open_on_order(
    session: Session, heads: Sequence[InvoiceHead], settlement: Settlement, *, of_whole_order: bool
) -> Decimal:
    """What is open on the order now; when all of its invoices are at hand, without asking again."""
    if not heads:
        return ZERO
    order_id = heads[0].invoice.order_id
    if not of_whole_order and order_id is not None:
        return await open_on_order(session, order_id)
    before = sum((head.invoice.open_amount for head in heads), ZERO)
    return before - sum((settled.amount for settled in settlement.settled), ZERO)


def _told(session: Transaction, posted: PaymentPosted) -> PaymentPosted:
    """The processes of what was settled are told."""
    for settled in posted.settled:
        session.tell(settled.process_id, "invoice_settled", settled)
    return posted


def _answer(
    payment_id: UUID | None,
    number: str,
    settlement: Settlement,
    left: Decimal,
    found: Sequence[PaymentEntry],
    order_open_amount: Decimal,
) -> PaymentPosted:
    return PaymentPosted(
        payment_id=payment_id,
        payment_number=number,
        settled=tuple(
            SettledInvoice(
                invoice_id=settled.invoice.invoice_id,
                invoice_number=settled.invoice.invoice_number,
                order_id=settled.invoice.order_id,
                process_id=settled.invoice.process_id,
                settled_amount=settled.amount,
                discount_amount=settled.discount_amount,
                written_off_amount=settled.written_off_amount,
                open_amount=settled.invoice.open_amount - settled.amount,
            )
            for settled in settlement.settled
        ),
        on_account_amount=left,
        exchange_difference=rules.realised(found),
        order_open_amount=order_open_amount,
    )
