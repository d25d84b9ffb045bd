"""What a document has posted on an account: for whoever carries it further from there."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from foundation.database.transaction import Transaction

# Entries have numbers of their own: a document is called by its own where its open items know it.
_POSTED = text(
    """
    SELECT e.source_type AS document_type, coalesce((
            SELECT i.document_number FROM ledger.open_item i
            WHERE i.document_type = e.source_type AND i.document_id = e.source_id LIMIT 1),
            min(e.number)) AS number,
        e.currency, max(e.posted_on) AS posted_on, sum(l.amount) AS amount, sum(l.base_amount) AS base_amount
    FROM ledger.journal_entry e JOIN ledger.journal_line l ON l.entry_id = e.id
    WHERE e.company_id = foundation.current_company() AND e.source_id = CAST(:document AS uuid)
        AND e.source_type <> 'reversal' AND l.account_code = :account
    GROUP BY e.source_type, e.source_id, e.currency
    """
)


class PostedOnAccount(NamedTuple):
    """A document's lines on an account, added up: in its currency and in the company's, debits positive."""

    document_type: str
    number: str
    currency: str
    posted_on: date
    amount: Decimal
    base_amount: Decimal


async def posted_on_account(tx: Transaction, document_id: UUID, account_code: str) -> PostedOnAccount | None:
    """What a document has posted on an account, also when it was taken back since; none when nothing."""
    asked = {"document": str(document_id), "account": account_code}
    row = (await tx.execute(_POSTED, asked)).one_or_none()
    return PostedOnAccount(*tuple(row)) if row else None
