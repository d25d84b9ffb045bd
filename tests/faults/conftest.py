"""A real Temporal server for what time skipping cannot show: workers that die and come back."""

import os
from collections.abc import AsyncIterator

import httpx
import pytest
from temporalio.client import Client

from foundation.database.connections import Database
from foundation.runtime.temporal import DATA_CONVERTER
from tests.environment import at_work
from tests.erp import Erp
from tests.faults.machines import Nursery
from tests.faulty_steps import FaultySteps
from tests.opened import opened_for_business
from tests.servers import start_temporal_dev_server


@pytest.fixture(scope="session")
async def dev_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    """A client of a dev server of the session's own."""
    running = start_temporal_dev_server(tmp_path_factory.mktemp("temporal"))
    yield await Client.connect(running.address, data_converter=DATA_CONVERTER)
    running.stop()


@pytest.fixture(scope="session")
async def nursery(
    dev_server: Client, postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Nursery]:
    """Where workers of the dev server and of the session's database are forked."""
    address = dev_server.service_client.config.target_host
    nursery = Nursery(tmp_path_factory.mktemp("nursery") / "workers.log")
    await nursery.open(os.environ | {"DATABASE_URL": postgres_url, "TEMPORAL_ADDRESS": address})
    yield nursery
    await nursery.close()


@pytest.fixture
async def on_dev_server(
    http: httpx.AsyncClient,
    dev_server: Client,
    database: Database,
    faults: FaultySteps,
    company: str,
    owner_url: str,
) -> AsyncIterator[Erp]:
    """A company whose processes run on the dev server."""
    from api.app import app  # noqa: PLC0415  # As the fixture `http` does.

    del database  # It must be open before the worker is.
    before, app.state.temporal = app.state.temporal, dev_server
    try:
        async with at_work(dev_server, faults):
            erp = Erp(http=http, temporal=dev_server, company=company)
            await opened_for_business(erp, owner_url)
            yield erp
            faults.forget(company)
    finally:
        app.state.temporal = before
