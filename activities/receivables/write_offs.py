"""Write-offs: what is open and will not be paid; a small difference, or a bad debt with its output tax."""

from typing import Any

from activities.ledger.posting import (
    Books,
    Entry,
    Settling,
    books_on,
    check_open_on,
    settle_items,
    use_money,
    write_entry,
)
from domains.ledger.messages import AccountRole, Line, Party, SettledInvoice, Source
from domains.ledger.queries.on_account import money_on_account
from domains.ledger.queries.open_items import DocumentHead, open_documents
from domains.ledger.rules.payments import NothingOnAccount, NothingOpen, check_amount, check_open
from domains.master_data import queries as master_data
from domains.receivables.messages import PostWriteOff, WriteOffKind, WriteOffPosted
from domains.receivables.messages.events import ReceivableWrittenOffEvent
from domains.receivables.queries.write_offs import taxed_claim
from domains.receivables.rules import write_offs as rules
from domains.receivables.rules.write_offs import WrittenOff
from domains.receivables.tables.write_offs import WriteOff, WriteOffTax
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import Invalid, NotFound
from foundation.values.money import ZERO, rounded


@operation("receivables.post_write_off", event=ReceivableWrittenOffEvent)
async def post_write_off(tx: Transaction, asked: PostWriteOff) -> WriteOffPosted:
    """Write off what is open of an invoice or a dunning letter, or what is left of money on account.

    The whole rest as a small difference; all or a part as a bad debt, whose output tax is taken back. The
    process of the invoice is told that so much less is open. Refuses: Invalid, NotFound, NothingOpen,
    NothingOnAccount, MoreThanOpen, NoSmallDifference, TooEarly, StillSettled, NotPostable, NoExchangeRate,
    NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(tx, asked.written_off_on)
    named = [asked.invoice_id, asked.payment_id, asked.credit_note_id]
    if sum(document is not None for document in named) != 1:
        why = "name one of an invoice, a payment and a credit note"
        raise Invalid(f"invoice_id: {why}", errors=[("invoice_id", why)])
    if asked.invoice_id is None:
        return await _write_off_money(tx, books, asked)
    heads = await open_documents(tx, order_id=None, document_id=asked.invoice_id)
    if not heads:
        why = f"there is no invoice or dunning letter {asked.invoice_id} that was owed"
        raise NotFound(why, errors=[("invoice_id", why)])
    head = heads[0]
    document = head.document
    await check_open_on(tx, "written_off_on", asked.written_off_on, head.opened)
    if document.open_amount <= 0:
        raise NothingOpen(f"nothing is open on {document.number}")
    amount = rules.amount_of(asked, document.open_amount)
    check_amount(amount, head.currency)
    check_open(amount, document.open_amount, document.number, head.currency)
    claim = None
    if asked.kind is WriteOffKind.BAD_DEBT:
        claim = await taxed_claim(tx, document.id)
    else:
        await _check_small(tx, books, asked, amount, document.number, head.currency)
    written = rules.compute(amount, document, claim, currency=head.currency, base_currency=books.currency)
    return await _write(tx, books, asked, head, written)


async def _check_small(
    tx: Transaction, books: Books, asked: PostWriteOff, amount: Any, number: str, currency: str
) -> None:
    """The company's limit, in the document's currency at the day's rate. Refuses: NoSmallDifference."""
    rate = await master_data.exchange_rate(tx, currency, asked.written_off_on, base=books.currency)
    limit = rounded(books.small_difference_limit * rate, currency)
    rules.check_small(amount, limit, number, currency)


async def _write(
    tx: Transaction, books: Books, asked: PostWriteOff, head: DocumentHead, written: WrittenOff
) -> WriteOffPosted:
    """Collect the write-off of what is owed, and tell who waits for the money."""
    document = head.document
    number = tx.closing.number("WO", books.fiscal_year)
    of = {"document_type": document.type, "document_id": document.id, "document_number": document.number}
    figures = {"amount": written.amount, "tax_amount": written.tax_amount, "base_amount": written.base_amount}
    _write_head(tx, asked, number, head.party, head.currency, of | figures)
    taxes = [
        vars(tax) | {"write_off_id": asked.write_off_id, "invoice_id": document.id} for tax in written.taxes
    ]
    write_document(tx, {WriteOffTax: taxes})
    by = Settling("write_off", asked.write_off_id, number, asked.written_off_on)
    settle_items(tx, by, written.instalments)
    lines = rules.postings(
        written,
        asked.kind,
        party=head.party,
        control_account=head.account_code,
        number=document.number,
        account=books.account,
    )
    await _write_entry(tx, books, asked, f"{number} of {document.number}", head.currency, lines)
    settled = SettledInvoice(
        invoice_id=document.id,
        invoice_number=document.number,
        order_id=document.order_id,
        process_id=document.process_id,
        settled_amount=written.amount,
        discount_amount=ZERO,
        written_off_amount=written.amount,
        open_amount=document.open_amount - written.amount,
    )
    if settled.process_id:
        tx.tell(settled.process_id, "invoice_settled", settled)
    return _answer(asked, number, head.party, head.currency, of, settled, **figures)


async def _write_off_money(tx: Transaction, books: Books, asked: PostWriteOff) -> WriteOffPosted:
    """What is left of a customer's money is too little to be paid back, and is ours."""
    if asked.kind is WriteOffKind.BAD_DEBT:
        why = "money on account is nobody's debt to us: only a small difference of it is written off"
        raise Invalid(f"kind: {why}", errors=[("kind", why)])
    money = await money_on_account(tx, payment_id=asked.payment_id, credit_note_id=asked.credit_note_id)
    await check_open_on(tx, "written_off_on", asked.written_off_on, money.opened)
    if money.item_id is None or not money.amount:
        raise NothingOnAccount(f"nothing of {money.number} is on account")
    amount = rules.amount_of(asked, money.amount)
    await _check_small(tx, books, asked, amount, money.number, money.currency)
    number = tx.closing.number("WO", books.fiscal_year)
    of = {
        "document_type": money.document_type,
        "document_id": money.document_id,
        "document_number": money.number,
    }
    figures = {"amount": -amount, "tax_amount": ZERO, "base_amount": -money.left.base_amount}
    _write_head(tx, asked, number, money.party, money.currency, of | figures)
    of_money = (money.document_type, money.document_id)
    by = Settling("write_off", asked.write_off_id, number, asked.written_off_on, *of_money)
    use_money(tx, by, money.item_id, money.left)
    lines = [
        Line(money.account_code, amount, money.left.base_amount, money.number, money.party),
        Line(books.account(AccountRole.SMALL_DIFFERENCES), -amount, -money.left.base_amount, money.number),
    ]
    await _write_entry(tx, books, asked, f"{number} of {money.number}", money.currency, lines)
    return _answer(asked, number, money.party, money.currency, of, None, **figures)


def _write_head(
    tx: Transaction, asked: PostWriteOff, number: str, party: Party, currency: str, more: dict[str, Any]
) -> None:
    own = {
        "id": asked.write_off_id,
        "number": number,
        "kind": asked.kind,
        "customer_code": party.code,
        "written_off_on": asked.written_off_on,
        "reason": asked.reason,
        "currency": currency,
    }
    write_document(tx, {WriteOff: own | more})


async def _write_entry(
    tx: Transaction, books: Books, asked: PostWriteOff, about: str, currency: str, lines: list[Line]
) -> None:
    source = Source("write_off", asked.write_off_id, "write_off")
    text = f"Write-off {about}: {asked.reason}"[:2000]
    await write_entry(tx, books, Entry(source, asked.written_off_on, currency, text, lines))


def _answer(
    asked: PostWriteOff,
    number: str,
    party: Party,
    currency: str,
    of: dict[str, Any],
    settled: SettledInvoice | None,
    **figures: Any,
) -> WriteOffPosted:
    amounts = {name: figures[name] for name in ("amount", "tax_amount")}
    return WriteOffPosted(
        write_off_id=asked.write_off_id,
        write_off_number=number,
        customer_code=party.code,
        currency=currency,
        settled=settled,
        **of,
        **amounts,
    )
