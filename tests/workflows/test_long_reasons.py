"""A reason that is as long as the door allows poisons no process, whatever the process makes of it."""

from typing import Any

import pytest
from pydantic import ValidationError

from domains.sales.messages import CancelOrder
from foundation.values.messages import LONGEST_TEXT
from tests.builders import payment_runs
from tests.erp import Erp
from tests.workflows.approving import a_held_order, decide

LONG = "x" * LONGEST_TEXT
REASON = {"reason": LONG}


def path_of(erp: Erp, order: Any) -> str:
    """Where the order's process is."""
    return f"/v1/processes/{erp.company}/order_to_cash/{order['order_id']}"


async def test_a_rejection_with_a_long_reason_takes_the_order_back(erp: Erp) -> None:
    order, approval = await a_held_order(erp)
    body = {"approved": False, "reason": LONG}

    answer = await erp.request("POST", f"/v1/approvals/{approval['id']}/decision", body, by="credit manager")

    assert (answer.status_code, answer.json()["reason"]) == (200, LONG)
    assert (await erp.order(order))["order"]["status"] == "rejected"
    assert await decide(erp, approval, "credit manager", approved=False)


async def test_hold_release_and_cancellation_take_long_reasons(erp: Erp) -> None:
    order = await erp.place()

    await erp.post(f"{path_of(erp, order)}/hold", REASON, by="operator")
    await erp.post(f"{path_of(erp, order)}/release", REASON, by="operator")
    await erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", REASON, by="sales clerk")

    assert await erp.stage_of(order) == "cancelled"


@pytest.mark.parametrize("how", ["cancelled", "inspected"])
async def test_a_return_takes_long_reasons(erp: Erp, how: str) -> None:
    order = await erp.place()
    await erp.ship(order)
    asked = {**REASON, "lines": [{"line_number": 1, "quantity": "3"}]}
    returned = await erp.post(f"/v1/sales-orders/{order['order_id']}/returns", asked)
    path = f"/v1/returns/{returned['return_id']}"

    if how == "cancelled":
        ended = await erp.post(f"{path}/cancellation", REASON)
    else:
        ended = await erp.post(f"{path}/inspection", {"received_on": "2026-04-01"})

    assert ended["stage"] == ("cancelled" if how == "cancelled" else "closed")


@pytest.mark.parametrize("how", ["rejected", "cancelled"])
async def test_a_payment_run_takes_long_reasons(erp: Erp, how: str) -> None:
    await payment_runs.ready(erp)
    await payment_runs.owing(erp)
    run = await payment_runs.proposed(erp)

    if how == "cancelled":
        path = f"{payment_runs.PATH}/{run['run_id']}/cancellation"
        await erp.post(path, REASON, by=payment_runs.PROPOSER)
    else:
        await payment_runs.submitted(erp, run)
        asked = (await payment_runs.asked(erp, run))["finance director"]
        no = {"approved": False, "reason": LONG}
        erp.accepted(await payment_runs.decided(erp, asked, payment_runs.DIRECTOR, **no))

    now = await payment_runs.until(erp, run, "cancelled")
    assert len(now["reason"]) == LONGEST_TEXT
    assert now["reason"].startswith("x" if how == "cancelled" else "rejected by")


async def test_what_the_database_cannot_keep_is_refused_at_the_door(erp: Erp) -> None:
    order = await erp.place()

    for reason in ("a\x00b", LONG + "x"):
        answer = await erp.request("POST", f"{path_of(erp, order)}/hold", {"reason": reason}, by="operator")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "reason")
    assert (await erp.get(path_of(erp, order)))["exception"] is None


def test_what_a_process_puts_together_is_cut_and_what_a_person_writes_is_not() -> None:
    order_id = "00000000-0000-5000-8000-000000000001"

    cut = CancelOrder.model_validate({"order_id": order_id, "reason": f"credit was refused: {LONG}"})

    assert (len(cut.reason), cut.reason[-1]) == (LONGEST_TEXT, "…")
    with pytest.raises(ValidationError):
        CancelOrder.model_validate({"order_id": order_id, "reason": 5})
