"""Whoever wants to know is told of what was done, once: whatever is down, killed or started again."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from temporalio.service import RPCError

from foundation.settings import settings
from tests.doubles.receiver import Received, Receiver, listening
from tests.erp import Erp, an_order
from tests.faulty_steps import FaultySteps


@pytest.fixture(autouse=True)
async def quickly(monkeypatch: pytest.MonkeyPatch, erp: Erp) -> AsyncIterator[None]:
    """The log is looked at often; what listens for this company is ended with the test."""
    monkeypatch.setattr(settings(), "announcements_poll_seconds", 0.05)
    monkeypatch.setattr(settings(), "announcements_wait_seconds", 2.0)
    monkeypatch.setattr(settings(), "webhook_timeout_seconds", 1.0)
    yield
    await stop(erp)


async def stop(erp: Erp) -> None:
    with suppress(RPCError):
        await erp.temporal.get_workflow_handle(f"{erp.company}/announcements").terminate("the test is over")


async def subscribe(erp: Erp, receiver: Receiver, *events: str) -> Any:
    return await erp.post("/v1/webhooks", {"url": receiver.url, "events": list(events)})


async def messages(erp: Erp, **query: Any) -> list[Any]:
    return list((await erp.get("/v1/outgoing-messages", limit=200, **query))["items"])


async def until_sent(erp: Erp, count: int, **query: Any) -> list[Any]:
    """Wait until so many messages have been sent."""
    for _ in range(200):
        found = await messages(erp, status="sent", **query)
        if len(found) >= count:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"{len(found)} of {count} sent: {await messages(erp, **query)}")


def is_signed(received: Received, secret: str) -> bool:
    """As Standard Webhooks says: HMAC-SHA256 over id, timestamp and body."""
    signed = f"{received.message_id}.{received.headers['webhook-timestamp']}.".encode() + received.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in received.headers["webhook-signature"].split(" ")


async def test_a_webhook_is_told_of_what_its_patterns_name_and_of_nothing_else(erp: Erp) -> None:
    await erp.place()
    async with listening() as receiver:
        hook = await subscribe(erp, receiver, "sales.order_confirmed", "finance.*")
        order = await erp.place()
        await erp.ship(order)
        await until_sent(erp, 4)

    told = [one.event for one in receiver.received]
    assert sorted(event["type"] for event in told) == [
        "finance.credit_checked",
        "finance.goods_cost_posted",
        "finance.invoice_posted",
        "sales.order_confirmed",
    ]
    confirmed = next(event for event in told if event["type"] == "sales.order_confirmed")
    assert confirmed["data"]["order_id"] == order["order_id"]
    assert confirmed["process"] == f"{erp.company}/order_to_cash/{order['order_id']}"
    assert all(is_signed(one, hook["secret"]) for one in receiver.received)
    assert len({one.message_id for one in receiver.received}) == 4
