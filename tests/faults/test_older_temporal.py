"""Temporal is restored to an older moment than the books: what it has forgotten is named, and told it again;
nothing is done twice.
"""

import shutil
from datetime import timedelta
from typing import Any

import httpx
import pytest

from perpetual.reconciling.comparing import Found, compare
from perpetual.reconciling.mending import mend
from tests.erp import Erp
from tests.faults.stores import serving
from tests.faulty_steps import FaultySteps
from tests.workflows.approving import a_held_order, decide
from tests.workflows.billing_together import agrees
from tests.workflows.test_returns import delivered

A_DAY = timedelta(days=1)


def all_is_named(found: Found, *, to_ship: Any, held: Any, new: Any, short: Any, to_pay: Any) -> None:
    """A shipment, a decision, a fact, and an order; and nothing else."""
    kinds = {(one.process.rpartition("/")[2], one.kind, one.what) for one in found.differences}
    forgotten = "and Temporal does not know it"
    assert (to_ship["order_id"], "not in Temporal", f"it was asked to ship (2), {forgotten}") in kinds
    assert (held["order_id"], "not in Temporal", f"it was asked to decide (2), {forgotten}") in kinds
    assert (new["order_id"], "not run", f"it has not ended by the books, {forgotten}") in kinds
    assert any(order == short["order_id"] and "told a fact" in what for order, _, what in kinds)
    # What has ended by the books needs nobody, and is found to have ended.
    assert {order for order, _, _ in kinds} <= {
        one["order_id"] for one in (to_ship, held, new, short, to_pay)
    }


async def paid_and_closed(erp: Erp, amount: str, *orders: Any) -> None:
    """Each comes to its end."""
    for order in orders:
        await erp.pay(order, amount)
        assert await erp.stage_of(order) == "closed"


async def test_what_an_older_temporal_has_forgotten_is_named_and_told_it_again(
    http: httpx.AsyncClient,
    faults: FaultySteps,
    company: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    newer, older = tmp_path_factory.mktemp("newer"), tmp_path_factory.mktemp("older")
    async with serving(newer, faults) as client:
        erp = Erp(http=http, temporal=client, company=company)
        await erp.open_for_business()
        await erp.receive({"APPLE": 100})
        to_ship, to_pay, quiet = await erp.place(), await delivered(erp, paid=False), await erp.place()
        held, approval = await a_held_order(erp)
        lines = [{"item_code": "FIFO-NUT", "quantity": "110", "unit_price": "2.00"}]
        short = await erp.place({**QUIET, "lines": lines})
        await erp.ship(short)
        await erp.at_rest()
    shutil.copytree(newer, older, dirs_exist_ok=True)
    async with serving(newer, faults) as client:
        await erp.ship(to_ship)
        await erp.pay(to_pay, "119.00")
        assert (await decide(erp, approval, "credit manager"))[0] == 200
        await erp.receive({"FIFO-NUT": 20})
        await erp.until(short, "waiting for shipment")
        new = await erp.place()
        await erp.at_rest()

    async with serving(older, faults) as client:
        erp.temporal = client
        found = await compare(client, company, since=A_DAY)
        all_is_named(found, to_ship=to_ship, held=held, new=new, short=short, to_pay=to_pay)
        assert await mend(client, found, seconds=30) == set()

        for order in (held, quiet, short, new):
            await erp.ship(order)
        await paid_and_closed(erp, "119.00", to_ship, quiet, new)
        await paid_and_closed(erp, "261.80", short)
        await agrees(erp)
        assert (await compare(client, company, since=A_DAY)).differences == []


QUIET = {"customer_code": "ALICE", "ordered_on": "2026-03-02"}
