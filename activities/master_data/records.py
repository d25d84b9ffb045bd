"""How references from one record to others are looked at, and how what holds from a day on is written."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import ARRAY, Select, Text, any_, bindparam, delete, select, text

from domains.master_data.queries import TODAY
from domains.master_data.rules.validity import Record, check_past_stays
from foundation.database.connections import Table, rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.values.errors import Refusals

_IS_USED = text(f"SELECT master_data.is_used(:table, :code) AS is_used, {TODAY} AS today")
# The books say so, in the function by which the database refuses it: reference data does not know them.
_WHY_NOT_FOR_TAXES = text(
    """
    SELECT code, ledger.why_not_for_taxes(foundation.current_company(), code) AS why
    FROM unnest(CAST(:codes AS text[])) AS wanted (code)
    """
)


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


async def check_accounts_of_taxes(tx: Transaction, accounts: Mapping[str, str], refusals: Refusals) -> None:
    """Note every field that names an account to which no tax can be posted: `accounts` are codes by field."""
    if not accounts:
        return
    found = await tx.execute(_WHY_NOT_FOR_TAXES, {"codes": sorted(set(accounts.values()))})
    why_not = {row.code: row.why for row in found}
    for field, code in accounts.items():
        if why := why_not[code]:
            refusals.add(field, why)


async def check_past(
    tx: Transaction, table: type[Table], known: Record | None, wanted: Record, fields: Iterable[str]
) -> None:
    """What documents stand on stays as it was; nothing is asked of a record that stays as it is.

    Refuses: CannotChange.
    """
    names = ("changes", *fields)
    if known is None or all(getattr(known, name) == getattr(wanted, name) for name in names):
        return
    row = (await tx.execute(_IS_USED, {"table": table.__tablename__, "code": wanted.code})).one()
    if row.is_used:
        check_past_stays(known, wanted, today=row.today, fields=fields)


async def write_changes(tx: Transaction, table: type[Table], record: Record) -> None:
    """Write what of a record holds from which day on; it replaces what was written of it before."""
    of_record: Any = table
    await tx.execute(delete(of_record).where(of_record.code == record.code))
    json_columns = {
        column.name for column in rows_of(table).c if column.name in ("components", "instalments", "units")
    }
    rows = [
        {
            "code": record.code,
            **{
                name: to_jsonable_python(value) if name in json_columns else value
                for name, value in change.model_dump().items()
            },
        }
        for change in record.changes
    ]
    if rows:
        write_document(tx, {table: rows})
