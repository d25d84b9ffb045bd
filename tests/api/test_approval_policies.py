"""Who must say yes to what is data: how policies are written, read, changed and refused."""

import asyncio
from typing import Any

import pytest

from tests.erp import Erp
from tests.workflows.approving import hire

PATH = "/v1/approval-policies"
POLICY: dict[str, Any] = {
    "code": "CREDIT-50K",
    "kind": "credit",
    "from_amount": "50000.00",
    "levels": [
        {"role": "credit manager", "escalate_to": "finance director"},
        {"number": 2, "role": "operator"},
    ],
    "valid_from": "2026-01-01",
}


async def test_a_policy_is_written_read_listed_and_changed_by_its_version(erp: Erp) -> None:
    director = await hire(erp, "Fiona Finance", "finance director")
    written = await erp.post(PATH, POLICY, by=director)
    assert (written["version"], written["category"], written["blocked"]) == (1, "", False)
    assert [level["remind_after_days"] for level in written["levels"]] == [2, 2]
    assert await erp.get(f"{PATH}/CREDIT-50K", by="viewer") == written
    assert (await erp.get(PATH, by="viewer"))["items"] == [written]

    async def change(if_match: str | None) -> Any:
        body = {"blocked": True}
        return await erp.request("PATCH", f"{PATH}/CREDIT-50K", body, by=director, if_match=if_match)

    changed = await change('"1"')
    assert (changed.status_code, changed.json()) == (200, written | {"blocked": True, "version": 2})
    assert changed.headers["ETag"] == '"2"'
    for if_match, status in ((None, 428), ('"1"', 412)):
        assert (await change(if_match)).status_code == status


async def test_only_administrators_and_finance_directors_say_who_decides(erp: Erp) -> None:
    for who in ("credit manager", "accountant", "operator", "viewer"):
        refused = await erp.request("POST", PATH, POLICY, by=who)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden")
    assert (await erp.request("POST", PATH, POLICY)).status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"levels": [{"role": "nobody"}]}, 422, "levels.0.role"),
        ({"levels": [POLICY["levels"][0] | {"escalate_to": "nobody"}]}, 422, "levels.0.escalate_to"),
        ({"levels": []}, 422, "levels"),
        ({"from_amount": "-1"}, 422, "from_amount"),
        ({"kind": "cretid"}, 422, "kind"),
        ({"kind": "approval"}, 422, "kind"),
        ({"category": "export"}, 422, "category"),
        ({"cost_centre": "SHOP"}, 422, "cost_centre"),
        ({"kind": "purchase_order", "category": "export"}, 422, "category"),
        ({"kind": "payment_run", "cost_centre": "SHOP"}, 422, "cost_centre"),
        ({"kind": "purchase_requisition", "cost_centre": "GHOST"}, 422, "cost_centre"),
        ({"kind": "payment_run", "levels": [{"role": "finance director"}]}, 422, "levels"),
        ({"from_amount": POLICY["from_amount"]}, 409, "from_amount"),
    ],
)
async def test_what_a_policy_must_not_say_is_refused_by_its_field(
    erp: Erp, changes: dict[str, Any], status: int, field: str
) -> None:
    await erp.post(PATH, POLICY)

    refused = await erp.request("POST", PATH, POLICY | {"code": "OTHER", "from_amount": "1.00"} | changes)

    assert refused.status_code == status, refused.text
    assert refused.json()["errors"][0]["field"].endswith(field)
    assert len((await erp.get(PATH))["items"]) == 1


async def test_what_decisions_of_a_kind_have_a_policy_may_name(erp: Erp) -> None:
    await erp.post("/v1/cost-centres", {"code": "SHOP", "name": "Shop", "blocked": True})
    apart = {"kind": "purchase_requisition", "category": "tools", "cost_centre": "SHOP"}
    both: list[dict[str, Any]] = [{"role": "finance director"}, {"role": "accountant"}]
    after: list[dict[str, Any]] = [{"role": "finance director"}, {"number": 2, "role": "finance director"}]

    await erp.post(PATH, POLICY | apart | {"code": "TOOLS"})
    await erp.post(PATH, POLICY | {"code": "BOTH", "kind": "payment_run", "levels": both})
    await erp.post(
        PATH, POLICY | {"code": "AFTER", "kind": "payment_run", "from_amount": "1", "levels": after}
    )

    assert len((await erp.get(PATH))["items"]) == 3


@pytest.mark.parametrize("amount", ["-1", "100.00005", "1000000000000000.00"])
@pytest.mark.parametrize("if_match", ['"1"', "*"])
async def test_a_change_is_held_to_the_same_as_a_new_policy(erp: Erp, amount: str, if_match: str) -> None:
    await erp.post(PATH, POLICY)

    refused = await erp.request("PATCH", f"{PATH}/CREDIT-50K", {"from_amount": amount}, if_match=if_match)

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "from_amount")


async def test_a_policy_that_ends_makes_room_for_another_of_the_same_band(erp: Erp) -> None:
    await erp.post(PATH, POLICY | {"blocked": True})
    await erp.post(PATH, POLICY | {"code": "NEXT"})

    ends = await erp.request("PATCH", f"{PATH}/CREDIT-50K", {"blocked": False}, if_match="*")

    assert (ends.status_code, ends.json()["type"]) == (409, "/problems/ambiguous-policy")


async def test_a_dry_run_says_what_would_be_refused_and_writes_nothing(erp: Erp) -> None:
    for body, status in ((POLICY, 200), (POLICY | {"levels": [{"role": "nobody"}]}, 422)):
        answer = await erp.request("POST", PATH, body, dry_run=True)
        assert answer.status_code == status, answer.text
    assert (await erp.get(PATH))["items"] == []


async def test_a_role_that_a_policy_names_is_not_deleted(erp: Erp) -> None:
    role = {"description": "Looks at it.", "permissions": ["*.read"]}
    for name in ("auditor", "chief auditor"):
        assert (await erp.request("PUT", f"/v1/roles/{name}", role)).status_code == 200
    levels = [{"role": "auditor", "escalate_to": "chief auditor"}]
    await erp.post(PATH, POLICY | {"levels": levels})

    for name in ("auditor", "chief auditor"):
        refused = await erp.request("DELETE", f"/v1/roles/{name}", if_match="*")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/role-in-use")
        assert "the approval policy CREDIT-50K" in refused.json()["detail"]


async def test_two_policies_about_the_same_that_are_written_at_once_are_one(erp: Erp) -> None:
    both = [erp.request("POST", PATH, POLICY | {"code": code}) for code in ("ONE", "TWO")]
    answers = [answer.status_code for answer in await asyncio.gather(*both)]

    assert sorted(answers) == [201, 409]
