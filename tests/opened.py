"""The company of a test, as it is when it opens for business.

To open one is thirty requests. They are made once: who comes later copies the first company's rows under a
code, ids and keys of its own. What is copied has passed every rule and every guard before.
"""

import re
from dataclasses import dataclass
from uuid import UUID, uuid5

import asyncpg

from api.authentication import hash_of
from tests.erp import Erp

FIRST = "T00000"
"""The code of the company that is copied; as a text it stands for nothing else."""
IDS = UUID("b0a3a5f5-3c2e-4d7c-9d0e-8a1f4be6b7c1")
AN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

COLUMNS = """
    SELECT format('%I.%I', table_schema, table_name) AS rows,
        string_agg(quote_ident(column_name), ', ') FILTER (
            WHERE data_type <> 'xid8' AND is_generated = 'NEVER' AND is_identity = 'NO'
        ) AS names
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
    GROUP BY 1 HAVING bool_or(column_name IN ('company_id', 'companies'))
"""
OF_ITS_ID = f"company_id = '{FIRST}'"
OF_FIRST = {
    "identity.api_key": f"companies = '{{{FIRST}}}'",
    "foundation.operation": rf"{OF_ITS_ID} OR company_id = '*' AND key LIKE '%/{FIRST}-%'",
}
"""Keys, and what they were asked for with, are of no one company."""

_firsts: dict[str, "First"] = {}
"""By the database's address."""
_owners: "dict[str, asyncpg.Connection[asyncpg.Record]]" = {}


@dataclass(frozen=True)
class First:
    """The company that is copied."""

    keys: dict[str, str]
    statements: str
    """Which make its rows."""

    def of(self, company: str) -> "First":
        """As another company has it."""
        keys = {who: f"{key}-{company}" for who, key in self.keys.items()}
        statements = self.statements.replace(FIRST, company)
        for who, key in keys.items():
            statements = statements.replace(hash_of(self.keys[who]), hash_of(key))
        return First(keys, AN_ID.sub(lambda found: str(uuid5(IDS, f"{company} {found[0]}")), statements))


async def opened_for_business(erp: Erp, owner_url: str) -> None:
    """Open the company as `Erp.open_for_business` does."""
    owner = await _owner(owner_url)
    if owner_url not in _firsts:
        first = Erp(http=erp.http, temporal=erp.temporal, company=FIRST)
        await first.open_for_business()
        _firsts[owner_url] = First(first.keys, await _copy_of(owner))
    copy = _firsts[owner_url].of(erp.company)
    await owner.execute(copy.statements)
    erp.keys.update(copy.keys)
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
    _firsts.clear()


async def _copy_of(owner: "asyncpg.Connection[asyncpg.Record]") -> str:
    """What makes the same rows for a company that is not known yet, with keys for all who work there."""
    # The guards look at rows that come one by one, and have looked at these.
    statements = ["BEGIN", "SET LOCAL session_replication_role = replica"]
    for table in await owner.fetch(COLUMNS):
        rows, names = table["rows"], table["names"]
        of_first = OF_FIRST.get(rows, OF_ITS_ID)
        found = await owner.fetchval(
            f"SELECT json_agg(to_jsonb(one) ORDER BY ctid) FROM {rows} one WHERE {of_first}"
        )
        if found:
            made = f"json_populate_recordset(null::{rows}, {_quoted(found)})"
            statements.append(f"INSERT INTO {rows} ({names}) SELECT {names} FROM {made}")
    return ";\n".join([*statements, "COMMIT"])


def _quoted(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))
