"""Whatever goes wrong is answered as problem details (RFC 9457).

They say of which type it is, what was wrong, where, and whether trying again helps.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from asyncpg import CharacterNotInRepertoireError, InterfaceError, PostgresError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from temporalio.client import RPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from foundation.runtime import failures, temporal

log = structlog.get_logger()

RETRY_AFTER_SECONDS = 2
_IN_OUR_WORDS = {"extra_forbidden": "there is no such field"}
MAY_BE_OUTAGES = (
    RPCError,
    RPCTimeoutOrCancelledError,
    SQLAlchemyError,
    PostgresError,
    InterfaceError,
    ConnectionError,
    asyncio.TimeoutError,
)


def answer(problem: dict[str, Any], request: Request) -> JSONResponse:
    """The problem as an answer, with the correlation id under which its story can be found."""
    correlation_id = getattr(request.state, "correlation_id", "")
    headers = {"X-Correlation-ID": correlation_id}
    if problem.get("retryable"):
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if problem["status"] == 401:
        headers["WWW-Authenticate"] = "Bearer"  # RFC 9110, 11.6.1: a 401 says how to authenticate.
    body = {**problem, "type": f"/problems/{problem['type']}", "correlation_id": correlation_id}
    return JSONResponse(body, problem["status"], headers, media_type="application/problem+json")


def problem_of(refusal: ApplicationError) -> dict[str, Any]:
    """The problem details that a refusal carries, wherever it was raised."""
    if refusal.details and isinstance(refusal.details[0], dict):
        return dict(refusal.details[0])
    kind = refusal.type or "refused"
    return {
        "type": kind,
        "title": kind.replace("-", " ").capitalize(),
        "status": 409,
        "detail": refusal.message,
        "retryable": False,
    }


def _simple(kind: str, status: int, detail: str, *, retryable: bool = False) -> dict[str, Any]:
    title = kind.replace("-", " ").capitalize()
    return {"type": kind, "title": title, "status": status, "detail": detail, "retryable": retryable}


def _told_apart(errors: Sequence[Any]) -> list[Any]:
    """Without those that only come of another: a list is not too short because its one entry is wrong."""
    wrong_within = {error["loc"][:end] for error in errors for end in range(1, len(error["loc"]))}
    return [error for error in errors if error["type"] != "too_short" or error["loc"] not in wrong_within]


def install(app: FastAPI) -> None:
    """Register what answers each kind of failure."""

    @app.exception_handler(ApplicationError)
    async def refused(request: Request, refusal: ApplicationError) -> JSONResponse:
        return answer(problem_of(refusal), request)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, wrong: RequestValidationError) -> JSONResponse:
        errors = [
            {
                "field": ".".join(str(part) for part in error["loc"][1:]) or str(error["loc"][0]),
                "message": _IN_OUR_WORDS.get(error["type"], error["msg"]),
            }
            for error in _told_apart(wrong.errors())
        ]
        first = f"{errors[0]['field']}: {errors[0]['message']}" if errors else "the request is not valid"
        return answer(_simple("invalid", 422, first) | {"errors": errors}, request)

    @app.exception_handler(HTTPException)
    async def http(request: Request, wrong: HTTPException) -> JSONResponse:
        kinds = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}
        kind = kinds.get(wrong.status_code, "http-error")
        return answer(_simple(kind, wrong.status_code, str(wrong.detail)), request)

    async def failed(request: Request, failure: Exception) -> JSONResponse:
        if isinstance(failure, CharacterNotInRepertoireError):
            # A path may hold what no text in the database can: %00.
            return answer(_simple("not-found", 404, "there is no such document"), request)
        if _is_outage(failure):
            log.warning("outage", failure=repr(failure)[:300])
            detail = (
                "a server that we need does not answer; nothing is lost: send the same request again with "
                "its key"
            )
            return answer(_simple("temporarily-unavailable", 503, detail, retryable=True), request)
        log.exception("defect", exc_info=failure)
        detail = "this is a defect of ours; it was logged under the correlation id"
        return answer(_simple("internal-error", 500, detail, retryable=True), request)

    # Named so that they are answered as all else is, and not first raised out of the application.
    for kind in (*MAY_BE_OUTAGES, Exception):
        app.add_exception_handler(kind, failed)


def _is_outage(failure: Exception) -> bool:
    if isinstance(failure, RPCError):
        return temporal.is_away(failure)
    named = (kind.__name__ for kind in type(failure).__mro__)
    return temporal.is_away(failure) or any(map(failures.is_outage, named))
