"""Budgets at the door: written, read, reported, and refused at the right field."""

import pytest

from tests.builders.budgets import BUDGETS, COST_CENTRES, SHOP, a_budget, of_budget, with_budget
from tests.erp import Erp


async def test_they_are_written_read_listed_and_changed(erp: Erp) -> None:
    await with_budget(erp, "100.005")
    one = await erp.request("GET", f"{BUDGETS}/SHOP-26")

    changed = await erp.request(
        "PATCH", f"{BUDGETS}/SHOP-26", {"amount": "250.00"}, if_match=one.headers["ETag"]
    )
    late = await erp.request("PATCH", f"{BUDGETS}/SHOP-26", {"amount": "1"}, if_match=one.headers["ETag"])

    assert [one.json()[name] for name in ("amount", "committed_amount")] == ["100.01", "0.00"]
    assert (changed.json()["amount"], late.status_code) == ("250.00", 412)
    assert await of_budget(erp, as_of="2026-03-02") == ("0.00", "250.00")
    assert [one["code"] for one in (await erp.get(COST_CENTRES))["items"]] == ["SHOP"]
    assert (await erp.get("/v1/budget-commitments", budget="SHOP-26"))["items"] == []


@pytest.mark.parametrize(
    ("changes", "status", "kind", "fields"),
    [
        ({"cost_centre": "GHOST"}, 422, "invalid", ["cost_centre"]),
        ({"amount": "-1"}, 422, "invalid", ["amount"]),
        ({"ends_on": "2025-12-31"}, 422, "invalid", ["ends_on"]),
        ({"code": "B", "starts_on": "2026-12-31"}, 409, "budgets-overlap", ["starts_on", "ends_on"]),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(
    erp: Erp, changes: dict[str, str], status: int, kind: str, fields: list[str]
) -> None:
    await with_budget(erp, "100.00", ends_on="2026-12-31")

    answer = await erp.request("POST", BUDGETS, a_budget(**{"code": "NEW", **changes}))

    problem = answer.json()
    assert (answer.status_code, problem["type"].rpartition("/")[2]) == (status, kind)
    assert [error["field"] for error in problem["errors"]] == fields


async def test_the_budget_of_a_cost_centre_that_was_blocked_is_lowered_and_ended(erp: Erp) -> None:
    await with_budget(erp)
    await erp.post(COST_CENTRES, {"code": "GONE", "name": "Gone", "blocked": True})
    await erp.request("PATCH", f"{COST_CENTRES}/SHOP", {"blocked": True}, if_match="*")

    async def change(**changes: str) -> tuple[int, list[str]]:
        answer = await erp.request("PATCH", f"{BUDGETS}/SHOP-26", changes, if_match="*")
        return answer.status_code, [error["field"] for error in answer.json().get("errors", [])]

    assert await change(amount="40.00") == (200, [])
    assert await change(ends_on="2026-06-30") == (200, [])
    assert await of_budget(erp) == ("0.00", "40.00")
    assert await change(cost_centre="GONE") == (422, ["cost_centre"])
    new = await erp.request("POST", BUDGETS, a_budget(code="NEW", starts_on="2026-07-01"))
    assert (new.status_code, new.json()["errors"][0]["field"]) == (422, "cost_centre")


async def test_who_keeps_the_books_writes_them_and_who_buys_does_not(erp: Erp) -> None:
    await erp.post(COST_CENTRES, SHOP, by="accountant")
    await erp.post(BUDGETS, a_budget(), by="accountant")

    refused = await erp.request("POST", BUDGETS, a_budget(code="B"), by="warehouse")

    assert refused.status_code == 403
    assert await of_budget(erp) == ("0.00", "100.00")
