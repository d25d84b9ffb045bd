"""How references from one record to others are looked at."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, Select, Text, any_, bindparam, select

from foundation.database.transaction import Transaction
from foundation.values.errors import Refusals


@cache
def _known(table: Any) -> Select[Any]:
    return select(table.code).where(table.code == any_(bindparam("wanted", type_=ARRAY(Text))))


async def check_codes(
    tx: Transaction, table: Any, codes: Iterable[tuple[str, str | None]], refusals: Refusals, what: str
) -> None:
    """Note every field whose code names no record: `codes` are pairs of a field and the code in it."""
    asked = [(field, code) for field, code in codes if code is not None]
    if not asked:
        return
    wanted = sorted({code for _, code in asked})
    known = set(await tx.scalars(_known(table), {"wanted": wanted}))
    for field, code in asked:
        if code not in known:
            refusals.add(field, f"there is no {what} {code}; create it first")
