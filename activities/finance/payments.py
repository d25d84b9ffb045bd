"""Payments: money that arrives, what it settles, and what of it stays on account until it is used."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from sqlalchemy import Numeric, Uuid, bindparam, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from activities.finance.journal import Books, Source, books_on, write_entry
from domains.finance.messages import AccountRole, AllocatePayment, PaymentPosted, PostPayment, SettledInvoice
from domains.finance.queries.receivables import InvoiceHead, open_invoices, open_on_order
from domains.finance.rules import payments as rules
from domains.finance.rules.journal import Line
from domains.finance.rules.payments import Entry, Market, Money
from domains.finance.rules.settlement import Settlement, settle, share_of
from domains.finance.tables.accounts import Account
from domains.finance.tables.receivables import OpenItem, Payment
from domains.finance.tables.receivables import Settlement as SettlementRow
from domains.master_data import queries as master_data
from foundation.errors import Invalid, NotFound
from foundation.money import ZERO, rounded
from foundation.operation import operation

_NUMBER = text("SELECT finance.next_number('PAY', :fiscal_year)")
_REDUCE = text(
    """
    UPDATE finance.open_item
    SET open_amount = open_amount - :amount, base_open_amount = base_open_amount - :base_amount
    WHERE id = :id
    """
).bindparams(
    bindparam("id", type_=Uuid),
    bindparam("amount", type_=Numeric(18, 6)),
    bindparam("base_amount", type_=Numeric(18, 6)),
)


@operation("finance.post_payment")
async def post_payment(session: AsyncSession, payment: PostPayment) -> PaymentPosted:
    """Post money that arrived: settle the order's or the invoice's open items, keep the rest on account.

    Refuses: Invalid, NotFound, NothingOpen, NoExchangeRate, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(session, payment.received_on)
    bank = await _bank_account(session, payment, books)
    heads = await open_invoices(session, order_id=payment.order_id, invoice_id=payment.invoice_id)
    if payment.invoice_id is not None:
        _check_invoice(heads, payment)
    market = await _market(session, books, payment.currency, heads, payment.received_on)
    settlement = _settle(payment.amount, heads, market, payment.received_on)
    # When nothing was settled all of it is left, to the last cent, whatever the rates.
    left = market.in_money_currency(settlement.remaining) if settlement.settled else payment.amount
    base, base_left = market.base(payment.amount), market.base(left)
    found = rules.entries(
        Money(bank, payment.amount - left, base - base_left),
        settlement,
        market,
        customer_code=payment.customer_code,
        account=books.account,
        kept=[Line(bank, left, base_left), _on_account(books, payment.customer_code, left, base_left)],
    )
    await _settle_items(session, payment.payment_id, payment.payment_id, payment.received_on, settlement)
    if left:
        await session.execute(insert(OpenItem).values(_item_on_account(payment, left, base_left)))
    number = await _write_payment(session, books, payment, bank, base)
    source = Source("payment", payment.payment_id, "")
    await _write(
        session, books, source, found, payment.received_on, f"Payment {number} of {payment.customer_code}"
    )
    return await _answer(session, payment.payment_id, number, heads, settlement, left, found)


@operation("finance.allocate_payment")
async def allocate_payment(session: AsyncSession, allocation: AllocatePayment) -> PaymentPosted:
    """Use a customer's money on account for an open invoice. A cash discount counts from the day the money
    came.

    Refuses: NotFound, NothingOnAccount, NothingOpen, NoExchangeRate, NoFiscalYear, PeriodLocked,
    NoAccountFor.
    """
    books = await books_on(session, allocation.allocated_on)
    payment = await session.get(Payment, allocation.payment_id)
    if payment is None:
        raise NotFound(f"there is no payment {allocation.payment_id}")
    locked = select(OpenItem).where(OpenItem.payment_id == payment.id).with_for_update()
    item = (await session.scalars(locked)).one_or_none()
    if item is None or not item.open_amount:
        raise rules.NothingOnAccount(f"nothing of payment {payment.number} is on account")
    heads = await open_invoices(session, order_id=None, invoice_id=allocation.invoice_id)
    if not heads or heads[0].customer_code != payment.customer_code:
        raise NotFound(f"{payment.customer_code} has no invoice {allocation.invoice_id}")
    if not heads[0].invoice.open_amount:
        raise rules.NothingOpen(f"nothing is open on {heads[0].invoice.invoice_number}")
    market = await _market(session, books, payment.currency, heads, allocation.allocated_on)
    wanted = min(allocation.amount or -item.open_amount, -item.open_amount)
    settlement = _settle(wanted, heads, market, payment.received_on)
    used = wanted - market.in_money_currency(settlement.remaining)
    base_used = share_of(-item.base_open_amount, used, -item.open_amount, books.currency)
    on_account = books.account(AccountRole.CUSTOMER_ON_ACCOUNT)
    found = rules.entries(
        Money(on_account, used, base_used, payment.customer_code),
        settlement,
        market,
        customer_code=payment.customer_code,
        account=books.account,
    )
    await _settle_items(session, allocation.allocation_id, payment.id, allocation.allocated_on, settlement)
    await session.execute(_REDUCE, {"id": item.id, "amount": -used, "base_amount": -base_used})
    about = f"Money on account of payment {payment.number} of {payment.customer_code}"
    source = Source("allocation", allocation.allocation_id, "")
    await _write(session, books, source, found, allocation.allocated_on, about)
    left = -item.open_amount - used
    return await _answer(session, payment.id, payment.number, heads, settlement, left, found)


async def _bank_account(session: AsyncSession, payment: PostPayment, books: Books) -> str:
    if await master_data.customer(session, payment.customer_code) is None:
        raise NotFound(f"there is no customer {payment.customer_code}")
    if payment.account_code is None:
        return books.account(AccountRole.BANK)
    account = await session.scalar(select(Account.code).where(Account.code == payment.account_code))
    if account is None:
        why = f"there is no account {payment.account_code}"
        raise Invalid(f"account_code: {why}", errors=[("account_code", why)])
    return account


def _check_invoice(heads: Sequence[InvoiceHead], payment: PostPayment) -> None:
    if not heads or heads[0].customer_code != payment.customer_code:
        raise NotFound(f"{payment.customer_code} has no invoice {payment.invoice_id}")
    if not heads[0].invoice.open_amount:
        raise rules.NothingOpen(f"nothing is open on {heads[0].invoice.invoice_number}")


async def _market(
    session: AsyncSession, books: Books, currency: str, heads: Sequence[InvoiceHead], on: date
) -> Market:
    """The rates of the day; what is small in the company's currency is as small in the invoices'."""
    of_invoices = heads[0].currency if heads else currency
    company = await master_data.company(session)
    money_rate = await master_data.exchange_rate(session, currency, on, base=books.currency)
    invoice_rate = money_rate
    if of_invoices != currency:
        invoice_rate = await master_data.exchange_rate(session, of_invoices, on, base=books.currency)
    small = rounded(company.small_difference_limit * invoice_rate, of_invoices)
    return Market(books.currency, currency, money_rate, of_invoices, invoice_rate, small)


def _settle(money: Decimal, heads: Sequence[InvoiceHead], market: Market, on: date) -> Settlement:
    return settle(
        market.in_invoice_currency(money),
        [head.invoice for head in heads if head.invoice.open_amount],
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


async def _write_payment(
    session: AsyncSession, books: Books, payment: PostPayment, bank: str, base: Decimal
) -> str:
    number: str = (await session.execute(_NUMBER, {"fiscal_year": books.fiscal_year})).scalar_one()
    head = payment.model_dump(exclude={"payment_id", "invoice_id"})
    head |= {"id": payment.payment_id, "number": number, "account_code": bank, "base_amount": base}
    await session.execute(insert(Payment).values(head))
    return number


async def _settle_items(
    session: AsyncSession, document_id: UUID, payment_id: UUID, on: date, settlement: Settlement
) -> None:
    """Lower the open items, and note what settled them."""
    parts = [part for settled in settlement.settled for part in settled.instalments]
    if not parts:
        return
    reduced = [{"id": part.item_id, "amount": part.amount, "base_amount": part.base_amount} for part in parts]
    await session.execute(_REDUCE, reduced)
    rows = [
        {
            "id": uuid5(document_id, str(part.item_id)),
            "payment_id": payment_id,
            "open_item_id": part.item_id,
            "settled_on": on,
            "amount": part.amount,
            "discount_amount": part.discount_amount,
            "written_off_amount": part.written_off_amount,
            "base_amount": part.base_amount,
        }
        for part in parts
    ]
    await session.execute(insert(SettlementRow.__table__), rows)  # type: ignore[arg-type]


async def _write(
    session: AsyncSession, books: Books, source: Source, found: Sequence[Entry], on: date, about: str
) -> None:
    for entry in found:
        purpose = Source(source.type, source.id, entry.purpose)
        await write_entry(session, books, purpose, entry.lines, on=on, currency=entry.currency, text=about)


async def _answer(
    session: AsyncSession,
    payment_id: UUID,
    number: str,
    heads: Sequence[InvoiceHead],
    settlement: Settlement,
    left: Decimal,
    found: Sequence[Entry],
) -> PaymentPosted:
    orders = sorted({head.invoice.order_id for head in heads}, key=str)
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
        order_open_amount=await open_on_order(session, orders[0]) if len(orders) == 1 else ZERO,
    )
