"""Payments of runs that a statement says the bank has made: from what is in transit to the bank."""

from decimal import Decimal
from uuid import UUID

from activities.ledger.posting import before_reversal, post
from domains.banking.messages.postings import PostLine
from domains.banking.queries.in_transit import in_transit, lock_payments, why_not_reversed
from domains.banking.queries.payment_statuses import which_was_rejected
from domains.banking.rules import in_transit as rules
from domains.banking.rules.payment_statuses import was_rejected
from domains.banking.rules.postings import LineFacts
from domains.banking.tables import PaymentConfirmation
from domains.ledger.messages import Document, LineToPost
from domains.ledger.rules.reversals import StandsOnIt
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction

POSTING = "line_posting"


@before_reversal("supplier_payment")
async def check_not_of_a_run(tx: Transaction, paid_by: UUID) -> None:
    """The file of a run that is still being paid would pay it all the same; and what the bank has made is no
    mistake of ours. Refuses: StandsOnIt.
    """
    why = await why_not_reversed(tx, paid_by)
    if why is not None:
        raise StandsOnIt(why)


async def confirm(
    tx: Transaction, line: LineFacts, wanted: PostLine, amount: Decimal
) -> tuple[Document, bool]:
    """Post a line that is a payment of a run, or all that is left of one: it is in transit no more. Gives the
    document, and whether it is of wages.

    Refuses: NotFound, PaymentWasRejected, NotOrderedYet, NotTheMoney, TooEarly; NotPostable, NoFiscalYear,
    PeriodLocked.
    """
    named, field = _named(wanted)
    document = Document(POSTING, wanted.posting_id, line.number)
    await lock_payments(tx, named)
    payments = await in_transit(tx, line.bank_account_code, of=named)
    if not payments and (rejected := await which_was_rejected(tx, named)) is not None:
        raise was_rejected(rejected, field)
    rules.check_made(line, amount, wanted.posted_on, payments, named, field)
    number = payments[0].end_to_end_id if wanted.run_payment_id else payments[0].run_number
    lines = [LineToPost(line.account_code, amount)]
    lines += [LineToPost(code, moved, text=number) for code, moved in rules.by_account(payments).items()]
    await post(
        tx, document, wanted.posted_on, lines, text=f"{document.number} {number}", currency=line.currency
    )
    rows = [
        {"posting_id": wanted.posting_id, "payment_id": one.payment_id, "amount": one.amount}
        for one in payments
    ]
    write_document(tx, {PaymentConfirmation: rows})
    return document, any(one.is_of_wages for one in payments)


def _named(wanted: PostLine) -> tuple[UUID, str]:
    """What the line was said to be, and in which field."""
    if wanted.run_payment_id is not None:
        return wanted.run_payment_id, "run_payment_id"
    assert wanted.payment_run_id is not None
    return wanted.payment_run_id, "payment_run_id"
