"""What every route stands on: a rule who may use it, who asked what, and under which key."""

import hashlib
import inspect
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Depends as DependsParam
from fastapi.params import Query
from starlette._utils import get_route_path
from starlette.routing import Match
from starlette.types import Scope

from activities.identity import note_read
from api import access
from api.authentication import Authenticated
from api.dry_runs import DryRunRoute, dry_run_flag
from api.time_zones import time_zone_of
from domains.identity import rules
from domains.identity.messages import ALL_COMPANIES, Actor, NoteRead
from foundation.database import rehearsal
from foundation.database.connections import database
from foundation.database.document_types import DocumentType, type_at
from foundation.database.transaction import Transaction
from foundation.operations import inbox
from foundation.operations.operation import Answer, Ask, Operation
from foundation.values.errors import BusinessError, Invalid
from foundation.values.messages import Call, Caller, shortened

ID_SPACE = UUID("6f0b1d4e-2c55-5f0e-9b0a-7e1f6b1c9a10")
IDEMPOTENCY_KEY = "Idempotency-Key"
MOST_NESTED = 100
"""So many levels may a body have: Python gives up at some hundreds, wherever it is then."""


class IdempotencyKeyMissing(BusinessError):
    """A POST without an Idempotency-Key: we could not tell a repetition from a second order."""

    status = 400


class NestedTooDeeply(BusinessError):
    """A body with more levels of lists and objects in each other than any request of ours has."""

    status = 400


CompanyHeader = Annotated[
    str | None,
    Header(
        alias="X-Company",
        description="The company to work for; may be left out when the key has only one.",
    ),
]


def company_of(actor: Actor, company: str | None) -> str:
    """The company that a request works for; `*` when a key for all names none. Refuses: Forbidden."""
    if not company and ALL_COMPANIES in actor.companies:
        return ALL_COMPANIES
    return rules.company_of(actor, company)


@dataclass(frozen=True)
class Rule:
    """The permission that a route asks for, and those by which it does more for some (`AskedRequest.may`)."""

    permission: str
    more: tuple[str, ...] = ()

    # Async, as every dependency: one that is not is sent to a thread and back with every request. Who asks is
    # found out here alone, and kept with the request: FastAPI looks at the dependencies of each route anew.
    async def __call__(self, request: Request, actor: Authenticated, company: CompanyHeader = None) -> None:
        """Refuses: Forbidden, naming the permission."""
        state = request.state
        state.rule, state.actor, state.company = self, actor, company_of(actor, company)
        await access.let_in(actor, state.company, self.permission)


def allows(permission: str, *more: str) -> Any:
    """Who may use a route: whoever has a role with this permission (`domain.thing.verb`).

    `more` are permissions with which the route does more.
    """
    return Depends(Rule(permission, more))


async def idempotency_key(
    key: Annotated[
        str | None,
        Header(
            alias=IDEMPOTENCY_KEY,
            description="Chosen by the caller, new for every request: sending a request again with the "
            "same key has its effect once and gives the same answer.",
            min_length=1,
            max_length=200,
        ),
    ] = None,
) -> str:
    """Every POST names itself. Refuses: IdempotencyKeyMissing."""
    if key is None:
        raise IdempotencyKeyMissing("send a header Idempotency-Key with a value of your own, such as a UUID")
    return key


class Route(DryRunRoute):
    """A route that knows its query parameters."""

    @cached_property
    def query_parameters(self) -> frozenset[str]:
        """Their names, also of those that its dependencies take."""
        fields = get_flat_params(self.dependant)
        return frozenset(field.alias for field in fields if isinstance(field.field_info, Query))


async def known_parameters(request: Request) -> None:
    """A query parameter that a route does not have is a slip of the pen, not to be passed over.

    Refuses: Invalid, naming it and those that there are.
    """
    if not request.scope["query_string"]:
        return
    known = request.scope["route"].query_parameters
    if unknown := [name for name in request.query_params if name not in known]:
        there_are = f"there are {', '.join(sorted(known))}" if known else "this address takes none"
        errors = [(name, f"no such query parameter; {there_are}") for name in unknown]
        raise Invalid(": ".join(errors[0]), errors=errors)


class Router(APIRouter):
    """A router on which a route without a rule cannot be declared, every POST demands an Idempotency-Key, and
    a document is named by its id or by its number; a query parameter that no route knows is refused.

    Of one that `notes_reads` it is written down who has read what.
    """

    def __init__(self, *, notes_reads: bool = False, **options: Any) -> None:
        super().__init__(route_class=Route, **options)
        self.fixed_path = self.prefix.partition("{")[0]
        self.notes_reads = notes_reads

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether one of the routes is meant. FastAPI asks each route of each router, a third of what the API
        did for a request; a router whose paths all begin otherwise need not be asked.
        """
        if not get_route_path(scope).startswith(self.fixed_path):
            return Match.NONE, {}
        return super().matches(scope)

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Add a route, unless it has no rule."""
        dependencies: Sequence[DependsParam] = options.get("dependencies") or ()
        if not any(isinstance(dependency.dependency, Rule) for dependency in dependencies):
            raise TypeError(f"{self.prefix}{path}: say who may use it with dependencies=[allows('…')]")
        if "POST" in (options.get("methods") or ()):
            dependencies = [*dependencies, Depends(idempotency_key)]
        if set(options.get("methods") or ()) - {"GET"}:
            dependencies = [*dependencies, Depends(dry_run_flag)]
        # After the rule: who may not use a route is told so first.
        options["dependencies"] = [*dependencies, Depends(known_parameters)]
        if self.notes_reads and "GET" in (options.get("methods") or ()):
            options["dependencies"].append(Depends(note_who_reads))
        if kind := type_at(self.prefix):
            _take_its_number(endpoint, kind, path)
        super().add_api_route(path, endpoint, **options)


@dataclass(frozen=True)
class AskedRequest:
    """Who asked, for which company, and under which key."""

    actor: Actor
    caller: Caller
    key: str | None
    app: Any
    rule: Rule
    path: str = ""
    time_zone: tzinfo = UTC
    """Where the company's today is."""
    body_hash: str = ""
    """Tells whether a request that comes again with its key asks for the same."""

    @property
    def is_dry_run(self) -> bool:
        """Whether only what would be done is asked for."""
        return rehearsal.current() is not None

    @property
    def today(self) -> date:
        """The company's today: what a document is dated when the caller leaves it to us."""
        return datetime.now(self.time_zone).date()

    @property
    def asked_hash(self) -> str | None:
        """Of what was asked for, where and in which words; None when it came as no JSON."""
        if not self.body_hash:
            return None
        return hashlib.sha256(f"{self.path} {self.body_hash}".encode()).hexdigest()

    def new_id(self, kind: str, *, of: UUID | None = None) -> UUID:
        """The id of what this request makes: the same whenever the request is sent again with its key.

        `of` is the document that it is made for: the same key may be used for several, and makes one of each.
        """
        name = f"{self.caller.company}/{kind}/{self.caller.actor}/{self.key}"
        return uuid5(ID_SPACE, name if of is None else f"{name}/{of}")

    async def run(self, operation: Operation[Ask, Answer], command: Ask) -> Answer:
        """Run one operation directly, once by the request's Idempotency-Key, or each time without one."""
        key = self.key or str(uuid5(ID_SPACE, f"{self.caller.correlation_id}/{operation.name}"))
        scope = f"{self.caller.company}/{self.caller.actor}/{operation.name}/{key}"
        with inbox.sent_by(self.app.state.temporal):
            return await operation(Call.direct(self.caller, scope, self.asked_hash), command)

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that sees this company's rows, and writes nothing."""
        return database().read(self.caller.company)

    async def may(self, permission: str) -> bool:
        """Whether the caller has one more permission now, which the route's rule must name."""
        if permission not in self.rule.more:
            raise LookupError(f"{self.path}: name {permission} in allows(…), so that roles can be given it")
        return (await access.now(self.caller.company)).allow(self.actor.roles, permission)

    def of_all_companies(self) -> "AskedRequest":
        """The same request in the scope of what belongs to no company; its route has checked who may."""
        return replace(self, caller=self.caller.model_copy(update={"company": ALL_COMPANIES}))

    async def within(self, company: str) -> "AskedRequest":
        """The same request in the scope of a company, if the key works for it and may do the same there.

        Refuses: Forbidden.
        """
        company = rules.company_of(self.actor, company)
        access.check_permission(await access.now(company), self.actor, self.rule.permission)
        caller = self.caller.model_copy(update={"company": company})
        return replace(self, caller=caller, time_zone=await time_zone_of(company))


async def asked(request: Request) -> AskedRequest:
    """Who asked what, under which key. Refuses: NotReconciled, when nothing is accepted."""
    if request.method != "GET":
        request.app.state.door.check()
    state = request.state
    caller = Caller(company=state.company, actor=state.actor.name, correlation_id=state.correlation_id)
    return AskedRequest(
        actor=state.actor,
        caller=caller,
        key=request.headers.get(IDEMPOTENCY_KEY),
        app=request.app,
        rule=state.rule,
        path=request.url.path,
        time_zone=await time_zone_of(state.company),
        body_hash=await _body_hash(request),
    )


async def note_who_reads(request: Request) -> None:
    """Write down who reads what only few may, before it is read."""
    await note_reading(await asked(request), parameters=request.url.query)


async def note_reading(by: AskedRequest, parameters: str = "") -> None:
    """The same for who is answered with it. Refuses: NoDryRun, of which nothing could be written down."""
    rehearsal.refuse_in_dry_run()
    # Each time: a correlation id, which many requests may share, must not make one of them.
    by = replace(by, key=str(uuid4()))
    await by.run(note_read, NoteRead(path=by.path, parameters=shortened(parameters)))


async def _body_hash(request: Request) -> str:
    """The same for the same JSON, however it is written: a field that is null is one that is left out."""
    if "json" not in request.headers.get("Content-Type", "").lower():
        return ""
    body = await request.body()
    try:
        body = json.dumps(_said(json.loads(body)), sort_keys=True).encode()
    except RecursionError:
        raise _nested_too_deeply() from None
    except ValueError:
        pass  # It is no JSON, and will be refused for that.
    return hashlib.sha256(body).hexdigest()


def _said(value: Any, depth: int = 0) -> Any:
    if depth > MOST_NESTED:
        raise _nested_too_deeply()
    if isinstance(value, dict):
        return {name: _said(field, depth + 1) for name, field in value.items() if field is not None}
    return [_said(item, depth + 1) for item in value] if isinstance(value, list) else value


def _nested_too_deeply() -> NestedTooDeeply:
    return NestedTooDeeply(f"the body has more than {MOST_NESTED} levels of lists and objects in each other")


Asked = Annotated[AskedRequest, Depends(asked)]


def _take_its_number(endpoint: Callable[..., Any], kind: DocumentType, path: str) -> None:
    """Where a path names a document by its id, the route takes its number as well."""
    name = path.strip("/").partition("/")[0].strip("{}")
    signature = inspect.signature(endpoint)
    known = signature.parameters.get(name)
    if known is None or known.annotation is not UUID:
        return
    named = known.replace(annotation=Annotated[UUID, Depends(_id_of(kind, name))])
    changed = [named if parameter is known else parameter for parameter in signature.parameters.values()]
    vars(endpoint)["__signature__"] = signature.replace(parameters=changed)


def _id_of(kind: DocumentType, name: str) -> Callable[..., Any]:
    """The dependency that gives the id of the document that a path names. Refuses: NotFound."""

    async def find(asked: AskedRequest, **path: str) -> UUID:
        try:
            return UUID(path[name])
        except ValueError:
            async with asked.read() as tx:
                return await kind.id_of(tx, path[name])

    named = Annotated[str, Path(description=f"The {kind.title}'s id, or its number")]
    kinds: dict[str, Any] = {"asked": Asked, name: named}
    vars(find)["__signature__"] = inspect.Signature(
        [
            inspect.Parameter(each, inspect.Parameter.KEYWORD_ONLY, annotation=annotation)
            for each, annotation in kinds.items()
        ]
    )
    return find
