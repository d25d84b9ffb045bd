"""The schema files say what the migrated database is: object by object, and of every domain.

Seeds are rolled back.
"""

import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from domains import BANDS
from foundation.database.migrations import schema_files, upgrade
from tests.architecture.catalog import Catalog, catalog_of, differences
from tests.architecture.source import ROOT, plant
from tests.servers import as_application

SEEDED = {
    "not the same: function foundation.current_company()": """
        CREATE OR REPLACE FUNCTION foundation.current_company() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT 'ACME' $$""",
    "only in the migrated database: function sales.forget()": """
        CREATE FUNCTION sales.forget() RETURNS void LANGUAGE sql AS $$ SELECT $$""",
    "only in the files: trigger ledger.journal_entry: open_period": """
        DROP TRIGGER open_period ON ledger.journal_entry""",
    "not the same: trigger ledger.payment: refuse_change": """
        ALTER TABLE ledger.payment DISABLE TRIGGER refuse_change""",
    "not the same: policy inventory.stock: company": "ALTER POLICY company ON inventory.stock USING (true)",
    "not the same: table identity.api_key": "GRANT DELETE ON identity.api_key TO perpetual_app",
    "not the same: column sales.sales_order.reason": """
        ALTER TABLE sales.sales_order ALTER reason DROP DEFAULT""",
    "only in the files: index foundation.operation_correlation_id_idx": """
        DROP INDEX foundation.operation_correlation_id_idx""",
}


@pytest.fixture
async def migrated(cluster_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A database that was made by the migrations."""
    async with _new_database(cluster_url) as url:
        upgrade(url, as_application(url))
        async with _connected(url) as connection:
            yield connection


@pytest.fixture
async def from_files(cluster_url: str, postgres_url: str) -> Catalog:
    """What the files alone make; the role is there, since another database was migrated before."""
    del postgres_url
    async with _new_database(cluster_url) as url, _connected(url) as connection:
        for path in schema_files():
            await connection.execute(path.read_text(encoding="utf-8"))
        return await catalog_of(connection)


@asynccontextmanager
async def _new_database(cluster_url: str) -> AsyncIterator[str]:
    name = f"schema_{uuid4().hex}"
    address, _, _ = cluster_url.rpartition("/")
    async with _connected(cluster_url) as owner:
        await owner.execute(f"CREATE DATABASE {name}")
        yield f"{address}/{name}"
        await owner.execute(f"DROP DATABASE {name}")


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def test_the_migrated_database_is_what_the_files_say(
    from_files: Catalog, migrated: asyncpg.Connection
) -> None:
    different = differences(from_files, await catalog_of(migrated))

    assert not different, "\n".join(different)
    for kind in ("schema", "table", "column", "constraint", "index", "function", "trigger", "policy"):
        assert any(name.startswith(f"{kind} ") for name in from_files), f"no {kind} was compared"


async def test_what_only_one_of_them_has_or_says_otherwise_is_named(
    from_files: Catalog, migrated: asyncpg.Connection
) -> None:
    for named, statement in SEEDED.items():
        seeding = migrated.transaction()
        await seeding.start()
        await migrated.execute(statement)
        different = differences(from_files, await catalog_of(migrated))
        await seeding.rollback()

        assert different == [named]


def out_of_order(root: Path) -> list[str]:
    """Domains with tables or a schema file that do not stand in BANDS, or have no schema file."""
    placed = {domain for band in BANDS for domain in band}
    owners = {path.parent.name for path in root.glob("domains/*/tables*") if path.suffix in ("", ".py")}
    files = {path.parent.name for path in root.glob("domains/*/schema.sql")}
    return sorted(((owners | files) - placed) | ((owners | placed) - files))


def test_every_domain_has_a_schema_file_with_its_place_in_the_order() -> None:
    assert out_of_order(ROOT) == []


def test_a_domain_without_a_place_is_seen(tmp_path: Path) -> None:
    there = {f"domains/{domain}/schema.sql": "" for band in BANDS for domain in band}
    plant(tmp_path, there | {"domains/projects/schema.sql": "", "domains/mrp/tables.py": ""})

    assert out_of_order(tmp_path) == ["mrp", "projects"]


def test_the_order_is_the_one_in_which_domains_may_know_each_other() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one["id"] == "bands-of-domains")

    assert [set(layer.split(" | ")) for layer in reversed(layers)] == [set(band) for band in BANDS]


def test_schema_files_are_shipped() -> None:
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]

    assert "*.sql" in shipped["*"]
