"""What a caller is told of a failure that is no refusal: try again, or that it is a defect of ours."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from pydantic import Field
from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from api import problems
from foundation.values.messages import Message

FAILURES: dict[str, Exception] = {
    "lost": asyncpg.ConnectionDoesNotExistError("the connection was lost"),
    "shutting-down": asyncpg.AdminShutdownError("the server shuts down"),
    "refused-connection": ConnectionRefusedError("nobody listens"),
    "temporal": RPCError("nobody is there", RPCStatusCode.UNAVAILABLE, b""),
    "not-taken": RPCError("Blob data size exceeds limit.", RPCStatusCode.INVALID_ARGUMENT, b""),
    "no-answer": WorkflowUpdateRPCTimeoutOrCancelledError(),
    "late": TimeoutError(),
    "twice": asyncpg.UniqueViolationError("a second row"),
    "no-column": asyncpg.UndefinedColumnError("no such column"),
    "mistake": KeyError("a mistake of ours"),
}
OUTAGES = {"no-answer", "lost", "shutting-down", "refused-connection", "temporal", "late"}


class Line(Message):
    """A part of a request."""

    quantity: int


class Asked(Message):
    """A request."""

    lines: tuple[Line, ...] = Field(min_length=1)


@pytest.fixture
async def door() -> AsyncIterator[httpx.AsyncClient]:
    """An API whose routes fail."""
    app = FastAPI()
    problems.install(app)

    @app.post("/order")
    async def order(asked: Asked) -> None:
        raise AssertionError(f"{asked} is wrong, and not refused")

    @app.get("/{what}")
    async def fail(what: str) -> None:
        raise FAILURES[what]

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        yield client


@pytest.mark.parametrize("what", FAILURES)
async def test_only_an_outage_is_answered_with_try_again(door: httpx.AsyncClient, what: str) -> None:
    answer = await door.get(f"/{what}")

    said = (503, "/problems/temporarily-unavailable"), (500, "/problems/internal-error")
    assert (answer.status_code, answer.json()["type"]) == said[what not in OUTAGES]


async def test_a_list_is_not_said_to_be_too_short_because_its_one_entry_is_wrong(
    door: httpx.AsyncClient,
) -> None:
    wrong = await door.post("/order", json={"lines": [{"quantity": "many"}], "line": 1})
    empty = await door.post("/order", json={"lines": []})

    assert [one["field"] for one in wrong.json()["errors"]] == ["lines.0.quantity", "line"]
    assert wrong.json()["errors"][1]["message"] == "there is no such field"
    assert [one["field"] for one in empty.json()["errors"]] == ["lines"]
