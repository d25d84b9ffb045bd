"""Pairs of stores of which one is older, from seeds: all is named, no number comes twice, nothing is doubled;
and stores that nobody has disturbed agree. `PERPETUAL_PAIRS=20` tries so many of each.
"""

import shutil

import httpx
import pytest
from temporalio.client import Client

from perpetual.reconciling.comparing import compare
from perpetual.reconciling.mending import mend
from tests.erp import Erp
from tests.faults.pairs import SEEDS, Business
from tests.faults.stores import at_work_at, serving
from tests.faults.test_older_books import A_DAY, copy_of_the_books, numbers_of, restored
from tests.faulty_steps import FaultySteps
from tests.workflows.billing_together import agrees

STEPS = 8


async def nothing_differs(client: Client, erp: Erp) -> None:
    """As it must be when nobody has disturbed anything."""
    await erp.at_rest()
    found = (await compare(client, erp.company, since=A_DAY)).differences
    assert not found, "\n".join(one.as_text() for one in found)


@pytest.mark.parametrize("seed", SEEDS)
async def test_books_that_are_older(
    http: httpx.AsyncClient,
    dev_server: Client,
    faults: FaultySteps,
    company: str,
    cluster_url: str,
    postgres_url: str,
    seed: int,
) -> None:
    erp = Erp(http=http, temporal=dev_server, company=company)
    business = Business(erp, seed)
    async with at_work_at(dev_server, faults):
        await business.begin()
        await business.go_on(STEPS)
        await erp.at_rest()
    await copy_of_the_books(cluster_url, f"older_{seed}")
    async with at_work_at(dev_server, faults):
        known = await numbers_of(erp)
        await business.go_on(STEPS)
        given = await numbers_of(erp) - known
        await nothing_differs(dev_server, erp)

    async with restored(f"older_{seed}", postgres_url), at_work_at(dev_server, faults):
        found = await compare(dev_server, company, since=A_DAY)
        named = "\n".join(one.as_text() for one in found.differences)
        assert not [number for number in given if number not in named], named
        assert await mend(dev_server, found, seconds=60) == set()
        await business.end()
        assert not await numbers_of(erp) & given
        await agrees(erp)
        await nothing_differs(dev_server, erp)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_temporal_that_is_older(
    http: httpx.AsyncClient,
    faults: FaultySteps,
    company: str,
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
) -> None:
    newer, older = tmp_path_factory.mktemp("newer"), tmp_path_factory.mktemp("older")
    async with serving(newer, faults) as client:
        erp = Erp(http=http, temporal=client, company=company)
        business = Business(erp, seed)
        await business.begin()
        await business.go_on(STEPS)
        await erp.at_rest()
    shutil.copytree(newer, older, dirs_exist_ok=True)
    async with serving(newer, faults) as client:
        erp.temporal = client
        await business.go_on(STEPS)
        await nothing_differs(client, erp)

    async with serving(older, faults) as client:
        erp.temporal = client
        known = await numbers_of(erp)
        found = await compare(client, company, since=A_DAY)
        assert await mend(client, found, seconds=60) == set()
        assert await numbers_of(erp) == known
        await business.end()
        await agrees(erp)
        await nothing_differs(client, erp)
