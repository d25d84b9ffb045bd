"""The application's role is made once, by whoever may; by hand as docs/operations.md says."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from foundation.database import roles
from foundation.database.connections import Database
from foundation.database.migrations import upgrade
from tests.servers import Running, start_postgres

OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
PASSWORD = "päss wörd/'%@"  # noqa: S105  # Of a cluster that is thrown away.
SOMETHING_TOLD = text(
    "INSERT INTO foundation.inbox (process_id, kind, body) "
    "SELECT 'ONE/order_to_cash/1', 'heard', '{}' FROM set_config('perpetual.operation', 'ONE/1', true) "
    "RETURNING id"
)
MAKE_DUE = text("UPDATE foundation.inbox SET due_at = now()")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Running]:
    """A PostgreSQL in which nobody has made a role yet."""
    running = start_postgres(tmp_path)
    yield running
    running.stop()


def by_hand(what: str) -> str:
    """A block of SQL from the documentation."""
    found = re.search(rf"<!-- {what} -->\n```sql\n(.*?)```", OPERATIONS, re.DOTALL)
    assert found, what
    return found.group(1)


async def run(url: str, *statements: str) -> None:
    """Run statements one by one, in no transaction."""
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def test_databases_of_one_cluster_that_are_made_at_once_make_the_role_together(
    cluster: Running,
) -> None:
    address, _, _ = cluster.address.rpartition("/")
    names = [f"books_{number}" for number in range(6)]
    await run(
        cluster.address, "CREATE EXTENSION pg_stat_statements", *(f"CREATE DATABASE {x}" for x in names)
    )
    pairs = [
        (url, roles.application_url_for(url, PASSWORD)) for name in names * 2 for url in [f"{address}/{name}"]
    ]

    await asyncio.gather(*(roles.prepare(owner_url=owner, application_url=mine) for owner, mine in pairs))

    for _, application in pairs:
        connection = await asyncpg.connect(application)
        assert await connection.fetchval(roles.POWERS) is None
        await connection.close()
    owner = await asyncpg.connect(cluster.address)
    said = await owner.fetch("SELECT query FROM pg_stat_statements")
    assert [row["query"] for row in said if PASSWORD[:4] in row["query"]] == []
    await owner.close()


async def test_what_somebody_has_changed_about_the_role_is_put_right(cluster: Running) -> None:
    mine = roles.application_url_for(cluster.address, PASSWORD)
    await run(
        cluster.address,
        "CREATE ROLE perpetual_app NOLOGIN SUPERUSER CREATEDB CREATEROLE REPLICATION PASSWORD 'old'",
        "ALTER ROLE perpetual_app BYPASSRLS",
        "GRANT CREATE ON SCHEMA public TO PUBLIC",
        "GRANT CREATE ON DATABASE perpetual TO perpetual_app",
    )

    await roles.prepare(owner_url=cluster.address, application_url=mine)

    connection = await asyncpg.connect(mine)
    assert await connection.fetchval(roles.POWERS) is None
    await connection.close()


async def test_roles_made_by_hand_are_enough_for_an_owner_who_may_make_none(cluster: Running) -> None:
    await run(
        cluster.address, "CREATE ROLE erp_owner LOGIN PASSWORD 'o'", "CREATE DATABASE erp OWNER erp_owner"
    )
    where = f"{cluster.address.rpartition('@')[2].partition('/')[0]}/erp"
    administrator = f"{cluster.address.rpartition('/')[0]}/erp"
    owner, application, own = (
        f"postgresql://{login}@{where}"
        for login in ("erp_owner:o", "perpetual_app:a%20long%20one", "erp_app:a%20long%20one")
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await roles.prepare(owner_url=owner, application_url=application)

    await run(administrator, by_hand("roles by hand"), by_hand("a login of its own"))

    for url in (application, own):
        upgrade(owner, url)
        pool = Database(url, pool_size=1)
        async with pool.write("ONE", "somebody") as tx:
            (written,) = await tx.scalars(SOMETHING_TOLD)
            await tx.execute(MAKE_DUE)
        async with pool.transaction() as tx:
            given = (await tx.execute(text("SELECT * FROM foundation.undelivered(10)"))).all()
            seen = await tx.scalar(text("SELECT count(*) FROM foundation.inbox"))
        await pool.close()
        assert ("ONE", written) in [tuple(one) for one in given]
        assert seen == 0
