"""Who has no key, one that is not known, one that was revoked or one of another company gets nothing."""

from typing import Any

import asyncpg
import httpx
import pytest

from api import authentication
from tests.erp import Erp, a_company, an_order


async def ask(erp: Erp, *, company: str | None = None, **headers: str) -> httpx.Response:
    """A look at the orders with headers of one's own."""
    return await erp.http.get("/v1/sales-orders", headers={"X-Company": company or erp.company} | headers)


def is_not_authenticated(answer: httpx.Response, why: str) -> bool:
    """Whether it says who asks is not known, why, and how to say who it is."""
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["type"]) == (401, "/problems/not-authenticated")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    return why in problem["detail"]


@pytest.fixture
async def keys(erp: Erp, owner_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Revokes the key of somebody, who has used it just before."""

    async def revoke(who: str) -> None:
        owner = await asyncpg.connect(owner_url)
        try:
            await owner.execute(
                "UPDATE identity.api_key SET revoked_at = now() WHERE key_hash = $1",
                authentication.hash_of(erp.keys[who]),
            )
        finally:
            await owner.close()
        # What was remembered of the key is forgotten by and by.
        known = authentication._remembered
        monkeypatch.setattr(
            authentication, "_remembered", {key: (0.0, actor) for key, (_, actor) in known.items()}
        )

    return revoke


async def test_without_a_key_nobody_is_let_in(erp: Erp) -> None:
    assert is_not_authenticated(await ask(erp), "send your API key in the header")


@pytest.mark.parametrize("header", ["Basic c2FtOnNhbXM=", "pk_no-scheme", "Bearer"])
async def test_another_way_to_say_who_one_is_is_none(erp: Erp, header: str) -> None:
    assert is_not_authenticated(await ask(erp, Authorization=header), "send your API key in the header")


async def test_a_key_that_is_not_known_lets_nobody_in(erp: Erp) -> None:
    answer = await ask(erp, Authorization="Bearer pk_guessed")

    assert is_not_authenticated(answer, "not known, or was revoked")


async def test_a_key_that_was_revoked_lets_nobody_in_any_more(erp: Erp, keys: Any) -> None:
    bearer = f"Bearer {erp.keys['sales clerk']}"
    assert (await ask(erp, Authorization=bearer)).status_code == 200

    await keys("sales clerk")

    assert is_not_authenticated(await ask(erp, Authorization=bearer), "not known, or was revoked")
    placed = await erp.request("POST", "/v1/sales-orders", an_order(), by="sales clerk")
    assert is_not_authenticated(placed, "not known, or was revoked")
    assert (await erp.get("/v1/sales-orders"))["items"] == []


async def test_what_is_remembered_of_a_key_is_forgotten_within_seconds() -> None:
    assert 0 < authentication.REMEMBERED_SECONDS <= 10


async def test_a_key_of_one_company_opens_no_other(erp: Erp) -> None:
    other = f"{erp.company}-B"
    await erp.post("/v1/companies", a_company(other))
    bearer = f"Bearer {erp.keys['sales clerk']}"

    seen = await ask(erp, company=other, Authorization=bearer)
    placed = await erp.http.post(
        "/v1/sales-orders",
        json=an_order(),
        headers={"X-Company": other, "Authorization": bearer, "Idempotency-Key": "1"},
    )

    for answer in (seen, placed):
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")
        assert other in answer.json()["detail"]


async def test_nothing_of_another_company_is_found_with_the_own_key(erp: Erp) -> None:
    order = await erp.place()
    other = f"{erp.company}-C"
    stranger = Erp(http=erp.http, temporal=erp.temporal, company=other)
    await stranger.post("/v1/companies", a_company(other))
    asked = {"actor": "Otto Other", "companies": [other], "roles": ["administrator"]}
    stranger.keys["stranger"] = (await stranger.post("/v1/api-keys", asked))["key"]
    process = f"{erp.company}/order_to_cash/{order['order_id']}"

    for method, path, body in (
        ("GET", f"/v1/sales-orders/{order['order_id']}", None),
        ("POST", f"/v1/sales-orders/{order['order_id']}/shipments", {"shipped_on": "2026-03-05"}),
        ("POST", f"/v1/sales-orders/{order['order_id']}/cancellation", {"reason": "mischief"}),
        ("GET", f"/v1/processes/{process}", None),
        ("POST", f"/v1/processes/{process}/hold", {"reason": "mischief"}),
        ("POST", f"/v1/processes/{process}/repair", {"action": "abort", "reason": "mischief"}),
    ):
        answer = await stranger.request(method, path, body, by="stranger")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found"), path
    assert await erp.stage_of(order) == "waiting for shipment"
