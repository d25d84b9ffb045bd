"""What can be asked of a document or of a process now, and why not the rest.

The list is made of the routes below the document's path and its process's: no other list says so. Whether
something is allowed now is asked where it would be refused: of the process, by the checks that refuse its
commands; and by a dry run of the route, with a body of which only the required texts are filled.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
from fastapi import Request
from pydantic import BaseModel
from temporalio.exceptions import ApplicationError

from api import access, processes, routes
from api.documents import may_read
from api.door import Asked, AskedRequest, Router, allows
from api.own_routes import own_routes
from api.routes import KnownRoute
from foundation.database.document_types import DOCUMENT_TYPES, DocumentType, found, type_of_process
from foundation.database.rehearsal import NoDryRun
from foundation.process.accepting import commands_of
from foundation.process.process_types import process_types
from foundation.process.run import run_types
from foundation.values.errors import NotFound
from foundation.values.messages import Message

OF_PROCESSES, OF_RUNS = "/v1/processes/{process_id:path}/", "/v1/runs/{run_id:path}/"
NOBODY = UUID(int=0)


class CommandView(Message):
    """Something that can be asked: how, and whether it would be done now."""

    name: str
    method: str
    path: str
    title: str
    description: str
    body: str | None
    """Where the JSON schema of the body is, in /openapi.json."""
    permission: str
    has_permission: bool
    allowed: bool
    why_not: str | None
    depends_on: tuple[str, ...] = ()
    """Fields of the body that must be known to say more: it may still be refused for them."""


class CommandsView(Message):
    """All that can be asked of a document or a process."""

    process_id: str | None
    commands: tuple[CommandView, ...]


class Offered(NamedTuple):
    """A route for one document or process, and the command that it gives, if it gives one."""

    known: KnownRoute
    path: str
    kind: str | None


def document_routers() -> list[Router]:
    """`GET …/commands` for every kind of document that is declared."""
    return [_router_of(kind) for kind in DOCUMENT_TYPES.values()]


def _router_of(kind: DocumentType) -> Router:
    router = Router(prefix=kind.path, tags=["Documents"])

    @router.get("/{document_id}/commands", dependencies=[allows("operations.document.read")])
    async def document_commands(document_id: UUID, asked: Asked, request: Request) -> CommandsView:
        """What can be asked of the document now, who may, and why not the rest. Refuses: NotFound."""
        async with asked.read() as tx:
            is_there = any(row.kind == kind.name for row in await found(tx, str(document_id)))
        if not is_there or not await may_read(asked, kind.name):
            raise NotFound(f"there is no {kind.title} {document_id}")
        process_id = processes.process_id_of(asked, kind.process, document_id) if kind.process else None
        below = _below(asked, f"{kind.path}/{{", str(document_id))
        return await _shown(asked, request, process_id, list(below))

    return router


async def of_process(asked: AskedRequest, request: Request, process_id: str) -> CommandsView:
    """What can be asked of a process now, and of the document that it is about. Refuses: NotFound."""
    async with asked.read() as tx:
        if not await processes.is_known(tx, process_id):
            raise NotFound(f"there is no process {process_id}")
    _, process, name = process_id.split("/", 2)
    document = type_of_process(process)
    below = list(_below(asked, f"{document.path}/{{", name)) if document else []
    if process in run_types():
        below += _below(asked, OF_RUNS, process_id)
    return await _shown(asked, request, process_id, below)


def _below(asked: AskedRequest, start: str, name: str) -> Iterator[tuple[KnownRoute, str]]:
    """The POST routes below one document's or process's path."""
    for known in routes.known(asked.app):
        if known.method == "POST" and known.path.startswith(start) and not known.path.endswith("}"):
            yield known, re.sub(r"\{[^}]+\}", name, known.path, count=1)


async def _shown(
    asked: AskedRequest, request: Request, process_id: str | None, below: list[tuple[KnownRoute, str]]
) -> CommandsView:
    kinds: dict[str, type[Message]] = {}
    problems: dict[str, Any] = {}
    if process_id is not None:
        kinds = commands_of(process_types()[process_id.split("/", 2)[1]])
        problems = await processes.accepted(asked, process_id)
        below = [*below, *_below(asked, OF_PROCESSES, process_id)]
    offered = [Offered(known, path, _kind_of(known, kinds)) for known, path in below]
    async with own_routes(asked, request) as client:
        commands = [await _view(asked, client, one, problems) for one in offered]
    return CommandsView(process_id=process_id, commands=tuple(commands))


def _kind_of(known: KnownRoute, kinds: dict[str, type[Message]]) -> str | None:
    """The command that a route gives: its message is what the route's body asks for."""
    body, name = _body_of(known), known.path.rpartition("/")[2]
    fitting = [kind for kind, message in kinds.items() if body is not None and issubclass(message, body)]
    return name if name in fitting else fitting[0] if len(fitting) == 1 else None


def _body_of(known: KnownRoute) -> type[BaseModel] | None:
    fields = known.route.dependant.body_params
    kind = fields[0].field_info.annotation if len(fields) == 1 else None
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


async def _view(
    asked: AskedRequest, client: httpx.AsyncClient, offered: Offered, problems: dict[str, Any]
) -> CommandView:
    known, body = offered.known, _body_of(offered.known)
    may, why_not = await _may(asked, known)
    problem = problems.get(offered.kind) if offered.kind else None
    depends_on: tuple[str, ...] = ()
    if may:
        depends_on, why_not = await _tried(client, offered.path, body)
        why_not = why_not or (problem and problem["detail"])
    summary, _, description = (known.route.endpoint.__doc__ or "").strip().partition("\n")
    return CommandView(
        name=known.path.rpartition("/")[2],
        method=known.method,
        path=offered.path,
        title=known.route.summary or known.route.name.replace("_", " ").capitalize(),
        description=f"{summary} {' '.join(description.split())}".strip(),
        body=f"/openapi.json#/components/schemas/{body.__name__}" if body else None,
        permission=known.permission,
        has_permission=may,
        allowed=why_not is None,
        why_not=why_not,
        depends_on=depends_on,
    )


async def _may(asked: AskedRequest, known: KnownRoute) -> tuple[bool, str | None]:
    try:
        access.check_permission(await access.now(asked.caller.company), asked.actor, known.permission)
    except ApplicationError as refusal:
        return False, refusal.message
    return True, None


async def _tried(
    client: httpx.AsyncClient, path: str, body: type[BaseModel] | None
) -> tuple[tuple[str, ...], str | None]:
    """The fields without which a dry run says too little, and what it was refused for otherwise."""
    filled, missing = _filled(body)
    if missing and any(kind is not UUID for kind in missing.values()):
        return tuple(missing), None
    asked = filled | {name: str(NOBODY) for name in missing}
    key = {"Idempotency-Key": f"dry run {uuid4()}"}
    answer = await client.post(path, json=asked, params={"dry_run": "true"}, headers=key)
    if answer.status_code < 400:
        return tuple(missing), None
    problem = answer.json()
    is_about_missing = bool(missing) and answer.status_code == NotFound.status
    if is_about_missing or problem["type"] == f"/problems/{NoDryRun.type_name()}" or problem["retryable"]:
        return tuple(missing), None
    return tuple(missing), problem["detail"]


def _filled(body: type[BaseModel] | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """A body with its required texts and answers filled in, and the kinds of what else it needs."""
    needed = (
        {} if body is None else {n: f.annotation for n, f in body.model_fields.items() if f.is_required()}
    )
    plain: dict[Any, Any] = {str: "asked what is allowed", bool: True}
    filled = {name: plain[kind] for name, kind in needed.items() if kind in plain}
    return filled, {name: kind for name, kind in needed.items() if kind not in plain}
