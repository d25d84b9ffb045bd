"""Questions to a migrated database: is every row of a company protected, is the schema what the code says?"""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from foundation.database.connections import Table
from foundation.database.migrations import every_table
from foundation.database.roles import APPLICATION_ROLE

OF_NO_COMPANY = {
    "public.alembic_version": "which migrations the database has seen",
    "foundation.agreement": "whether the database as a whole is of one moment with Temporal",
    "identity.api_key": "a key may work for several companies; its policies show it only to whoever has it",
}

_OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
_TABLES = f"""
    SELECT n.nspname || '.' || c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND {_OURS}
    """
_COMPANY = """SELECT FROM pg_attribute a
    WHERE a.attrelid = c.oid AND a.attname = 'company_id' AND NOT a.attisdropped"""
_HAS_COMPANY = f"EXISTS ({_COMPANY})"
_IS_SCOPED = """EXISTS (
    SELECT FROM pg_policy p
    WHERE p.polrelid = c.oid AND pg_get_expr(p.polqual, p.polrelid) LIKE '%current_company()%')"""

UNPROTECTED = f"""{_TABLES} AND {_HAS_COMPANY}
    AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND {_IS_SCOPED}) ORDER BY 1"""
NULLABLE_COMPANY = f"{_TABLES} AND EXISTS ({_COMPANY} AND NOT a.attnotnull) ORDER BY 1"
WITHOUT_COMPANY = f"{_TABLES} AND NOT {_HAS_COMPANY} ORDER BY 1"
FOREIGN_KEYS_ACROSS = f"""
    SELECT f.conrelid::regclass || ' → ' || f.confrelid::regclass
    FROM pg_constraint f
    JOIN pg_class c ON c.oid = f.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class other ON other.oid = f.confrelid
    JOIN pg_namespace elsewhere ON elsewhere.oid = other.relnamespace
    WHERE f.contype = 'f' AND elsewhere.nspname NOT IN (n.nspname, 'master_data')
        AND NOT (elsewhere.nspname = 'ledger' AND n.nspname NOT IN ('foundation', 'identity', 'master_data'))
        AND {_OURS} ORDER BY 1
    """
OWNED_BY_THE_APPLICATION = f"{_TABLES} AND pg_get_userbyid(c.relowner) = '{APPLICATION_ROLE}' ORDER BY 1"
MAY_SWITCH_PROTECTION_OFF = f"""
    SELECT rolname FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}' AND (rolsuper OR rolbypassrls)
    """
_CONSTRAINTS = f"""
    SELECT n.nspname || '.' || c.relname || ': ' || k.conname
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conparentid = 0 AND {_OURS}
      AND n.nspname || '.' || c.relname <> 'public.alembic_version'
    """


async def found(connection: AsyncConnection, question: str) -> list[str]:
    """The names that a question finds."""
    return list((await connection.execute(text(question.replace(":", "\\:")))).scalars())


async def differences(connection: AsyncConnection, *, only_schema: str | None = None) -> list[str]:
    """What alembic would change in the database, so that it becomes what the tables in the code say."""
    return await connection.run_sync(_differences, only_schema)


def _differences(connection: Connection, only_schema: str | None) -> list[str]:
    def is_looked_at(name: str | None, kind: str, parents: Any) -> bool:
        del parents
        return kind != "schema" or only_schema is None or name == only_schema

    every_table()
    options = {"include_schemas": True, "include_name": is_looked_at}
    context = MigrationContext.configure(connection, opts=options)
    return [str(difference) for difference in compare_metadata(context, Table.metadata)]


async def constraints_of_one_side(connection: AsyncConnection) -> list[str]:
    """Keys, references and checks that only the migrations or only the tables in the code have, by name."""
    every_table()
    in_code = {
        f"{table.schema}.{table.name}: {_full_name(connection, constraint)}"
        for table in Table.metadata.tables.values()
        for constraint in table.constraints
    }
    in_database = set(await found(connection, _CONSTRAINTS))
    only_code = [f"only in the code: {name}" for name in sorted(in_code - in_database)]
    return only_code + [f"only in the database: {name}" for name in sorted(in_database - in_code)]


def _full_name(connection: AsyncConnection, constraint: Any) -> str | None:
    return connection.dialect.identifier_preparer.format_constraint(constraint)
