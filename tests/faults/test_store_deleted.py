"""Temporal's store is gone: what has not ended is named, begun again from its rows, and goes on as if nothing
had been.
"""

from datetime import timedelta

import httpx
import pytest
from temporalio.client import Client

from foundation.database import Database
from perpetual.reconciling.comparing import compare
from perpetual.reconciling.mending import mend
from tests.erp import Erp
from tests.faults.stages import Stages
from tests.faults.stores import serving
from tests.faulty_steps import FaultySteps
from tests.workflows.billing_together import agrees

A_DAY = timedelta(days=1)


async def test_what_a_deleted_store_has_lost_goes_on_as_its_twin_that_was_not_disturbed(
    http: httpx.AsyncClient,
    dev_server: Client,
    database: Database,
    faults: FaultySteps,
    company: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    del database
    erp, twin = (Erp(http=http, temporal=dev_server, company=code) for code in (company, f"{company}B"))
    disturbed, undisturbed = Stages(erp), Stages(twin)
    async with serving(tmp_path_factory.mktemp("lost"), faults) as client:
        for one in (erp, twin):
            await one.open_for_business()
        await disturbed.begin()
        await undisturbed.begin()
        assert await disturbed.picture() == await undisturbed.picture()
        for one in (erp, twin):
            assert (await compare(client, one.company, since=A_DAY)).differences == []
        await undisturbed.end()
        await erp.at_rest()
        assert (await compare(client, twin.company, since=A_DAY)).differences == []

    async with serving(tmp_path_factory.mktemp("empty"), faults) as client:
        found = await compare(client, erp.company, since=A_DAY)
        assert len({one.process for one in found.differences}) >= 20
        assert {one.kind for one in found.differences} == {"not run"}
        assert await mend(client, found, seconds=30) == set()
        assert (await compare(client, erp.company, since=A_DAY)).differences == []

        await disturbed.end()

        await agrees(erp)
        assert (await compare(client, erp.company, since=A_DAY)).differences == []
        assert await disturbed.picture() == await undisturbed.picture()
