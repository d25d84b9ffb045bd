"""Payments of runs whose money the bank has sent back: what they had paid is owed again."""

from decimal import Decimal
from uuid import UUID, uuid5

from sqlalchemy import text

from activities.ledger.posting import post, reverse
from domains.banking.messages.postings import PostLine
from domains.banking.queries.in_transit import lock_payments, payment_made
from domains.banking.rules import in_transit as rules
from domains.banking.rules.in_transit import PaymentMade
from domains.banking.rules.postings import LineFacts
from domains.banking.tables import PaymentReturn
from domains.ledger.messages import Document, LineToPost
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction

POSTING = "line_posting"
# As whoever takes the posting of its own line back.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:document, 0))")


async def take_back(
    tx: Transaction, line: LineFacts, wanted: PostLine, amount: Decimal, payment_id: UUID
) -> tuple[Document, tuple[UUID, ...], bool]:
    """Post a line that brings the money of a run's payment back: the bank has it again, and by reversals what
    it had paid is owed again. Gives the document, the ids of the reversals, and whether it is of wages.

    Refuses: NotFound, NotTheMoney, TooEarly; ReversedAlready, StandsOnIt, NotPostable, NoFiscalYear,
    PeriodLocked.
    """
    found = await _locked(tx, line.bank_account_code, payment_id)
    payment = rules.the_made(line, amount, wanted.posted_on, found, payment_id)
    document = Document(POSTING, wanted.posting_id, line.number)
    number = payment.end_to_end_id
    lines = [LineToPost(line.account_code, amount)]
    lines += [LineToPost(code, -moved, text=number) for code, moved in rules.by_account([payment]).items()]
    about = f"{document.number} {number} returned"
    row = {"payment_id": payment_id, "posting_id": wanted.posting_id, "amount": amount}
    write_document(tx, {PaymentReturn: row})
    await post(tx, document, wanted.posted_on, lines, text=about, currency=line.currency)
    reason = f"returned by the bank: {line.number} {wanted.text or line.text}".rstrip()[:2000]
    reversals = {
        uuid5(wanted.posting_id, f"reversal of {one.document_id}"): (one.document_type, one.document_id)
        for one in payment.parts
    }
    for new_id, of in reversals.items():
        on = wanted.posted_on
        await reverse(tx, *of, reversal_id=new_id, on=on, reason=reason, day_field="posted_on")
    return document, tuple(reversals), payment.is_of_wages


async def _locked(tx: Transaction, account: str, payment_id: UUID) -> PaymentMade | None:
    """The payment, while nobody takes its own line back, and nobody else what it had paid."""
    await lock_payments(tx, payment_id)
    found = await payment_made(tx, account, payment_id)
    if found is None:
        return None
    await tx.execute(_ONE_AT_A_TIME, {"document": str(found.posting_id)})
    return await payment_made(tx, account, payment_id)
