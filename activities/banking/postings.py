"""Lines of statements: posted by the ledger's own ways, found in the books, and taken back."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import text

from activities.banking.coming_back import take_back
from activities.banking.confirming import POSTING, confirm
from activities.ledger.posting import accounts_by_code, check_open_on, pay_out, post, receive_money, reverse
from domains.banking.messages.postings import (
    BY_A_PERSON,
    LinePosted,
    LinePostedEvent,
    LinePostingReversedEvent,
    ListMatches,
    PostingAsked,
    PostLine,
    ReversePosting,
)
from domains.banking.queries import postings as queries
from domains.banking.queries.accounts import bank_accounts
from domains.banking.queries.in_transit import (
    check_none_has_come_back,
    in_transit,
    ordered_before,
    payments_made,
)
from domains.banking.rules import matching
from domains.banking.rules import postings as rules
from domains.banking.rules.in_transit import PaymentsOfRuns
from domains.banking.rules.postings import LineFacts
from domains.banking.rules.returns import DAYS_TO_RETURN
from domains.banking.rules.statements import names_account
from domains.banking.tables import LinePosting
from domains.ledger.messages import (
    Document,
    DocumentReversed,
    LineToPost,
    PostPayment,
    PostSupplierPayment,
    SettledInvoice,
    Side,
)
from domains.ledger.messages.money import InBooks
from domains.ledger.queries import money as ledger
from domains.ledger.queries.open_items import open_documents
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.process.batch import ListedItem, add_items
from foundation.process.run_messages import Listed
from foundation.values.errors import NotFound

REVERSAL = "reversal"
_LEARN = text(
    """
    INSERT INTO banking.counterparty (known_as, comes_in, party_type, party_code, account_code, posting_id)
    VALUES (:known_as, :comes_in, :party_type, :party_code, :account_code, :posting)
    ON CONFLICT (company_id, known_as, comes_in) DO UPDATE SET party_type = excluded.party_type,
        party_code = excluded.party_code, account_code = excluded.account_code,
        posting_id = excluded.posting_id
    """
)
# As whoever takes a document back, and before the line is locked: a reversal opens lines.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:document, 0))")
_FORGET = text("DELETE FROM banking.counterparty WHERE posting_id = :posting")


class _Posted(NamedTuple):
    """What a line was posted as."""

    document: Document
    party: tuple[str, str] | None = None
    settled: tuple[SettledInvoice, ...] = ()
    is_found: bool = False
    reversal_ids: tuple[UUID, ...] = ()
    is_of_wages: bool = False


@operation("banking.post_line", event=LinePostedEvent)
async def post_line(tx: Transaction, wanted: PostLine) -> LinePosted:
    """Post a line, or a part of it: as a customer's payment, as a payment to a supplier, as what a run has
    paid or what of that has come back, to an account, as the return of a payment, which is reversed; or note
    which document of the books it is.

    Refuses: NotFound, LinePostedAlready, MoreThanTheLine, OtherDirection, NotOrderedYet,
    PaymentWasRejected, NotTheMoney, TooEarly, StillSettled, StandsOnIt; Invalid, NothingOpen, MoreThanOpen,
    NotPostable, NoExchangeRate, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    rules.check_is_one_thing(wanted)
    document_id = wanted.document_id or wanted.returned_document_id
    if document_id is not None:
        await tx.execute(_ONE_AT_A_TIME, {"document": str(document_id)})
    line = await queries.locked_line(tx, wanted.line_id)
    amount = rules.amount_to_post(line, wanted)
    posted = await _post_as(tx, line, wanted, amount)
    document = posted.document
    of_both = {
        "line_id": line.id,
        "bank_account_code": line.bank_account_code,
        "currency": line.currency,
        "amount": amount,
        "document_type": document.type,
        "document_id": document.id,
        "document_number": document.number,
    }
    row = {"id": wanted.posting_id, "statement_id": line.statement_id, "posted_on": wanted.posted_on}
    write_document(tx, {LinePosting: row | of_both | {"is_found": posted.is_found, "rule": wanted.rule}})
    # A part of a line says nothing of what whole ones are posted to.
    says_all = posted.party is not None or (wanted.account_code is not None and amount == line.amount)
    if wanted.rule == BY_A_PERSON and wanted.is_learned and says_all:
        await _learn(tx, line, wanted, posted)
    return LinePosted(
        posting_id=wanted.posting_id,
        statement_number=line.statement_number,
        line_number=line.line_number,
        settled=posted.settled,
        reversal_ids=posted.reversal_ids,
        open_amount=line.open_amount - amount,
        **(of_both | ({"amount": None} if posted.is_of_wages else {})),
    )


async def _post_as(tx: Transaction, line: LineFacts, wanted: PostLine, amount: Decimal) -> _Posted:
    """What the line is: one of them."""
    if wanted.customer_code is not None:
        return await _received(tx, line, wanted, abs(amount))
    if wanted.supplier_invoice_id is not None:
        return await _paid(tx, line, wanted, abs(amount))
    if wanted.account_code is not None:
        return await _to_account(tx, line, wanted, wanted.account_code, amount)
    if wanted.returned_document_id is not None:
        return await _returned(tx, line, wanted, wanted.returned_document_id, amount)
    if wanted.returned_run_payment_id is not None:
        of = wanted.returned_run_payment_id
        document, reversals, is_of_wages = await take_back(tx, line, wanted, amount, of)
        return _Posted(document, reversal_ids=reversals, is_of_wages=is_of_wages)
    if wanted.document_id is None:
        document, is_of_wages = await confirm(tx, line, wanted, amount)
        return _Posted(document, is_of_wages=is_of_wages)
    return await _found(tx, line, wanted, amount)


async def _received(tx: Transaction, line: LineFacts, wanted: PostLine, amount: Decimal) -> _Posted:
    assert wanted.customer_code is not None
    assert wanted.payment_id is not None
    payment = PostPayment(
        payment_id=wanted.payment_id,
        customer_code=wanted.customer_code,
        invoice_id=wanted.invoice_id,
        received_on=wanted.posted_on,
        amount=amount,
        currency=line.currency,
        reference=line.text or line.number,
        account_code=line.account_code,
    )
    posted = await receive_money(tx, payment)
    document = Document("payment", wanted.payment_id, posted.payment_number)
    return _Posted(document, ("customer", wanted.customer_code), posted.settled)


async def _paid(tx: Transaction, line: LineFacts, wanted: PostLine, amount: Decimal) -> _Posted:
    assert wanted.supplier_invoice_id is not None
    assert wanted.supplier_payment_id is not None
    heads = await open_documents(tx, order_id=None, document_id=wanted.supplier_invoice_id, side=Side.PAYABLE)
    if not heads:
        why = f"there is no supplier invoice {wanted.supplier_invoice_id} that was owed"
        raise NotFound(why, errors=[("supplier_invoice_id", why)])
    await check_open_on(tx, "posted_on", wanted.posted_on, heads[0].opened)
    payment = PostSupplierPayment(
        payment_id=wanted.supplier_payment_id,
        invoice_id=wanted.supplier_invoice_id,
        paid_on=wanted.posted_on,
        amount=amount,
        currency=line.currency,
        invoice_amount=wanted.invoice_amount,
        reference=line.text or line.number,
        account_code=line.account_code,
    )
    posted = await pay_out(tx, payment)
    document = Document("supplier_payment", wanted.supplier_payment_id, posted.payment_number)
    return _Posted(document, ("supplier", posted.supplier_code), (posted.settled,))


async def _to_account(
    tx: Transaction, line: LineFacts, wanted: PostLine, account_code: str, amount: Decimal
) -> _Posted:
    facts = await accounts_by_code(tx, [account_code])
    of_banks = {one.account_code for one in await bank_accounts(tx)}
    rules.check_other_account(account_code, facts.get(account_code), of_banks)
    said = wanted.text or line.text or line.party_name
    document = Document(POSTING, wanted.posting_id, line.number)
    lines = [LineToPost(line.account_code, amount), LineToPost(account_code, -amount, text=said)]
    about = f"{line.number} {said}".rstrip()[:2000]
    await post(tx, document, wanted.posted_on, lines, text=about, currency=line.currency)
    return _Posted(document)


async def _found(tx: Transaction, line: LineFacts, wanted: PostLine, amount: Decimal) -> _Posted:
    assert wanted.document_id is not None
    moved = await ledger.money_moved(tx, line.account_code, line.currency, wanted.document_id)
    is_taken = await queries.is_of_a_line(tx, wanted.document_id)
    if moved is not None and moved.is_taken_back:
        # What the bank has sent back had gone before: the line is that payment all the same.
        came_back = await queries.is_returned(tx, moved.document_type, wanted.document_id)
        moved = replace(moved, is_taken_back=not came_back)
    found = rules.the_money(line, amount, wanted.document_id, moved, is_taken=is_taken)
    if found.document_type == REVERSAL:
        await _check_stands_again(tx, wanted.document_id)
    return _Posted(Document(found.document_type, wanted.document_id, found.number), is_found=True)


async def _check_stands_again(tx: Transaction, reversal_id: UUID) -> None:
    """What the reversal had taken back of lines is open still, and can be what it was. Refuses:
    LinePostedAlready.
    """
    for part in await queries.taken_back_by(tx, reversal_id):
        await tx.execute(_ONE_AT_A_TIME, {"document": str(part.document_id)})
        line = await queries.locked_line(tx, part.line_id)
        rules.check_stands_again(line, part.amount, part.document_number)


async def _returned(
    tx: Transaction, line: LineFacts, wanted: PostLine, document_id: UUID, amount: Decimal
) -> _Posted:
    """The money of a payment has come back: it is reversed, and its own line is what it was."""
    assert wanted.reversal_id is not None
    moved = await ledger.money_moved(tx, line.account_code, line.currency, document_id)
    came_back = moved is not None and await queries.is_returned(tx, moved.document_type, document_id)
    found = rules.the_returned(line, wanted, amount, moved, is_returned=came_back)
    reversed_ = await reverse(
        tx,
        found.document_type,
        document_id,
        reversal_id=wanted.reversal_id,
        on=wanted.posted_on,
        reason=f"returned by the bank: {line.number} {wanted.text or line.text}".rstrip()[:2000],
        number=found.number,
        day_field="posted_on",
    )
    return _Posted(Document(REVERSAL, wanted.reversal_id, reversed_.reversal_number))


async def _learn(tx: Transaction, line: LineFacts, wanted: PostLine, posted: _Posted) -> None:
    """Who is on the other side, or to which account such lines are posted."""
    if not line.known_as or posted.is_found or posted.document.type == REVERSAL:
        return
    # A transfer between accounts of ours is learned by its account only: no party has one of them.
    if posted.party is not None and await _is_ours(tx, line.party_iban):
        return
    party_type, party_code = posted.party or (None, None)
    learned = {"party_type": party_type, "party_code": party_code, "account_code": wanted.account_code}
    of_line = {"known_as": line.known_as, "comes_in": line.open_amount > 0}
    await tx.execute(_LEARN, learned | of_line | {"posting": wanted.posting_id})


async def _is_ours(tx: Transaction, iban: str) -> bool:
    """Whether an account is one of our own."""
    return any(names_account(iban, one.iban, one.account_number) for one in await bank_accounts(tx))


@operation("banking.reverse_posting", event=LinePostingReversedEvent)
async def reverse_posting(tx: Transaction, wanted: ReversePosting) -> DocumentReversed:
    """Take back what a line was posted as, and forget what was learned from it: the line is open again. What
    was in the books already stays there, and so does the reversal of what had come back: the line of that is
    open again as well.

    Refuses: NotFound, ReversedAlready, StandsOnIt, PaymentHasComeBack, TooEarly; NotPostable, NoFiscalYear,
    PeriodLocked.
    """
    posting = await queries.line_posting(tx, wanted.posting_id)
    own = posting.is_found or posting.document_type in (POSTING, REVERSAL)
    await tx.execute(_ONE_AT_A_TIME, {"document": str(posting.document_id)})
    came_back = await queries.is_returned(tx, posting.document_type, posting.document_id)
    rules.check_not_returned(posting.document_number, is_returned=came_back)
    await check_none_has_come_back(tx, wanted.posting_id)
    await tx.execute(_FORGET, {"posting": wanted.posting_id})
    return await reverse(
        tx,
        POSTING if own else posting.document_type,
        wanted.posting_id if own else posting.document_id,
        reversal_id=wanted.reversal_id,
        on=wanted.reversed_on,
        reason=wanted.reason,
        number=posting.document_number,
        posted_on=posting.posted_on,
    )


@operation("banking.list_matches")
async def list_matches(tx: Transaction, ask: ListMatches) -> Listed:
    """List what the open lines of a statement are, as far as a rule knows it; by party, each in its order.
    A line of which a posting was taken back waits for a person.
    """
    lines = await queries.lines_to_match(tx, ask.statement_id)
    items: list[ListedItem] = []
    if lines:
        currency = lines[0].currency
        receivable = await ledger.owed(tx, Side.RECEIVABLE, currency)
        payable = await ledger.owed(tx, Side.PAYABLE, currency)
        known = await queries.known_counterparties(tx, sorted({line.known_as for line in lines} - {""}))
        books = await _in_books(tx, lines)
        since = min(line.booked_on for line in lines) - timedelta(days=DAYS_TO_RETURN)
        may_return = await queries.paid(tx, lines, since)
        account, ids = lines[0].bank_account_code, [line.end_to_end_id for line in lines]
        runs = PaymentsOfRuns(
            await in_transit(tx, account),
            await ordered_before(tx, ids),
            await payments_made(tx, account, ids),
        )
        found = await asyncio.to_thread(
            lambda: list(matching.matches(lines, receivable, payable, known, books, may_return, runs))
        )
        items = [_item(ask.run_id, match) for match in sorted(found, key=lambda match: match.party)]
    return await add_items(tx, ask, items, is_all=True)


async def _in_books(tx: Transaction, lines: list[LineFacts]) -> list[InBooks]:
    """What has moved money on the account shortly before the lines, and is no line yet."""
    since = min(line.booked_on for line in lines) - timedelta(days=matching.DAYS_BEFORE)
    until = max(line.booked_on for line in lines)
    books = await ledger.in_books(tx, lines[0].account_code, lines[0].currency, since, until)
    taken = await queries.documents_of_lines(tx, [one.document_id for one in books])
    return [one for one in books if one.document_id not in taken]


def _item(run_id: str, match: matching.Match) -> ListedItem:
    asked = PostLine.of(
        PostingAsked.model_validate(match.asked),
        posting_id=uuid5(match.line.id, f"{run_id}/{match.part}"),
        line_id=match.line.id,
        posted_on=match.line.booked_on,
        rule=match.rule,
    )
    body = asked.model_dump(exclude_defaults=True)
    return ListedItem(name=f"{match.line.id}/{match.part}", body=body, party=match.party)
