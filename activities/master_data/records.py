"""How a record is written by its code, whatever it is; and how references to other records are looked at."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domains.master_data.messages import RecordPut
from domains.master_data.tables import Versioned
from foundation.database import Table
from foundation.errors import Refusals


async def put(session: AsyncSession, table: type[Table], values: dict[str, Any]) -> RecordPut:
    """Insert the record, or change the one with its code and count its version up."""
    keys = [column.name for column in table.__table__.primary_key]
    new = insert(table).values(values)
    changes: dict[str, Any] = {name: new.excluded[name] for name in values if name not in keys}
    if issubclass(table, Versioned):
        changes |= {"version": table.version + 1, "changed_at": func.now()}
    written: Any = new.on_conflict_do_update(index_elements=keys, set_=changes).returning(
        literal_column("xmax = 0")
    )
    created = (await session.execute(written)).scalar_one()
    return RecordPut(code=str(values.get("code", values.get("currency", ""))), created=bool(created))


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
