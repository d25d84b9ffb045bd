"""Brings a database to the schema that this version of the code expects. Migrations only go forward."""

import asyncio
import importlib
import threading
from pathlib import Path

from alembic import command, op
from alembic.config import Config
from sqlalchemy.util import await_only

from foundation.database import roles
from foundation.runtime.modules import modules_below

ROOT = Path(__file__).parent.parent.parent


def upgrade(owner_url: str, application_url: str) -> None:
    """Let the application log in, and apply every migration that the database has not seen yet.

    Safe to call from several places at once. Raises: LoginRefused.
    """
    config = Config(ROOT / "deploy" / "alembic.ini")
    config.attributes["database_url"] = owner_url
    failures: list[BaseException] = []

    def apply() -> None:
        try:
            asyncio.run(roles.prepare(owner_url=owner_url, application_url=application_url))
            command.upgrade(config, "head")
        except BaseException as failure:
            failures.append(failure)

    # The migrations run an event loop of their own, and the caller may be inside one already.
    thread = threading.Thread(target=apply)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


def every_table() -> None:
    """Import every module that declares tables, so that the metadata is complete."""
    importlib.import_module("foundation.database.tables")
    domains = importlib.import_module("domains")
    for band in domains.BANDS:
        for domain in band:
            modules_below(f"domains.{domain}.tables")


def schema_files() -> list[Path]:
    """The files that say what the schema is, in the order in which they run: foundation's, then domains'."""
    bands: tuple[tuple[str, ...], ...] = importlib.import_module("domains").BANDS
    domains = [ROOT / "domains" / domain for band in bands for domain in band]
    return [folder / "schema.sql" for folder in (ROOT / "foundation" / "database", *domains)]


def run_script(sql: str) -> None:
    """Run several SQL statements in the migration's transaction.

    They go to the driver directly, because a prepared statement holds only one.
    """
    op.execute("SELECT 1")  # Begins the transaction that the script then runs in.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    await_only(connection.execute(sql))
