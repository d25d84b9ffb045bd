"""Payments: money that arrives, what it settles, and what of it stays on account until it is used."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from activities.ledger.posting import Books, Settling, books_on, check_open_on, receive_money, use_money
from activities.ledger.posting.advances import write_settlement
from activities.ledger.posting.money_in import (
    check_owed_by,
    control_account_of,
    market_of,
    payment_answer,
    settled_with,
    tell_processes,
    will_be_open,
)
from domains.ledger.messages import AllocatePayment, PaymentPosted, PostPayment
from domains.ledger.messages.events import PaymentAllocatedEvent, PaymentPostedEvent
from domains.ledger.queries.on_account import MoneyOnAccount, money_on_account
from domains.ledger.queries.open_items import DocumentHead, open_documents
from domains.ledger.rules import payments as rules
from domains.ledger.rules.payments import Market, Money, PaymentEntry
from domains.ledger.rules.settlement import GivenUp, OpenDocument, SettlementResult, share_of
from domains.ledger.tables.open_items import Allocation
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.money import ZERO, DualAmount


@operation("ledger.post_payment", event=PaymentPostedEvent)
async def post_payment(tx: Transaction, payment: PostPayment) -> PaymentPosted:
    """Post money that arrived: settle the order's or the invoice's open items, keep the rest on account.

    Refuses: Invalid, NotFound, NothingOpen, NotPostable, NoExchangeRate, NoFiscalYear, PeriodLocked,
    NoAccountFor.
    """
    return await receive_money(tx, payment)


@operation("ledger.allocate_payment", event=PaymentAllocatedEvent)
async def allocate_payment(tx: Transaction, allocation: AllocatePayment) -> PaymentPosted:
    """Use a customer's money on account for an open invoice. A cash discount counts from the day the money
    came.

    Refuses: Invalid, NotFound, NothingOnAccount, NothingOpen; MoreThanOnAccount and MoreThanOpen when the
    amount that is named is more; TooEarly when the money or the invoice is of a later day, StillSettled when
    either was settled until later, and a later day will not do; NotPostable, NoExchangeRate, NoFiscalYear,
    PeriodLocked, NoAccountFor.
    """
    books = await books_on(tx, allocation.allocated_on)
    money = await money_on_account(
        tx, payment_id=allocation.payment_id, credit_note_id=allocation.credit_note_id
    )
    heads = await open_documents(tx, order_id=None, document_id=allocation.invoice_id)
    is_open = any(head.document.open_amount > 0 for head in heads)
    if allocation.if_any and not (money.amount and is_open):
        return payment_answer(_of(money, allocation), SettlementResult((), ZERO), money.amount, [], ZERO)
    if allocation.if_any:
        allocation = _as_early_as_can_be(allocation, money, heads)
        books = await books_on(tx, allocation.allocated_on)
    await check_open_on(tx, "allocated_on", allocation.allocated_on, money.opened)
    wanted = rules.amount_of(allocation.amount, money.amount, money.number, money.currency)
    check_owed_by(heads, money.party, allocation.invoice_id)
    market = await market_of(tx, books, money.currency, heads, allocation.allocated_on)
    if allocation.amount is not None:
        owed = heads[0].document
        open_amount = market.in_money_currency(owed.open_amount)
        rules.check_open(allocation.amount, open_amount, owed.number, money.currency)
    settlement = settled_with(wanted, heads, market, money.since, _given_up(allocation, money, heads))
    if not settlement.settled:
        raise rules.NothingOnAccount(f"{wanted} {money.currency} is nothing in {market.invoice_currency}")
    await check_open_on(tx, "allocated_on", allocation.allocated_on, heads[0].opened)
    # Of an amount that is named only the rounding of two rates can be left: it is used up.
    used = allocation.amount or wanted - market.in_money_currency(settlement.remaining) or wanted
    found = await _use(tx, books, allocation, money, used, settlement, market, heads)
    still_open = await will_be_open(tx, heads, settlement, of_whole_order=False)
    answer = payment_answer(_of(money, allocation), settlement, money.amount - used, found, still_open)
    return tell_processes(tx, answer)


def _as_early_as_can_be(
    allocation: AllocatePayment, money: MoneyOnAccount, heads: Sequence[DocumentHead]
) -> AllocatePayment:
    """The same on the first day on which money and invoice are both open, if that is later."""
    since = [opened.since for opened in (money.opened, *(head.opened for head in heads))]
    return allocation.model_copy(update={"allocated_on": max(allocation.allocated_on, *since)})


def _of(money: MoneyOnAccount, allocation: AllocatePayment) -> dict[str, Any]:
    """Whose money it is that was used, and when."""
    return {
        "payment_id": money.payment_id,
        "credit_note_id": money.credit_note_id,
        "payment_number": money.number,
        "since": money.since,
        "allocated_on": allocation.allocated_on,
    }


async def _use(
    tx: Transaction,
    books: Books,
    allocation: AllocatePayment,
    money: MoneyOnAccount,
    used: Decimal,
    settlement: SettlementResult,
    market: Market,
    heads: Sequence[DocumentHead],
) -> list[PaymentEntry]:
    """Write what money on account settles: `used` of it, in its currency."""
    base_used = share_of(money.left.base_amount, used, money.amount, books.currency)
    found = rules.entries(
        Money(money.account_code, used, base_used, money.party),
        settlement,
        market,
        party=money.party,
        control_account=control_account_of(books, heads),
        account=books.account,
    )
    on, settled = allocation.allocated_on, settlement.settled[0].document
    by = Settling(
        "allocation", allocation.allocation_id, money.number, on, money.document_type, money.document_id
    )
    row = _allocation_row(allocation, money, settled)
    write_document(tx, {Allocation: row | {"amount": used, "exchange_difference": rules.realised(found)}})
    about = f"Money on account of {money.number} of {money.party.code}"
    await write_settlement(tx, books, by, found, settlement, about)
    assert money.item_id is not None
    use_money(tx, by, money.item_id, DualAmount(used, base_used))
    return found


def _allocation_row(
    allocation: AllocatePayment, money: MoneyOnAccount, settled: OpenDocument
) -> dict[str, Any]:
    return {
        "id": allocation.allocation_id,
        "money_type": money.document_type,
        "money_id": money.document_id,
        "money_number": money.number,
        "document_type": settled.type,
        "document_id": settled.id,
        "document_number": settled.number,
        "party_type": money.party.type,
        "party_code": money.party.code,
        "allocated_on": allocation.allocated_on,
        "currency": money.currency,
    }


def _given_up(
    allocation: AllocatePayment, money: MoneyOnAccount, heads: Sequence[DocumentHead]
) -> GivenUp | None:
    """What is left of what was given up with the money before; a discount only where one is offered."""
    discount = allocation.discount_amount if heads[0].document.discount is not None else ZERO
    given_up = discount, allocation.written_off_amount
    if not any(given_up):
        return None
    return GivenUp(*(share_of(part, money.amount, money.whole, money.currency) for part in given_up))
