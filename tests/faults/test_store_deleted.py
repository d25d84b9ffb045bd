"""Temporal's store is gone: what has not ended is named, begun again from its rows, and goes on as if nothing
had been.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from temporalio.client import Client

from foundation import begun_again, lost
from foundation.database import Database
from foundation.temporal import DATA_CONVERTER
from tests.environment import at_work
from tests.erp import Erp
from tests.faults.stages import Stages
from tests.faulty_steps import FaultySteps
from tests.servers import start_temporal_dev_server
from tests.workflows.billing_together import agrees


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
        assert await lost.lost(dev_server, erp.company) == []
        await undisturbed.end()
        await erp.at_rest()
    async with an_empty_server(tmp_path_factory, faults) as client:
        erp.temporal = client
        found = await lost.lost(client, erp.company)
        assert len(found) >= 20
        begun = {one.process.id: erp.company for one in found}
        for process_id in begun:
            assert await begun_again.begin_again(client, erp.company, process_id, "a test")
        left = await begun_again.send_all(client, begun, seconds=15)
        if left:
            from foundation.database import database as db
            from sqlalchemy import text
            async with db().read(erp.company) as tx:
                for q in ("select process_id, number, kind, answered_at, again, due_at, now(), refusal from foundation.command where again and process_id = any(:i)", "select process_id, kind, id from foundation.inbox where delivered_at is null and process_id = any(:i)","select process_id, foundation.order_taken(process_id) o from foundation.command where number=1 and process_id = any(:i)"):
                    for r in await tx.execute(text(q), {"i": list(left)}):
                        print("LEFT", r)
            for one in sorted(left)[:3]:
                print(one, await client.get_workflow_handle(one).query("progress"))
        assert left == set()
        assert await lost.lost(client, erp.company) == []

        await disturbed.end()

        await agrees(erp)
        assert await disturbed.picture() == await undisturbed.picture()
    app.state.temporal = before
