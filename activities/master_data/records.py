"""How references from one record to others are looked at."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Refusals


async def check_codes(
    session: AsyncSession, table: Any, codes: Iterable[tuple[str, str | None]], refusals: Refusals, what: str
) -> None:
    """Note every field whose code names no record: `codes` are pairs of a field and the code in it."""
    asked = [(field, code) for field, code in codes if code is not None]
    if not asked:
        return
    wanted = sorted({code for _, code in asked})
    known = set((await session.scalars(select(table.code).where(table.code.in_(wanted)))).all())
    for field, code in asked:
        if code not in known:
            refusals.add(field, f"there is no {what} {code}; create it first")
