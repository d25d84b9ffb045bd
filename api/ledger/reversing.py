"""What every reversal is asked with, of whatever document."""

from datetime import date
from typing import Any
from uuid import UUID

from api.door import AskedRequest
from domains.ledger.messages import ReversalAsked
from domains.ledger.queries.days import latest_day_of


async def reversal(
    asked: AskedRequest, kind: str, document_id: UUID, why: ReversalAsked, own_day: date | None = None
) -> dict[str, Any]:
    """Its id, its reason and its day: when nobody names one the later of today and of the document's days.

    `own_day` is its day where the books may not know it, as of goods that are worth nothing.
    """
    on = why.reversed_on
    if on is None:
        async with asked.read() as tx:
            known = await latest_day_of(tx, kind, document_id)
        on = max(day for day in (asked.today, known, own_day) if day is not None)
    return {
        "reversal_id": asked.new_id("reversal", of=document_id),
        "reversed_on": on,
        "reason": why.reason,
    }
