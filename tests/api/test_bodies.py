"""Bodies that nobody can work on: too large, or nested too deeply. Each is refused by name, and nothing of it
is kept.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from foundation.runtime.settings import settings
from tests.erp import ADMIN_KEY, Erp, an_order

PATH = "/v1/sales-orders"
HOLD = "/v1/processes/X/order_to_cash/1/hold"


def nested(levels: int) -> str:
    """An order with a field of lists in lists."""
    return f'{{"customer_code": "ALICE", "lines": {"[" * levels}{"]" * levels}}}'


async def send(erp: Erp, content: Any, path: str = PATH, method: str = "POST", **headers: str) -> Any:
    known = {"Authorization": f"Bearer {ADMIN_KEY}", "X-Company": erp.company, "Idempotency-Key": "a key"}
    headers = known | {"Content-Type": "application/json"} | headers
    return await erp.http.request(method, path, content=content, headers=headers)


async def in_pieces(pieces: int, size: int) -> AsyncIterator[bytes]:
    """A body whose size is not told before."""
    for _ in range(pieces):
        yield b" " * size


async def test_what_is_nested_too_deeply_is_refused(erp: Erp) -> None:
    for levels in (99, 101, 300, 900, 5_000, 100_000):
        for method, path in (("POST", PATH), ("POST", HOLD), ("PUT", "/v1/accounts/1400")):
            answer = await send(erp, nested(levels), path, method)

            assert answer.status_code in (400, 405, 422), (levels, path, answer.text)
    told = await send(erp, nested(101))
    assert (told.status_code, told.json()["type"]) == (400, "/problems/nested-too-deeply")


async def test_a_cursor_that_is_none_is_refused(erp: Erp) -> None:
    for cursor in ("W10=", "[" * 3_000, "AAAA", "W1tbW1tbW1tb" * 200):
        answer = await erp.request("GET", PATH, cursor=cursor)

        assert answer.status_code == 422, answer.text


async def test_a_body_that_is_too_large_is_refused(erp: Erp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "api_max_body_bytes", 10_000)

    for content in (b" " * 10_001, in_pieces(11, 1_000)):
        answer = await send(erp, content)
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
        assert "10000" in answer.json()["detail"]
        assert answer.json()["correlation_id"]
    assert (await erp.request("POST", PATH, an_order())).status_code == 201
