"""Temporal's store is gone: what has not ended is named, begun again from its rows, and goes on as if nothing
had been.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from temporalio.client import Client

from foundation.database import Database
from foundation.temporal import DATA_CONVERTER
from perpetual.reconciling.comparing import compare
from perpetual.reconciling.mending import mend
from tests.environment import at_work
from tests.erp import Erp
from tests.faults.stages import Stages
from tests.faulty_steps import FaultySteps
from tests.servers import start_temporal_dev_server
from tests.workflows.billing_together import agrees

A_DAY = timedelta(days=1)


@asynccontextmanager
async def an_empty_server(
    tmp_path_factory: pytest.TempPathFactory, faults: FaultySteps
) -> AsyncIterator[Client]:
    """Another server, that knows nothing, at which API and workers work from now on."""
    from api.app import app  # noqa: PLC0415  # As the fixture `http` does.

    running = start_temporal_dev_server(tmp_path_factory.mktemp("temporal"))
    client = await Client.connect(running.address, data_converter=DATA_CONVERTER)
    before, app.state.temporal = app.state.temporal, client
    try:
        async with at_work(client, faults):
            yield client
    finally:
        app.state.temporal = before
        running.stop()


async def test_what_a_deleted_store_has_lost_goes_on_as_its_twin_that_was_not_disturbed(
    http: httpx.AsyncClient,
    dev_server: Client,
    database: Database,
    faults: FaultySteps,
    company: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    from api.app import app  # noqa: PLC0415

    del database
    erp, twin = (Erp(http=http, temporal=dev_server, company=code) for code in (company, f"{company}B"))
    before, app.state.temporal = app.state.temporal, dev_server
    async with at_work(dev_server, faults):
        for one in (erp, twin):
            await one.open_for_business()
        disturbed, undisturbed = Stages(erp), Stages(twin)
        await disturbed.begin()
        await undisturbed.begin()
        assert await disturbed.picture() == await undisturbed.picture()
        for one in (erp, twin):
            assert (await compare(dev_server, one.company, since=A_DAY)).differences == []
        await undisturbed.end()
        await erp.at_rest()
        assert (await compare(dev_server, twin.company, since=A_DAY)).differences == []
    async with an_empty_server(tmp_path_factory, faults) as client:
        erp.temporal = client
        found = await compare(client, erp.company, since=A_DAY)
        named = {one.process for one in found.differences}
        assert len(named) >= 20
        assert {one.kind for one in found.differences} == {"not run"}
        left = await mend(client, found, seconds=30)
        assert left == set()
        assert (await compare(client, erp.company, since=A_DAY)).differences == []

        await disturbed.end()

        await agrees(erp)
        assert (await compare(client, erp.company, since=A_DAY)).differences == []
        assert await disturbed.picture() == await undisturbed.picture()
    app.state.temporal = before
