"""Whoever wants to know is told of what was done, once: whatever is down, killed or started again."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.announcements import Announcing, listen_often
from tests.doubles.receiver import Received, listening
from tests.erp import Erp
from tests.workflows.conftest import LongTimes


@pytest.fixture
async def announcing(monkeypatch: pytest.MonkeyPatch, erp: Erp) -> AsyncIterator[Announcing]:
    """A company whose log is looked at often."""
    listen_often(monkeypatch)
    announcing = Announcing(erp)
    yield announcing
    await announcing.stop()


def is_signed(received: Received, secret: str) -> bool:
    """As Standard Webhooks says: HMAC-SHA256 over id, timestamp and body."""
    signed = f"{received.message_id}.{received.headers['webhook-timestamp']}.".encode() + received.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in received.headers["webhook-signature"].split(" ")


async def test_a_webhook_is_told_of_what_its_patterns_name_and_of_nothing_else(
    erp: Erp, announcing: Announcing
) -> None:
    await erp.place()
    async with listening() as receiver:
        hook = await announcing.subscribe(receiver.url, "sales.order_confirmed", "receivables.*")
        order = await erp.place()
        await erp.ship(order)
        await announcing.until("sent", 2)

    told = [one.event for one in receiver.received]
    assert sorted(event["type"] for event in told) == [
        "receivables.invoice_posted",
        "sales.order_confirmed",
    ]
    confirmed = next(event for event in told if event["type"] == "sales.order_confirmed")
    assert confirmed["data"] == {
        "order_id": order["order_id"],
        "order_number": order["order_number"],
        "shortages": {},
    }
    assert confirmed["process"] == f"{erp.company}/order_to_cash/{order['order_id']}"
    assert all(is_signed(one, hook["secret"]) for one in receiver.received)
    assert len({one.message_id for one in receiver.received}) == 2


async def test_events_are_listed_with_what_they_tell_and_their_payloads_schema(erp: Erp) -> None:
    listed = {one["event"]: one for one in (await erp.get("/v1/webhooks/events"))["items"]}

    assert sorted(listed) == list(listed)
    closed = listed["sales.order_closed"]
    assert closed["description"] == "An order was delivered, billed and paid."
    assert closed["payload"]["required"] == ["order_id", "order_number", "short"]
    assert closed["payload"]["properties"]["short"]["description"].startswith("Whether some of its goods")
    assert not {"receivables.credit_checked", "sales.amendment_priced"} & listed.keys()


async def test_what_is_no_event_any_more_when_it_is_to_be_sent_has_failed_and_shows(
    erp: Erp, announcing: Announcing, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening() as receiver:
        monkeypatch.setattr("activities.automation.webhooks.events", dict)
        await announcing.subscribe(receiver.url, "sales.order_placed")
        await erp.place()
        (message,) = await announcing.until("failed")

    assert message["last_error"].startswith("no-event-any-more: sales.order_placed is no event any more")
    assert receiver.received == []


async def test_a_receiver_that_fails_gets_the_same_message_again_under_the_same_id(
    erp: Erp, announcing: Announcing
) -> None:
    async with listening(500, "drop", "hang", 204) as receiver:
        await announcing.subscribe(receiver.url, "sales.order_placed")
        await erp.place()
        shown = await announcing.until_parked()
        await erp.post(f"/v1/processes/{shown['id']}/repair", {"action": "retry"}, by="operator")
        (message,) = await announcing.until("sent")

    assert [one.answered for one in receiver.received] == [500, "drop", "hang", 204]
    assert len({(one.message_id, one.body) for one in receiver.received}) == 1
    assert [one.headers["perpetual-attempt"] for one in receiver.received] == ["1", "2", "3", "4"]
    assert (message["attempts"], message["last_error"]) == (4, "")


async def test_a_receiver_that_never_answers_stops_no_other_and_no_order(
    erp: Erp, announcing: Announcing
) -> None:
    async with listening(always="hang") as broken, listening() as healthy:
        await announcing.subscribe(broken.url, "sales.order_placed")
        await announcing.subscribe(healthy.url, "sales.order_placed")
        orders = [await erp.place() for _ in range(3)]
        await announcing.until("sent", 3)
        for order in orders:
            await erp.ship(order)
            await erp.pay(order, "119.00")

        assert {one.event["data"]["order_id"] for one in healthy.taken} == {one["order_id"] for one in orders}
        assert [await erp.stage_of(order) for order in orders] == ["closed"] * 3
        assert len(await announcing.messages(status="intended")) == 3
        broken.always = 204
        await announcing.until("sent", 6)


async def test_a_message_on_its_way_can_be_cancelled(erp: Erp, announcing: Announcing) -> None:
    async with listening(500, 500) as receiver:
        await announcing.subscribe(receiver.url, "sales.order_placed")
        await erp.place()
        shown = await announcing.until_parked()
        await erp.temporal.get_workflow_handle(shown["id"]).cancel()
        (message,) = await announcing.until("failed")

    assert message["last_error"] == "process-ended: cancelled by an operator"
    assert receiver.taken == []


async def test_a_receiver_that_fails_for_days_is_given_up_and_switched_off(
    announcing: Announcing, long_times: LongTimes
) -> None:
    announcing = Announcing(erp := long_times.erp)
    async with long_times.at_work(), listening(always=500) as receiver:
        hook = await announcing.subscribe(receiver.url, "sales.order_placed")
        await announcing.stop()
        await erp.place()
        (intended,) = await announcing.write_down()
        process = await announcing.send(intended)
        await long_times.pass_by(days=1)
        (message,) = await announcing.messages(status="intended")
        (shown,) = await announcing.exceptions()
        assert (shown["id"], shown["outcome"]) == (process.id, None)
        assert "answered 500" in shown["exception"]
        outcome = await process.result()

    assert outcome == "failed"
    assert 20 < message["attempts"] < len(receiver.received) < 250
    assert len({one.message_id for one in receiver.received}) == 1
    (failed,) = await announcing.messages()
    (shown,) = await announcing.exceptions()
    assert (failed["status"], shown["outcome"]) == ("failed", "failed")
    assert "nobody took it for 4 days" in failed["last_error"]
    seen = await erp.get(f"/v1/webhooks/{hook['webhook_id']}")
    assert (seen["active"], "nobody took it" in seen["stopped_because"]) == (False, True)


async def test_a_receiver_that_is_gone_is_told_nothing_more_and_its_message_can_be_sent_again(
    erp: Erp, announcing: Announcing
) -> None:
    async with listening(410) as receiver:
        hook = await announcing.subscribe(receiver.url, "sales.order_placed")
        await erp.place()
        (message,) = await announcing.until("failed")
        seen = await erp.get(f"/v1/webhooks/{hook['webhook_id']}")
        assert (seen["active"], "410" in seen["stopped_because"]) == (False, True)
        await erp.place()

        body = {"active": True}
        seen = erp.accepted(await erp.request("PATCH", f"/v1/webhooks/{hook['webhook_id']}", body))
        assert (seen["active"], seen["stopped_because"]) == (True, "")
        path = f"/v1/outgoing-messages/{message['message_id']}/resend"
        await erp.post(path, by="operator")
        await announcing.until("sent")
        order = await erp.place()
        await announcing.until("sent", 2)
        again = await erp.request("POST", path, by="operator")

    assert again.json()["type"] == "/problems/not-failed"
    assert [one.answered for one in receiver.received] == [410, 204, 204]
    assert len({one.message_id for one in receiver.received}) == 2
    assert receiver.received[2].event["data"]["order_id"] == order["order_id"], "what it missed stays untold"


async def test_after_a_change_of_secret_both_sign_for_a_day(erp: Erp, announcing: Announcing) -> None:
    async with listening() as receiver:
        old = await announcing.subscribe(receiver.url, "sales.order_placed")
        new = await erp.post(f"/v1/webhooks/{old['webhook_id']}/secret")
        await erp.place()
        await announcing.until("sent")

    assert old["secret"] != new["secret"]
    assert all(is_signed(receiver.received[0], hook["secret"]) for hook in (old, new))
    assert "secret" not in await erp.get(f"/v1/webhooks/{old['webhook_id']}")


async def test_nothing_is_told_twice_or_not_at_all_when_the_reader_is_stopped_and_started_again(
    erp: Erp, announcing: Announcing
) -> None:
    async with listening() as receiver:
        await announcing.subscribe(receiver.url, "sales.order_placed")
        await erp.place()
        await announcing.until("sent", 1)
        await announcing.stop()
        await erp.place()
        await announcing.subscribe(receiver.url, "sales.order_cancelled")
        await announcing.until("sent", 2)
        await erp.place()
        await announcing.until("sent", 3)
        await asyncio.sleep(0.3)

    assert len(receiver.received) == len({one.event["data"]["order_id"] for one in receiver.received}) == 3


async def test_the_same_request_twice_is_one_webhook_and_shows_the_same_secret(
    erp: Erp, announcing: Announcing
) -> None:
    del announcing
    body = {"url": "http://127.0.0.1:9/hooks", "events": ["*"]}

    first, again = [await erp.post("/v1/webhooks", body, key="a key") for _ in range(2)]

    assert first == again
    assert len((await erp.get("/v1/webhooks"))["items"]) == 1


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"url": "http://127.0.0.1:9/", "events": ["sales.order_confirmd"]}, "unknown-event"),
        ({"url": "http://127.0.0.1:9/", "events": ["identity.*"]}, "unknown-event"),
        ({"url": "http://127.0.0.1:9/", "events": ["receivables.credit_checked"]}, "unknown-event"),
        ({"url": "http://127.0.0.1:9/", "events": []}, "invalid"),
        ({"url": "ftp://127.0.0.1/", "events": ["*"]}, "invalid"),
    ],
)
async def test_a_webhook_that_could_never_be_told_of_anything_is_refused(
    erp: Erp, asked: dict[str, Any], problem: str
) -> None:
    response = await erp.request("POST", "/v1/webhooks", asked)

    assert response.json()["type"] == f"/problems/{problem}"
    assert (await erp.get("/v1/webhooks"))["items"] == []


async def test_only_who_may_makes_a_webhook(erp: Erp) -> None:
    asked = {"url": "http://127.0.0.1:9/", "events": ["*"]}

    response = await erp.request("POST", "/v1/webhooks", asked, by="sales clerk")

    assert (response.status_code, response.json()["type"]) == (403, "/problems/forbidden")
