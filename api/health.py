"""Whether the API lives, and whether it can do its work."""

import json

from fastapi import APIRouter, Request, Response
from sqlalchemy import text

from foundation.database.connections import database
from foundation.runtime.settings import settings

router = APIRouter(prefix="/health", tags=["Health"])


@router.get("/live")
async def live() -> dict[str, str]:
    """The process answers. An outage of PostgreSQL or Temporal does not restart it."""
    return {"status": "live"}


@router.get("/ready")
async def ready(request: Request, response: Response) -> dict[str, bool | list[str]]:
    """PostgreSQL and Temporal answer. `accepts` is false while only reading is possible.

    `given_up` names what `perpetual up` starts no more, because it died again and again.
    """
    answers = {"postgresql": await _database_answers(), "temporal": await _temporal_answers(request)}
    if not all(answers.values()):
        response.status_code = 503
    accepts = request.app.state.door.closed_why is None
    return {**answers, "accepts": accepts, "given_up": _given_up()}


def _given_up() -> list[str]:
    """As the note of the supervisor says; empty where another program looks after us."""
    if (directory := settings().child_of) is None:
        return []
    try:
        return sorted(json.loads((directory / "running.json").read_text())["given_up"])
    except (OSError, ValueError, KeyError):
        return []


async def _database_answers() -> bool:
    try:
        async with database().transaction() as tx:
            await tx.execute(text("SELECT 1"))
    except Exception:
        return False
    return True


async def _temporal_answers(request: Request) -> bool:
    try:
        return bool(await request.app.state.temporal.service_client.check_health())
    except Exception:
        return False
