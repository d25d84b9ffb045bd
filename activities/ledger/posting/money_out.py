"""Money that goes out to suppliers, and what it settles: the mirror image of money that comes in."""

from decimal import Decimal
from typing import Any

from activities.ledger.posting.advances import write_settlement
from activities.ledger.posting.entries import Books, books_on, check_money_account
from activities.ledger.posting.money_in import market_of
from activities.ledger.posting.settling import Settling, check_open_on
from domains.ledger.messages import (
    AccountRole,
    PostSupplierPayment,
    Role,
    SettledInvoice,
    Side,
    SupplierPaymentPosted,
)
from domains.ledger.queries.open_items import DocumentHead, open_documents
from domains.ledger.rules import payments as rules
from domains.ledger.rules.payments import Money
from domains.ledger.rules.settlement import SettlementResult, settle
from domains.ledger.tables.open_items import SupplierPayment
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound
from foundation.values.money import ZERO

MIRRORED: dict[Role, Role] = {
    AccountRole.DISCOUNT_GRANTED: AccountRole.DISCOUNT_RECEIVED,
    AccountRole.EXCHANGE_GAIN: AccountRole.EXCHANGE_LOSS,
    AccountRole.EXCHANGE_LOSS: AccountRole.EXCHANGE_GAIN,
}
"""What is given up when money comes in is gained when it goes out."""


async def pay_out(tx: Transaction, payment: PostSupplierPayment) -> SupplierPaymentPosted:
    """Post money that was paid to a supplier: it settles the invoice, wholly or in part.

    A cash discount is taken when it is paid in time, less by the discount. Money in another currency than the
    invoice's goes through exchange clearing; what it costs more or less than what was owed is realised.
    Refuses: Invalid, NotFound, NothingOpen, MoreThanOpen; TooEarly before the invoice's own day, StillSettled
    before another payment of it was taken back; NotPostable, NoExchangeRate, NoFiscalYear, PeriodLocked,
    NoAccountFor.
    """
    books = await books_on(tx, payment.paid_on)
    head = await _invoice(tx, payment)
    bank = payment.account_code or books.account(AccountRole.BANK)
    await check_money_account(tx, books, bank)
    market = await market_of(tx, books, payment.currency or head.currency, [head], payment.paid_on)
    paid, base = rules.paid_of(payment, head.document, market), market.base(payment.amount)
    settlement = _settlement(paid, payment, head, books)
    number = tx.closing.number("SP", books.fiscal_year)
    found = rules.entries(
        Money(bank, payment.amount, base),
        settlement,
        market,
        party=head.party,
        control_account=head.account_code,
        account=lambda role: books.account(MIRRORED.get(role, role)),
    )
    own = {"number": number, "account_code": bank, "base_amount": base, "currency": market.money_currency}
    _write(tx, payment, head, invoice_amount=paid, **own)
    of = ("supplier_payment", payment.payment_id)
    by = Settling(*of, number, payment.paid_on, *of)
    about = f"Payment {number} to {head.party.code}"
    await write_settlement(tx, books, by, found, settlement, about, goes_out=True)
    settled = _settled(settlement)
    if settled.process_id:
        tx.tell(settled.process_id, "invoice_settled", settled)
    return SupplierPaymentPosted(
        payment_id=payment.payment_id,
        payment_number=number,
        supplier_code=head.party.code,
        settled=settled,
        exchange_difference=-rules.realised(found),
    )


def _settlement(
    paid: Decimal, payment: PostSupplierPayment, head: DocumentHead, books: Books
) -> SettlementResult:
    # What we pay too little stays open: nobody writes it off for us.
    return settle(
        paid,
        [head.document],
        on=payment.paid_on,
        currency=head.currency,
        base_currency=books.currency,
        small_difference=ZERO,
    )


async def _invoice(tx: Transaction, payment: PostSupplierPayment) -> DocumentHead:
    """What is owed to the supplier, locked. Refuses: NotFound, NothingOpen, TooEarly, StillSettled."""
    heads = await open_documents(tx, order_id=None, document_id=payment.invoice_id, side=Side.PAYABLE)
    if not heads:
        why = f"there is no supplier invoice {payment.invoice_id} that was owed"
        raise NotFound(why, errors=[("invoice_id", why)])
    if heads[0].document.open_amount <= 0:
        raise rules.NothingOpen(f"nothing is open on {heads[0].document.number}")
    await check_open_on(tx, "paid_on", payment.paid_on, heads[0].opened)
    return heads[0]


def _write(tx: Transaction, payment: PostSupplierPayment, head: DocumentHead, **more: Any) -> None:
    asked = payment.model_dump(exclude={"payment_id"})
    own = {
        "id": payment.payment_id,
        "party_type": head.party.type,
        "party_code": head.party.code,
        "invoice_number": head.document.number,
        "invoice_currency": head.currency,
    }
    write_document(tx, {SupplierPayment: asked | own | more})


def _settled(settlement: SettlementResult) -> SettledInvoice:
    (settled,) = settlement.settled
    return SettledInvoice(
        invoice_id=settled.document.id,
        invoice_number=settled.document.number,
        order_id=settled.document.order_id,
        process_id=settled.document.process_id,
        settled_amount=settled.amount,
        discount_amount=settled.discount_amount,
        written_off_amount=settled.written_off_amount,
        open_amount=settled.document.open_amount - settled.amount,
    )
