"""Temporal's store is gone: what has not ended is named, begun again from its rows, and goes on as if nothing
had been. `PERPETUAL_COMPANIES=25 PERPETUAL_TEST_SECONDS=1800` loses 500 processes of 25 companies.
"""

import asyncio
import os
from datetime import timedelta

import httpx
import pytest
from temporalio.client import Client

from foundation.database.connections import Database
from perpetual.reconciling.comparing import compare
from perpetual.reconciling.mending import mend
from tests.erp import Erp
from tests.faults.stages import Stages
from tests.faults.stores import serving
from tests.faulty_steps import FaultySteps
from tests.workflows.billing_together import agrees

A_DAY = timedelta(days=1)
COMPANIES = int(os.environ.get("PERPETUAL_COMPANIES", "1"))
"""So many lose their processes; all have one twin."""
OF_A_COMPANY = 20
"""So many processes, at least."""


async def test_what_a_deleted_store_has_lost_goes_on_as_its_twin_that_was_not_disturbed(
    http: httpx.AsyncClient,
    dev_server: Client,
    database: Database,
    faults: FaultySteps,
    company: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    del database
    codes = [company, *(f"{company}X{number}" for number in range(1, COMPANIES))]
    all_, twin = [_in(http, dev_server, code) for code in codes], _in(http, dev_server, f"{company}B")
    undisturbed = Stages(twin)
    disturbed = [Stages(erp) for erp in all_]
    async with serving(tmp_path_factory.mktemp("lost"), faults) as client:
        for one in (*disturbed, undisturbed):
            await one.erp.open_for_business()
            await one.begin()
        for one in disturbed:
            await _until_equal(one, undisturbed)
            assert (await compare(client, one.erp.company, since=A_DAY)).differences == []
        await undisturbed.end()
        await twin.at_rest()
        assert (await compare(client, twin.company, since=A_DAY)).differences == []

    async with serving(tmp_path_factory.mktemp("empty"), faults) as client:
        for erp in all_:
            found = await compare(client, erp.company, since=A_DAY)
            assert len({one.process for one in found.differences}) >= OF_A_COMPANY
            assert {one.kind for one in found.differences} == {"not run"}
            assert await mend(client, found, seconds=30) == set()
            assert (await compare(client, erp.company, since=A_DAY)).differences == []
        for one in disturbed:
            await one.end()
            await agrees(one.erp)
            assert (await compare(client, one.erp.company, since=A_DAY)).differences == []
            await _until_equal(one, undisturbed)


async def _until_equal(one: Stages, twin: Stages) -> None:
    """What is announced, and to whom, takes a moment longer."""
    for _ in range(40):
        if await one.picture() == await twin.picture():
            return
        await asyncio.sleep(0.25)
    assert await one.picture() == await twin.picture()


def _in(http: httpx.AsyncClient, client: Client, company: str) -> Erp:
    return Erp(http=http, temporal=client, company=company)
