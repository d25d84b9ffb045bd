"""Whether the API lives, and whether it can do its work."""

from fastapi import APIRouter, Request, Response
from sqlalchemy import text

from foundation.database import database

router = APIRouter(prefix="/health", tags=["Health"])


@router.get("/live")
async def live() -> dict[str, str]:
    """The process answers. An outage of PostgreSQL or Temporal does not restart it."""
    return {"status": "live"}


@router.get("/ready")
async def ready(request: Request, response: Response) -> dict[str, bool]:
    """PostgreSQL and Temporal answer. `accepts` is false while only reading is possible."""
    answers = {"postgresql": await _database_answers(), "temporal": await _temporal_answers(request)}
    if not all(answers.values()):
        response.status_code = 503
    return answers | {"accepts": request.app.state.door.closed_why is None}


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
