"""What every route stands on: a rule who may use it, who asked what under which key, and pages of lists."""

import hashlib
import inspect
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.params import Depends as DependsParam
from sqlalchemy import Select

from api import access
from api.authentication import Authenticated
from api.dry_runs import DryRunRoute, dry_run_flag
from domains.identity import rules
from domains.identity.messages import ALL_COMPANIES, Actor
from foundation.database import rehearsal
from foundation.database.connections import database
from foundation.database.document_types import DocumentType, type_at
from foundation.database.lists import part_of
from foundation.database.transaction import Transaction
from foundation.operations import inbox
from foundation.operations.operation import Answer, Ask, Operation
from foundation.values.errors import BusinessError
from foundation.values.messages import Call, Caller, Message

ID_SPACE = UUID("6f0b1d4e-2c55-5f0e-9b0a-7e1f6b1c9a10")
Item = TypeVar("Item")
MOST_NESTED = 100
"""So many levels may a body have: Python gives up at some hundreds, wherever it is then."""


class IdempotencyKeyMissing(BusinessError):
    """A POST without an Idempotency-Key: we could not tell a repetition from a second order."""

    status = 400


class NestedTooDeeply(BusinessError):
    """A body with more levels of lists and objects in each other than any request of ours has."""

    status = 400


async def company(
    actor: Authenticated,
    company: Annotated[
        str | None,
        Header(
            alias="X-Company",
            description="The company to work for; may be left out when the key has only one.",
        ),
    ] = None,
) -> str:
    """The company that a request works for; `*` when a key for all names none. Refuses: Forbidden."""
    return (
        rules.company_of(actor, company) if company or ALL_COMPANIES not in actor.companies else ALL_COMPANIES
    )


@dataclass(frozen=True)
class Rule:
    """The permission that a route asks for, and those by which it does more for some (`AskedRequest.may`)."""

    permission: str
    more: tuple[str, ...] = ()

    # Async, as every dependency: one that is not is sent to a thread and back with every request.
    async def __call__(
        self, request: Request, actor: Authenticated, company: Annotated[str, Depends(company)]
    ) -> None:
        """Refuses: Forbidden, naming the permission."""
        request.state.rule = self
        await access.let_in(actor, company, self.permission)


def allows(permission: str, *more: str) -> Any:
    """Who may use a route: whoever has a role with this permission (`domain.thing.verb`).

    `more` are permissions with which the route does more.
    """
    return Depends(Rule(permission, more))


async def idempotency_key(
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
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


class Router(APIRouter):
    """A router on which a route without a rule cannot be declared, every POST demands an Idempotency-Key, and
    a document is named by its id or by its number.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=DryRunRoute, **options)

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Add a route, unless it has no rule."""
        dependencies: Sequence[DependsParam] = options.get("dependencies") or ()
        if not any(isinstance(dependency.dependency, Rule) for dependency in dependencies):
            raise TypeError(f"{self.prefix}{path}: say who may use it with dependencies=[allows('…')]")
        if "POST" in (options.get("methods") or ()):
            options["dependencies"] = [*dependencies, Depends(idempotency_key)]
        if set(options.get("methods") or ()) - {"GET"}:
            options["dependencies"] = [*options["dependencies"], Depends(dry_run_flag)]
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
    body_hash: str = ""
    """Tells whether a request that comes again with its key asks for the same."""

    @property
    def is_dry_run(self) -> bool:
        """Whether only what would be done is asked for."""
        return rehearsal.current() is not None

    @property
    def today(self) -> date:
        """Today, in UTC: what a document is dated when the caller leaves it to us."""
        return datetime.now(UTC).date()

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
        """Run one operation directly, once by the request's Idempotency-Key (or each time, for a PATCH)."""
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
        return replace(self, caller=self.caller.model_copy(update={"company": company}))


async def asked(
    request: Request,
    actor: Authenticated,
    company: Annotated[str, Depends(company)],
    key: Annotated[str | None, Header(alias="Idempotency-Key", include_in_schema=False)] = None,
) -> AskedRequest:
    """Who asked what, under which key. Refuses: NotReconciled, when nothing is accepted."""
    if request.method != "GET":
        request.app.state.door.check()
    caller = Caller(
        company=company,
        actor=actor.name,
        correlation_id=request.state.correlation_id,
    )
    return AskedRequest(
        actor=actor,
        caller=caller,
        key=key,
        app=request.app,
        rule=request.state.rule,
        path=request.url.path,
        body_hash=await _body_hash(request),
    )


async def _body_hash(request: Request) -> str:
    """The same for the same JSON, however it is written: a field that is null is one that is left out."""
    if request.method != "POST" or "json" not in request.headers.get("Content-Type", "").lower():
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


class PagingQuery(Message):
    """Which part of a list."""

    limit: Annotated[int, Query(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before")] = None
    sort: Annotated[str | None, Query(description="A column's name; with a minus before it, descending")] = (
        None
    )


async def paging(
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before")] = None,
    sort: Annotated[
        str | None, Query(description="A field's name; with a minus before it, descending")
    ] = None,
) -> PagingQuery:
    """The paging parameters of a list."""
    return PagingQuery(limit=limit, cursor=cursor, sort=sort)


Paging = Annotated[PagingQuery, Depends(paging)]


class Page(Message, Generic[Item]):
    """A part of a list, and where to go on."""

    items: list[Item]
    next_cursor: str | None


async def page(
    tx: Transaction, wanted: Select[Any], paging: PagingQuery, to_view: Callable[[Any], Item]
) -> Page[Item]:
    """One page of a list, which must be ordered, and end in a unique column. Refuses: Invalid."""
    part = await part_of(tx, wanted, limit=paging.limit, cursor=paging.cursor)
    return Page(items=[to_view(row) for row in part.rows], next_cursor=part.next_cursor)
