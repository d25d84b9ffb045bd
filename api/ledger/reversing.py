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
    """Its id, its reason and its day."""
    return {
        "reversal_id": asked.new_id("reversal", of=document_id),
        "reversed_on": why.reversed_on or await today_or_later(asked, kind, document_id, own_day),
        "reason": why.reason,
    }


async def today_or_later(
    asked: AskedRequest, kind: str, document_id: UUID, own_day: date | None = None
) -> date:
    """The day when nobody names one: the latest of today and of those on which the document did something.

    `own_day` is its day where the books may not know it, as of goods that are worth nothing.
    """
    async with asked.read() as tx:
        known = await latest_day_of(tx, kind, document_id)
    return max(day for day in (asked.today, known, own_day) if day is not None)
