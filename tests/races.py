"""Many who want something at the same instant: how they start together, and what must hold when they are
done.
"""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import httpx

from tests.checked import violations_at_rest
from tests.erp import Erp

ROUNDS = 24
"""How often two commands meet; each time with another head start for one of them."""
AT_ONCE = 6
"""So many rounds run side by side: enough to get into each other's way, few enough to be quick."""
HEAD_STARTS_MS = (0, 0, 0, 2, 5, 10, 20, 40)

_keys = itertools.count(1)

Request = Callable[[], Awaitable[httpx.Response]]
Met = tuple[Any, httpx.Response, httpx.Response]
"""An order, and what its two commands were answered."""


def place(erp: Erp, order: dict[str, Any]) -> Request:
    """A request of the sales clerk, not sent yet; so are the others."""
    return _post(erp, "/v1/sales-orders", order, by="sales clerk")


async def placed(erp: Erp, order: dict[str, Any]) -> Any:
    """An order that is placed already."""
    return erp.accepted(await place(erp, order)())


def amend(erp: Erp, order: Any, *lines: dict[str, str]) -> Request:
    """The order is wanted otherwise."""
    return _post(erp, f"{_path(order)}/amendments", {"lines": lines}, by="sales clerk")


def cancel(erp: Erp, order: Any, **cancellation: Any) -> Request:
    """The order is wanted no more."""
    asked = {"reason": "no more", "cancelled_on": "2026-04-01", **cancellation}
    return _post(erp, f"{_path(order)}/cancellation", asked, by="sales clerk")


def decide(erp: Erp, order: Any, *, approved: bool, by: str) -> Request:
    """Somebody approves or rejects."""
    decision = {"approved": approved, "reason": "I say so"}
    return _post(erp, f"{_path(order)}/approval", decision, by=by)


def ship(erp: Erp, order: Any, **shipment: Any) -> Request:
    """The warehouse ships what is set aside."""
    asked = {"shipped_on": "2026-03-05", **shipment}
    return _post(erp, f"{_path(order)}/shipments", asked, by="warehouse")


def receive(erp: Erp, quantities: dict[str, int]) -> Request:
    """Goods arrive."""
    lines = [
        {"item_code": item, "quantity": str(quantity), "unit_cost": "4.00"}
        for item, quantity in quantities.items()
    ]
    receipt = {"warehouse_code": "MAIN", "received_on": "2026-03-01", "lines": lines}
    return _post(erp, "/v1/stock-receipts", receipt, by="warehouse")


def pay(erp: Erp, order: Any, amount: str) -> Request:
    """The customer pays."""
    asked = {"received_on": "2026-03-20", "amount": amount, "currency": "EUR"}
    return _post(erp, f"{_path(order)}/payments", asked, by="accountant")


def _post(erp: Erp, path: str, asked: dict[str, Any], *, by: str) -> Request:
    return partial(_insist, partial(erp.request, "POST", path, asked, by=by, key=f"race {next(_keys)}"))


async def _insist(request: Request) -> httpx.Response:
    """As a client does it that wants an answer from a machine with too much to do: again with the same key,
    while it is told that we are at it, or to come again.
    """
    for _ in range(60):
        answer = await request()
        if answer.status_code != 503 and answer.json().get("status") != "accepted":
            return answer
        await asyncio.sleep(0.5)
    raise AssertionError(f"never answered: {answer.status_code} {answer.text}")


def _path(order: Any) -> str:
    return f"/v1/sales-orders/{order['order_id']}"


async def together(requests: Sequence[Request], *, at_once: int) -> list[httpx.Response]:
    """All requests, so many at a time; each is answered, and by no failure of ours."""
    turn = asyncio.Semaphore(at_once)

    async def in_turn(request: Request) -> httpx.Response:
        async with turn:
            return await request()

    answers = await asyncio.gather(*(in_turn(request) for request in requests))
    for answer in answers:
        assert answer.status_code < 500, answer.text
    return list(answers)


async def meet(first: Request, second: Request, *, number: int) -> tuple[httpx.Response, httpx.Response]:
    """Two commands at the same instant; in every other round the second comes first, by a few milliseconds.

    A refusal is a named one: 409 and a type.
    """
    chance = random.Random(number)  # The same head starts each time.
    head_start = chance.choice(HEAD_STARTS_MS) / 1000
    one_ahead = number % 2 == 0

    async def after(seconds: float, request: Request) -> httpx.Response:
        await asyncio.sleep(seconds)
        return await request()

    answers = await asyncio.gather(
        after(0 if one_ahead else head_start, first), after(head_start if one_ahead else 0, second)
    )
    for answer in answers:
        assert answer.status_code in (200, 201, 202, 409), answer.text
        assert answer.status_code != 409 or answer.json()["type"].startswith("/problems/")
    return answers


async def rounds(play: Callable[[int], Awaitable[Met]]) -> list[Met]:
    """All rounds, some side by side."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Met:
        async with turn:
            return await play(number)

    return list(await asyncio.gather(*(one(number) for number in range(ROUNDS))))


async def everything_agrees(erp: Erp) -> None:
    """Books, goods, orders and processes agree, nothing is parked or under way, and nobody waits in vain."""
    for _ in range(50):  # News of goods and money is on its way for a moment.
        if not (found := await violations_at_rest(erp.company)):
            break
        await asyncio.sleep(0.1)
    else:
        raise AssertionError("\n".join(f"{one.invariant}: {one.as_text()}" for one in found))
    assert (await erp.get("/v1/processes", only_exceptions="true"))["items"] == []
