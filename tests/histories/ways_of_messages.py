"""Ways of messages that leave the house: sent, given up, or addressed to nobody."""

import asyncio
from typing import Any

from foundation.runtime.settings import settings
from tests.announcements import Announcing
from tests.builders import payment_runs, purchase_orders
from tests.doubles.mail_server import taking_mail
from tests.doubles.receiver import listening
from tests.erp import an_order
from tests.histories.instead import instead
from tests.histories.scene import OFTEN, Scene, way, way_that_varies
from tests.workflows.billing_together import bill, deliver, ended, inspect, pay, until_billed

MESSAGE = "outgoing_message"
LETTERS = ("order_confirmation", "invoice", "credit_note", "collective_invoice")


async def _intended(scene: Scene) -> list[Any]:
    return await Announcing(scene.erp).write_down()


async def _sent(scene: Scene, messages: list[Any]) -> tuple[str, ...]:
    announcing = Announcing(scene.erp)
    processes = [await announcing.send(message) for message in messages]
    await scene.until_ended(MESSAGE, len(processes))
    return tuple(process.id for process in processes)


async def _switch_on(scene: Scene, letter: str) -> None:
    """Let a letter go out; the process that reads the log is stopped again, and the log is read by hand."""
    with instead(settings(), **OFTEN):
        await scene.erp.post("/v1/mail-rules", {"letter": letter, "active": True}, by="operator")
        await asyncio.sleep(0.2)
        await Announcing(scene.erp).stop()


@way
async def letters_sent(scene: Scene) -> tuple[str, ...]:
    """Each letter that we write: of an order, its invoice, its credit note and a collective invoice."""
    erp = scene.erp
    for path, address in (
        (f"companies/{erp.company}", "us@trading.example"),
        ("customers/ALICE", "a@b.example"),
    ):
        etag = (await erp.request("GET", f"/v1/{path}")).headers["ETag"]
        erp.accepted(await erp.request("PATCH", f"/v1/{path}", {"email": address}, if_match=etag))
    for letter in LETTERS:
        await _switch_on(scene, letter)
    order = await erp.place(an_order())
    await erp.ship(order)
    path = f"/v1/sales-orders/{order['order_id']}/returns"
    returned = await erp.post(path, {"reason": "too many", "lines": []}, by="sales clerk")
    await inspect(erp, returned["return_id"])
    together = await deliver(erp)
    process = await bill(erp)
    (invoice,) = await until_billed(erp, together)
    await pay(erp, invoice, "119.00")
    await ended(erp, process)
    async with taking_mail() as server:
        known = {"mail_host": "127.0.0.1", "mail_port": server.port, "mail_security": "none"}
        with instead(settings(), **known):
            messages = {message.letter: message for message in await _intended(scene)}
            return await _sent(scene, [messages[letter] for letter in LETTERS if letter in messages])


@way
async def remittance_advice_sent(scene: Scene) -> tuple[str, ...]:
    """The letter that goes to a supplier."""
    erp = scene.erp
    path = f"/v1/companies/{erp.company}"
    etag = (await erp.request("GET", path)).headers["ETag"]
    erp.accepted(await erp.request("PATCH", path, {"email": "us@trading.example"}, if_match=etag))
    await _switch_on(scene, "remittance_advice")
    await payment_runs.ready(erp)
    mill = {"remittance_email": "mill@mills.example"}
    erp.accepted(await erp.request("PATCH", "/v1/suppliers/MILL", mill, if_match="*"))
    await payment_runs.owing(erp)
    await payment_runs.paid(erp, await payment_runs.proposed(erp))
    await payment_runs.told(erp, "MILL")
    await scene.until_ended("payment_advice_run")
    async with taking_mail() as server:
        known = {"mail_host": "127.0.0.1", "mail_port": server.port, "mail_security": "none"}
        with instead(settings(), **known):
            return await _sent(scene, await _intended(scene))


@way
async def purchase_order_sent(scene: Scene) -> tuple[str, ...]:
    """The order as its supplier is sent it."""
    erp = scene.erp
    path = f"/v1/companies/{erp.company}"
    etag = (await erp.request("GET", path)).headers["ETag"]
    erp.accepted(await erp.request("PATCH", path, {"email": "us@trading.example"}, if_match=etag))
    await _switch_on(scene, "purchase_order")
    await erp.post("/v1/suppliers", purchase_orders.SUPPLIER | {"email": "orders@grove.example"})
    await erp.post(purchase_orders.PATH, purchase_orders.a_purchase_order())
    async with taking_mail() as server:
        known = {"mail_host": "127.0.0.1", "mail_port": server.port, "mail_security": "none"}
        with instead(settings(), **known):
            return await _sent(scene, await _intended(scene))


@way
async def letter_to_nobody(scene: Scene) -> tuple[str, ...]:
    """The customer has no address."""
    await _switch_on(scene, "order_confirmation")
    await scene.erp.place()
    return await _sent(scene, await _intended(scene))


@way
async def webhook_that_is_gone(scene: Scene) -> tuple[str, ...]:
    """The receiver says that it is gone for good."""
    async with listening(410) as receiver:
        await Announcing(scene.erp).want(receiver.url, "sales.order_placed")
        await scene.erp.place()
        return await _sent(scene, await _intended(scene))


@way_that_varies
async def webhook_that_never_takes_it(scene: Scene) -> tuple[str, ...]:
    """The receiver fails for four days."""
    async with listening(always=500) as receiver:
        await Announcing(scene.erp).want(receiver.url, "sales.order_placed")
        await scene.erp.place()
        (message,) = await _intended(scene)
        process = await Announcing(scene.erp).send(message)
        await scene.pass_by(days=5)
        await scene.until_ended(MESSAGE)
    return (process.id,)


@way_that_varies
async def webhook_cancelled_by_an_operator(scene: Scene) -> str:
    """In the Temporal Web UI, while it is parked."""
    announcing = Announcing(scene.erp)
    async with listening(always=500) as receiver:
        await announcing.want(receiver.url, "sales.order_placed")
        await scene.erp.place()
        (message,) = await announcing.write_down()
        process = await announcing.send(message)
        await scene.until_parked(MESSAGE)
        await process.cancel()
        await scene.until_ended(MESSAGE)
    return process.id
