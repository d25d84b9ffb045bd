"""Documents of the ledger itself are taken back."""

from activities.ledger import posting
from domains.ledger.messages import DocumentReversed, ReverseDocument
from domains.ledger.messages.events import DocumentReversedEvent
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation


@operation("ledger.reverse_document", event=DocumentReversedEvent)
async def reverse_document(tx: Transaction, reverse: ReverseDocument) -> DocumentReversed:
    """Take an entry of a person, a payment, an allocation or a refund back.

    Refuses: NotFound, ReversedAlready, StandsOnIt, Invalid when the day is before the
    document's own; NotPostable, NoFiscalYear, PeriodLocked.
    """
    await posting.ask_before_reversal(tx, reverse.document_type, reverse.document_id)
    return await posting.reverse(
        tx,
        reverse.document_type,
        reverse.document_id,
        reversal_id=reverse.reversal_id,
        on=reverse.reversed_on,
        reason=reverse.reason,
    )
