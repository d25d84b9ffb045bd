"""One PostgreSQL cluster, one Temporal server and one worker serve the whole session.

Each test has its own company.
"""

import asyncio
import itertools
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from importlib.util import find_spec

import asyncpg
import httpx
import hypothesis
import pytest
import structlog
import uvloop
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from foundation.database.connections import Database, open_database
from foundation.database.migrations import upgrade
from foundation.operations.agreement import Door
from foundation.operations.delivery import Answers
from foundation.values.messages import Caller
from perpetual.bootstrap import register_admin_key
from tests.builders.payroll import company_in_dollars
from tests.checked import asking
from tests.environment import at_work
from tests.erp import ADMIN_KEY, Erp
from tests.faulty_steps import FaultySteps
from tests.garbage import stays_to_the_end
from tests.opened import closed, opened_for_business
from tests.servers import as_application, start_postgres, start_temporal_that_skips_time

# How long it takes to make up an example says how busy the machine is, and nothing of us.
hypothesis.settings.register_profile("tests", suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("tests")

# A failure is logged with its traceback, as by a worker. With the values of all variables and in colours, as
# structlog shows it by itself, that took as long as ten requests.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        structlog.dev.ConsoleRenderer(colors=False),
    ]
)

# With each request httpx asks for a package that it can do without, and looks for it on the whole path: a
# third of a millisecond. Now it is known that it is not there.
if find_spec("sniffio") is None:
    vars(sys)["modules"]["sniffio"] = None

# A panic of the SDK's core at its end is noise enough in one line.
os.environ["RUST_BACKTRACE"] = "0"

_company_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def _asyncio_loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """The tests' event loop is the one that API and workers have where we are installed."""
    return uvloop.new_event_loop


@pytest.fixture(scope="session")
def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL cluster of the session's own, thrown away afterwards; a mutation run keeps one."""
    if kept := os.environ.get("PERPETUAL_TEST_CLUSTER"):
        yield kept
        return
    running = start_postgres(tmp_path_factory.mktemp("postgres"))
    yield running.address
    running.stop()


@pytest.fixture(scope="session")
def owner_url(cluster_url: str) -> str:
    """The owner's address of a migrated database: for what the application may not do."""
    owner = f"{cluster_url.rpartition('/')[0]}/tests"

    async def create() -> None:
        connection = await asyncpg.connect(cluster_url)
        await connection.execute("DROP DATABASE IF EXISTS tests WITH (FORCE)")
        await connection.execute("CREATE DATABASE tests")
        await connection.close()

    asyncio.run(create())
    upgrade(owner, as_application(owner))
    return owner


@pytest.fixture(scope="session")
def postgres_url(owner_url: str) -> str:
    """What API and workers log in with, and the administrator's key is known."""
    register_admin_key(as_application(owner_url), ADMIN_KEY)
    return as_application(owner_url)


@pytest.fixture(scope="session")
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """The database that operations and queries work on."""
    opened = open_database(postgres_url, pool_size=24)
    async with asking():
        yield opened
    await closed()
    await opened.close()


@pytest.fixture
def company() -> str:
    """The code of a company that nobody else uses; nothing is known of it yet."""
    return f"T{next(_company_numbers):05d}"


@pytest.fixture
def caller(company: str) -> Caller:
    """Somebody who works for the test's company."""
    return Caller(company=company, actor="a tester", correlation_id=f"test of {company}")


@pytest.fixture(scope="session")
async def environment() -> AsyncIterator[WorkflowEnvironment]:
    """A Temporal server that skips time while a test sleeps in it."""
    environment = await start_temporal_that_skips_time()
    yield environment
    await environment.shutdown()


@pytest.fixture(scope="session")
def temporal(environment: WorkflowEnvironment) -> Client:
    """A client of the server that skips time."""
    return environment.client


@pytest.fixture(scope="session")
def faults() -> FaultySteps:
    """Where a test says which steps are to be refused or repeated."""
    return FaultySteps()


@pytest.fixture(scope="session")
async def worker(database: Database, temporal: Client, faults: FaultySteps) -> AsyncIterator[Worker]:
    """A worker with every process and every operation."""
    del database  # It must be open before the worker is.
    async with at_work(temporal, faults) as running:
        yield running


@pytest.fixture(scope="session")
async def http(worker: Worker, temporal: Client) -> AsyncIterator[httpx.AsyncClient]:
    """The API, called as from outside."""
    del worker  # Without it no process would move.
    from api.app import app  # noqa: PLC0415  # Importing it builds every route: only for tests that need one.

    stays_to_the_end()
    app.state.temporal, app.state.answers, app.state.door = temporal, Answers(), Door()
    app.state.door.closed_why = None
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://perpetual") as client:
        yield client


@pytest.fixture
async def erp(
    http: httpx.AsyncClient, temporal: Client, faults: FaultySteps, company: str, owner_url: str
) -> AsyncIterator[Erp]:
    """A trading company with customers, items and stock, and everybody who works for it."""
    erp = Erp(http=http, temporal=temporal, company=company)
    await opened_for_business(erp, owner_url)
    yield erp
    faults.forget(company)
    faults.forget(company_in_dollars(company))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the SDK's threads a moment.

    The interpreter may abort when it exits under them, all tests passed.
    """
    del config
    if "temporalio.bridge.runtime" in sys.modules:
        time.sleep(0.5)
