"""The company of a test, as it is when it opens for business.

To open one is thirty requests. They are made once: who comes later founds its company, and copies the rest of
the first one's rows under ids of its own. What is copied has passed every rule and every guard before.
"""

import re
from uuid import UUID, uuid5

import asyncpg

from tests.erp import Erp

FIRST = "T00000"
"""The code of the company that is copied; as a text it stands for nothing else."""
IDS = UUID("b0a3a5f5-3c2e-4d7c-9d0e-8a1f4be6b7c1")
AN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

COLUMNS = """
    SELECT format('%I.%I', table_schema, table_name) AS rows,
        string_agg(quote_ident(column_name), ', ') FILTER (WHERE data_type <> 'xid8') AS names
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
        AND is_generated = 'NEVER' AND is_identity = 'NO'
    GROUP BY 1 HAVING bool_or(column_name = 'company_id')
"""

_copies: dict[str, str] = {}
"""By the database's address: the statements that make the rows of the first company."""
_owners: "dict[str, asyncpg.Connection[asyncpg.Record]]" = {}


async def opened_for_business(erp: Erp, owner_url: str) -> None:
    """Open the company as `Erp.open_for_business` does."""
    owner = await _owner(owner_url)
    if owner_url not in _copies:
        first = Erp(http=erp.http, temporal=erp.temporal, company=FIRST)
        await first.open_for_business()
        _copies[owner_url] = await _copy_of(owner)
    await erp.found()
    copy = _copies[owner_url].replace(FIRST, erp.company)
    await owner.execute(AN_ID.sub(lambda found: str(uuid5(IDS, f"{erp.company} {found[0]}")), copy))
    erp.requests_were_made_by(FIRST)


async def _owner(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    if url not in _owners or _owners[url].is_closed():  # A test may have stopped the server.
        _owners[url] = await asyncpg.connect(url)
    return _owners[url]


async def closed() -> None:
    """When the tests' database is closed."""
    for owner in _owners.values():
        await owner.close()
    _owners.clear()
    _copies.clear()


async def _copy_of(owner: "asyncpg.Connection[asyncpg.Record]") -> str:
    """What makes the same rows for a company that has been founded; what it has already, it keeps."""
    # The guards look at rows that come one by one, and have looked at these. They are of the transaction that
    # copies them; what is cached of the company is of an older version then.
    statements = ["BEGIN", "SET LOCAL session_replication_role = replica"]
    for table in await owner.fetch(COLUMNS):
        rows, names = table["rows"], table["names"]
        found = await owner.fetchval(
            f"SELECT json_agg(to_jsonb(one) ORDER BY ctid) FROM {rows} one WHERE company_id = '{FIRST}'"
        )
        if found:
            made = f"json_populate_recordset(null::{rows}, {_quoted(found)})"
            statements.append(
                f"INSERT INTO {rows} ({names}) SELECT {names} FROM {made} ON CONFLICT DO NOTHING"
            )
    newer = "UPDATE foundation.reference_version SET version = version + 1"
    return ";\n".join([*statements, f"{newer} WHERE company_id = '{FIRST}'", "COMMIT"])


def _quoted(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))
