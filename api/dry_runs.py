"""`?dry_run=true`: what a request would do and answer, and what it would be refused for; nothing is changed.

One protocol for all that changes something. The route runs as always, in a transaction that is rolled back
(`foundation.database.rehearsal`); of a command to a process each step is tried there, and the process is not
told (`foundation.process.rehearsing`). The answer is 200 with the body of the real one, and `would` beside
it: what would be done, by whom. A number stands there as `would be drawn`. What cannot be known before has no
dry run, and is refused as that.
"""

import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError

from foundation.database.connections import database
from foundation.database.rehearsal import Rehearsal, Would, without_tokens

_FLAG = TypeAdapter(bool)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class WouldBeTaken(Exception):  # No failure: a process takes the command, and its answer is not known before.
    """The command that a dry run would give to a process."""

    def __init__(
        self, process_id: str, kind: str, answer: dict[str, Any] | None = None, waits: Would | None = None
    ) -> None:
        super().__init__(process_id)
        self.body = (answer or {}) | {"process": process_id}
        """What its first step answers, when it is started."""
        self.would = [would_take_command(process_id, kind), *([waits] if waits else [])]
        """The last is a step that could not be done, and would wait until it can."""


def would_take_command(process_id: str, kind: str) -> Would:
    """A process would be told to do something."""
    return Would(what=f"{process_id} takes the command {kind}")


async def dry_run_flag(
    dry_run: Annotated[
        bool, Query(description="Only answer what would be done, or refused; nothing is changed")
    ] = False,
) -> bool:
    """Whether a request is a dry run, as a parameter that is documented and checked."""
    return dry_run


class DryRunRoute(APIRoute):
    """A route that changes nothing when it is called with `dry_run=true`."""

    def get_route_handler(self) -> Handler:
        """The route's handler, in a transaction that is rolled back when it is a dry run."""
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            if request.method == "GET" or not _is_dry_run(request):
                return await handle(request)
            async with database().rehearsal() as rehearsal:
                try:
                    response = await handle(request)
                except WouldBeTaken as taken:
                    return _shown(taken.body, [*rehearsal.done, *taken.would])
                return _answered(response, rehearsal)

        return handler


def _is_dry_run(request: Request) -> bool:
    try:
        return _FLAG.validate_python(request.query_params.get("dry_run", False))
    except ValidationError:
        return False  # It is refused as the parameter that it is.


def _answered(response: Response, rehearsal: Rehearsal) -> Response:
    body = json.loads(bytes(response.body) or b"{}")  # What is deleted is answered with nothing.
    return _shown(body if isinstance(body, dict) else {"items": body}, rehearsal.done)


def _shown(body: dict[str, Any], would: list[Would]) -> Response:
    shown = body | {"would": [one.model_dump(mode="json") for one in would]}
    return JSONResponse(json.loads(without_tokens(json.dumps(shown))))
