"""A record that people edit is written by its code: new, or changed unless somebody else was faster.

Who has read a record says which version it had. The condition stands in the statement that writes, so that it
holds also between two who write at the same instant.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, func, literal_column, true
from sqlalchemy.dialects.postgresql import insert

from foundation.database.connections import Table, rows_of
from foundation.database.transaction import Transaction
from foundation.values.errors import BusinessError

NEW = 0
"""The version of a record that is not there yet."""


class ExistsAlready(BusinessError):
    """There is such a record; read it, and change it as it is."""

    status = 409


class ChangedMeanwhile(BusinessError):
    """Somebody else has changed the record since it was read; read it again."""

    status = 412


async def put(
    tx: Transaction, table: type[Table], values: dict[str, Any], *, fixed: Collection[str] = ()
) -> bool:
    """Insert the record, or change the one with its code and count its version up. True: it is new.

    With a `version` in the values it is written only if it has that version still (`NEW`: if there is none).
    Columns named in `fixed` never change. Refuses: ExistsAlready, ChangedMeanwhile.
    """
    seen = values.get("version")
    written = {name: value for name, value in values.items() if name != "version"}
    columns = table.__table__.c
    keys = [column.name for column in table.__table__.primary_key]
    new = insert(rows_of(table)).values(written)
    changes: dict[str, Any] = {name: new.excluded[name] for name in written if name not in keys}
    if "version" in columns:
        changes |= {"version": columns["version"] + 1, "changed_at": func.now()}
    as_it_was = [columns[name] == new.excluded[name] for name in fixed]
    if seen is not None:
        as_it_was.append(columns["version"] == seen)
    upsert: Any = new.on_conflict_do_update(
        index_elements=keys, set_=changes, where=and_(true(), *as_it_was)
    ).returning(literal_column("xmax = 0"))
    created: bool | None = (await tx.execute(upsert)).scalar_one_or_none()
    if created is None:
        which = values.get("code") or values.get("name", "the record")
        if seen == NEW:
            raise ExistsAlready(f"{which} exists already; read it, and change it as it is")
        raise ChangedMeanwhile(f"{which} was changed by somebody else meanwhile; read it again")
    return created
