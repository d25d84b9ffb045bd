"""Whichever of the two stores is older, other, or gone: nothing is accepted until they were reconciled."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from structlog.testing import capture_logs
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from foundation.database.connections import Database, working_on
from foundation.database.connections import database as database_of
from foundation.database.migrations import upgrade
from foundation.operations import agreement
from foundation.operations.agreement import Door, NotTold
from foundation.runtime.temporal import DATA_CONVERTER
from perpetual.checking import Shown
from perpetual.reconciling import command
from perpetual.reconciling.comparing import Found
from perpetual.reconciling.mending import mend
from perpetual.servers.startup_errors import StartupError
from tests.erp import Erp
from tests.faults.stores import nobody_else_sends
from tests.servers import as_application, start_temporal_dev_server

_names = (f"agreeing_{number}" for number in itertools.count(1))


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look counts."""
    monkeypatch.setattr(agreement, "COUNTS_AFTER_SECONDS", 0.0)


@pytest.fixture
async def books(cluster_url: str, database: Database) -> AsyncIterator[str]:
    """New books of the test's own; gives their name."""
    del database  # What it is put in the place of.
    name = next(_names)
    owner = f"{cluster_url.rpartition('/')[0]}/{name}"
    await asked(cluster_url, f"CREATE DATABASE {name}")
    upgrade(owner, as_application(owner))
    # The session's relay would look for what is to be sent, and be in the middle of it at the end.
    with nobody_else_sends(await nobody_there()):
        async with working_on(as_application(owner)):
            yield name


@contextmanager
def temporal_at(directory: Path) -> Iterator[str]:
    """A server whose store lies there."""
    running = start_temporal_dev_server(directory)
    try:
        yield running.address
    finally:
        running.stop()


async def asked(url: str, statement: str) -> Any:
    """As the owner."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def at(address: str) -> Client:
    """A client of it."""
    return await Client.connect(address, data_converter=DATA_CONVERTER)


async def test_new_books_and_a_new_temporal_agree_and_go_on_to(books: str, tmp_path: Path) -> None:
    del books
    with temporal_at(tmp_path) as address:
        client = await at(address)
        assert [await agreement.look(client) for _ in range(3)] == [None] * 3
        assert (await agreement._mark(client, (await agreement._read()).installation)).number == 3
    with temporal_at(tmp_path) as address:
        assert await agreement.look(await at(address)) is None


async def test_books_that_are_older_than_temporal_close_the_door_for_all_until_they_are_mended(
    books: str, cluster_url: str, tmp_path: Path
) -> None:
    del books
    address_of_books = database_of().engine.url.render_as_string(hide_password=False)
    with temporal_at(tmp_path) as address:
        client = await at(address)
        assert await agreement.look(client) is None
        told = (await agreement._read()).told
        for _ in range(3):
            assert await agreement.look(client) is None
        owner = f"{cluster_url.rpartition('/')[0]}/{address_of_books.rpartition('/')[2]}"
        await asked(owner, f"UPDATE foundation.agreement SET told = {told}, seen = {told - 1}")

        assert await agreement.look(client) == agreement.OLDER_BOOKS
        # Whoever looks later, and cannot ask Temporal, sees it in the books.
        assert await agreement.look(await nobody_there()) == agreement.OLDER_BOOKS

        await mend(client, Found(), seconds=1, opens=True)

        assert [await agreement.look(client) for _ in range(3)] == [None] * 3


async def nobody_there() -> Client:
    """A client of a server that is away."""
    return await Client.connect("127.0.0.1:9", lazy=True)


async def test_books_that_were_copied_close_the_door_also_while_temporal_is_away(
    books: str, cluster_url: str, tmp_path: Path
) -> None:
    with temporal_at(tmp_path) as address:
        client = await at(address)
        for _ in range(2):
            assert await agreement.look(client) is None
        await database_of().close()
        await asked(cluster_url, f"CREATE DATABASE copy_of_{books} TEMPLATE {books}")
        await asked(cluster_url, f"REVOKE CREATE, TEMPORARY ON DATABASE copy_of_{books} FROM PUBLIC")
        await asked(cluster_url, f"GRANT CONNECT ON DATABASE copy_of_{books} TO perpetual_app")
        copy = as_application(f"{cluster_url.rpartition('/')[0]}/copy_of_{books}")
        async with working_on(copy):
            assert await agreement.look(await nobody_there()) == agreement.MOVED_BOOKS
            assert await agreement.look(client) == agreement.MOVED_BOOKS
        # The ones that it was made from go on.
        assert await agreement.look(client) is None
        async with working_on(copy):
            assert await agreement.look(client) == agreement.OLDER_BOOKS


async def test_a_temporal_that_is_older_or_empty_closes_the_door(books: str, tmp_path: Path) -> None:
    del books
    newer, older = tmp_path / "newer", tmp_path / "older"
    with temporal_at(newer) as address:
        assert await agreement.look(await at(address)) is None
    shutil.copytree(newer, older)
    with temporal_at(newer) as address:
        for _ in range(3):
            assert await agreement.look(await at(address)) is None

    with temporal_at(older) as address:
        client = await at(address)
        assert await agreement.look(client) == agreement.OLDER_STORE
        await agreement.reconciled(client)
        assert [await agreement.look(client) for _ in range(3)] == [None] * 3

    with temporal_at(tmp_path / "empty") as address:
        client = await at(address)
        assert await agreement.look(client) == agreement.OTHER_STORE
        await agreement.reconciled(client)
        assert [await agreement.look(client) for _ in range(3)] == [None] * 3


def of_books(cluster_url: str, name: str) -> str:
    """The owner's address of a test's own books."""
    return f"{cluster_url.rpartition('/')[0]}/{name}"


def that_is(status: RPCStatusCode) -> RPCError:
    """What Temporal says."""
    return RPCError("the test wants it", status, b"")


@pytest.mark.parametrize("goes_away", [False, True])
async def test_who_began_to_look_before_somebody_reconciled_closes_nothing_again(
    books: str, cluster_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, goes_away: bool
) -> None:
    with temporal_at(tmp_path) as address:
        client = await at(address)
        assert await agreement.look(client) is None
        before = "seen = told + 1000, told = told + 1000" + (", books = 'others'" if goes_away else "")
        await asked(of_books(cluster_url, books), f"UPDATE foundation.agreement SET {before}")
        ask = agreement._mark

        async def ask_while_somebody_reconciles(client: Client, installation: object) -> agreement.Mark:
            monkeypatch.setattr(agreement, "_mark", ask)
            mark = await ask(client, installation)
            await agreement.reconciled(client)
            if goes_away:
                raise that_is(RPCStatusCode.UNAVAILABLE)
            return mark

        monkeypatch.setattr(agreement, "_mark", ask_while_somebody_reconciles)

        assert [await agreement.look(client) for _ in range(3)] == [None] * 3


@pytest.mark.parametrize("is_slow", [False, True])
async def test_the_door_stays_closed_until_temporal_was_told_and_who_compares_hears_of_it(
    books: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_slow: bool
) -> None:
    del books
    with temporal_at(tmp_path / "gone") as address:
        assert await agreement.look(await at(address)) is None
    with temporal_at(tmp_path / "empty") as address:
        client = await at(address)
        assert await agreement.look(client) == agreement.OTHER_STORE

        async def away(*_: Any, **__: Any) -> None:
            raise that_is(RPCStatusCode.UNAVAILABLE)

        with monkeypatch.context() as patched:
            if is_slow:
                patched.setattr(agreement, "TELLS_WITHIN_SECONDS", 0.0)
            else:
                patched.setattr(client.workflow_service, "update_namespace", away)
            with pytest.raises(NotTold, match="run 'perpetual check --all --temporal' again"):
                await agreement.reconciled(client)
        assert await agreement.look(client) == agreement.OTHER_STORE

        await agreement.reconciled(client)
        assert [await agreement.look(client) for _ in range(3)] == [None] * 3


async def test_a_comparison_of_which_temporal_was_not_told_ends_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_told(*_: Any, **__: Any) -> Any:
        raise NotTold("it is away")

    monkeypatch.setattr(command, "_reconcile", not_told)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    shown = Shown(quiet=False, as_json=False)

    with pytest.raises(StartupError, match="run 'perpetual check --all --temporal' again"):
        await asyncio.to_thread(command.reconcile, tmp_path, None, mend=False, hours=1, shown=shown)


@pytest.mark.parametrize("status", [RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED])
async def test_where_temporal_may_not_be_asked_postgresql_alone_closes_the_door(
    books: str, cluster_url: str, monkeypatch: pytest.MonkeyPatch, status: RPCStatusCode
) -> None:
    async def refused(*_: Any, **__: Any) -> None:
        raise that_is(status)

    client = await nobody_there()
    for call in ("describe_namespace", "update_namespace"):
        monkeypatch.setattr(client.workflow_service, call, refused)
    door = Door()
    agreement._say_unasked.cache_clear()
    with capture_logs() as said:
        for _ in range(3):
            await door.look(client)
            assert door.closed_why is None
    # Others in this process say something of their own meanwhile.
    ours = [(one["event"], one["log_level"]) for one in said if one["event"] == agreement.UNASKED]
    assert ours == [(agreement.UNASKED, "warning")]

    await asked(of_books(cluster_url, books), "UPDATE foundation.agreement SET books = 'before a restore'")
    assert await agreement.look(client) == agreement.MOVED_BOOKS
    await agreement.reconciled(client)
    assert [await agreement.look(client) for _ in range(3)] == [None] * 3


async def test_what_temporal_has_told_is_known_while_it_may_not_be_asked(
    books: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del books

    async def refused(*_: Any, **__: Any) -> None:
        raise that_is(RPCStatusCode.PERMISSION_DENIED)

    with temporal_at(tmp_path / "its own") as address:
        client = await at(address)
        assert [await agreement.look(client) for _ in range(3)] == [None] * 3
        with monkeypatch.context() as patched:
            patched.setattr(client.workflow_service, "describe_namespace", refused)
            assert [await agreement.look(client) for _ in range(3)] == [None] * 3
        assert [await agreement.look(client) for _ in range(3)] == [None] * 3
    with temporal_at(tmp_path / "another") as address:
        assert await agreement.look(await at(address)) == agreement.OTHER_STORE


async def test_new_books_do_not_go_on_with_the_processes_of_others(
    books: str, cluster_url: str, tmp_path: Path
) -> None:
    with temporal_at(tmp_path) as address:
        client = await at(address)
        assert await agreement.look(client) is None
        owner = f"{cluster_url.rpartition('/')[0]}/others_than_{books}"
        await asked(cluster_url, f"CREATE DATABASE others_than_{books}")
        upgrade(owner, as_application(owner))
        async with working_on(as_application(owner)):
            assert await agreement.look(client) == agreement.OTHER_BOOKS


async def test_a_closed_door_answers_who_writes_and_serves_who_reads(
    http: httpx.AsyncClient, erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.app import app  # noqa: PLC0415  # As the fixture `http` does.

    monkeypatch.setattr(app.state.door, "closed_why", agreement.OLDER_BOOKS)
    closed = await erp.request("POST", "/v1/sales-orders", {}, by="sales clerk")
    changed = await erp.request("PATCH", f"/v1/webhooks/{'0' * 8}-0000-0000-0000-{'0' * 12}", {})
    read = await erp.request("GET", "/v1/sales-orders")
    health = (await http.get("/health/ready")).json()
    app.state.door.closed_why = None
    order = await erp.place()

    assert (closed.status_code, closed.json()["type"]) == (503, "/problems/not-reconciled")
    assert "the books are older" in closed.json()["detail"]
    assert "perpetual check --all --temporal" in closed.json()["detail"]
    assert (closed.json()["retryable"], closed.headers["Retry-After"]) == (True, "2")
    assert (changed.status_code, read.status_code) == (503, 200)
    assert (health["accepts"], health["postgresql"]) == (False, True)
    assert order["order_id"]


async def test_every_route_that_changes_something_asks_whether_the_door_is_open(
    http: httpx.AsyncClient, erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.app import app  # noqa: PLC0415  # As the fixture `http` does.

    monkeypatch.setattr(app.state.door, "closed_why", agreement.NOT_LOOKED)
    open_routes = []
    for path, methods in http_paths(app):
        for method in methods - {"GET", "HEAD", "OPTIONS"}:
            asked_path = path.replace("{", "").replace("}", "")
            answer = await erp.request(method, asked_path, {})
            if answer.status_code != 503:
                open_routes.append((method, path, answer.status_code))
    assert open_routes == []


def http_paths(app: Any) -> Iterator[tuple[str, set[str]]]:
    """Every path of the API with its methods."""
    for path, operations in app.openapi()["paths"].items():
        yield path, {method.upper() for method in operations}
