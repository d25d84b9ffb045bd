"""How a record that people edit is created, listed, read with an ETag and changed with If-Match."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Annotated, Any, Generic, TypeVar
from uuid import uuid4

from fastapi import Body, Header, Path, Response
from pydantic import BaseModel, Field, ValidationError, create_model
from sqlalchemy import ColumnElement, Select, or_

from api.door import Asked, AskedRequest, Router, allows, note_reading
from api.etags import version_seen
from api.lists import add_list
from foundation.database.lists import Filter, Listing
from foundation.database.records import NEW, ChangedMeanwhile, ExistsAlready
from foundation.database.transaction import Row
from foundation.operations.operation import Operation
from foundation.values.errors import BusinessError, Forbidden, Invalid, NotFound
from foundation.values.messages import Message, Text

View = TypeVar("View", bound=Message)


@dataclass(frozen=True)
class Resource(Generic[View]):
    """A kind of record: where it is, how it is written, how it is read.

    Its view shows all that the message that writes it has, and its version.
    """

    path: str
    tag: str
    permission: str
    put: Operation[Any, Any]
    view: type[View]
    records: Listing[View]
    read: Callable[[AskedRequest, str], Any]
    """The record with a code as a view, or None."""
    example: dict[str, Any]
    code: str = "code"
    scope: Callable[[AskedRequest, str], Awaitable[AskedRequest]] | None = None
    """The request in the scope of the record; without it, as it came."""
    notes_reads: bool = False
    """Whether only few may: it is written down who has read what, and the permission is to `see` it, which no
    `*.read` covers.
    """
    guarded: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Fields that need a permission of their own, by permission, each with what anybody may begin with."""

    @cached_property
    def put_as_seen(self) -> type[BaseModel]:
        """What is put, with the version that was seen."""
        ask: type[BaseModel] = self.put.ask_type
        return create_model(ask.__name__, __base__=ask, version=(int, ...))


def changes_of(record: type[BaseModel], code: str) -> type[BaseModel]:
    """The same record with every field left out that is not to change; its code never does."""
    kinds: dict[str, Any] = {
        name: field.annotation for name, field in record.model_fields.items() if name != code
    }
    fields: dict[str, Any] = {name: (kind | None, None) for name, kind in kinds.items()}
    return create_model(record.__name__.replace("Put", "Change"), __base__=Message, **fields)


def router_for(resource: Resource[View]) -> Router:
    """The routes of a kind of record."""
    router = Router(prefix=f"/v1/{resource.path}", tags=[resource.tag], notes_reads=resource.notes_reads)
    read = allows(f"{resource.permission}.{'see' if resource.notes_reads else 'read'}")
    write = allows(f"{resource.permission}.write", *resource.guarded)
    _reading(router, resource, read)
    _writing(router, resource, write)
    return router


Code = Annotated[str, Path()]
Search = Annotated[Text, Field(max_length=100)]


def _reading(router: Router, resource: Resource[View], rule: Any) -> None:
    view: Any = resource.view

    add_list(router, resource.records, rule)

    # A code may have a slash in it.
    @router.get("/{code:path}", dependencies=[rule], response_model=view)
    async def one(code: Code, asked: Asked, response: Response) -> Any:
        """One record; its ETag is the version that a change must name."""
        return _tagged(await _existing(resource, await _scoped(resource, asked, code), code), response)


def _writing(router: Router, resource: Resource[View], rule: Any) -> None:
    ask: Any = resource.put.ask_type
    change: Any = changes_of(ask, resource.code)
    view: Any = resource.view
    examples: Any = {"example": {"value": resource.example}}

    @router.post("", status_code=201, dependencies=[rule], response_model=view)
    async def create(
        record: Annotated[ask, Body(openapi_examples=examples)], asked: Asked, response: Response
    ) -> Any:
        """Write a new record down. One that exists already, and differs, is changed with PATCH instead."""
        code = str(getattr(record, resource.code))
        await _check_guarded(resource, asked, dict(record), None)
        return _tagged(await _created(resource, await _scoped(resource, asked, code), code, record), response)

    @router.patch("/{code:path}", dependencies=[rule], response_model=view)
    async def edit(
        code: Code,
        changes: change,
        asked: Asked,
        response: Response,
        if_match: Annotated[str | None, Header(alias="If-Match")] = None,
    ) -> Any:
        """Change the fields that are given, and no others, if nobody has changed the record meanwhile."""
        asked = await _scoped(resource, asked, code)
        known = await _existing(resource, asked, code)
        wanted = _fields(ask, known) | changes.model_dump(exclude_unset=True)
        await _check_guarded(resource, asked, wanted, known)
        changed = _checked(ask, wanted)
        if if_match != "*":
            changed = _checked(resource.put_as_seen, wanted | _seen(code, if_match))
        # The version guards the change; a correlation id, which many requests may share, must not.
        asked = replace(asked, key=asked.key or str(uuid4()))
        await asked.run(resource.put, changed)
        return _tagged(await _written(resource, asked, code), response)


async def _check_guarded(
    resource: Resource[View], asked: AskedRequest, wanted: dict[str, Any], known: Any
) -> None:
    """Refuses: Forbidden, for fields that others decide about, when they change or are begun with."""
    for permission, fields in resource.guarded.items():
        decided = [
            name
            for name, at_first in fields.items()
            if wanted[name] != (at_first if known is None else getattr(known, name))
        ]
        if decided and not await asked.may(permission):
            why = f"the permission {permission} is needed"
            raise Forbidden(
                f"{asked.actor.name} may not say what {decided[0]} is: {why}",
                errors=[(name, why) for name in decided],
            )


async def _scoped(resource: Resource[View], asked: AskedRequest, code: str) -> AskedRequest:
    return asked if resource.scope is None else await resource.scope(asked, code)


def records(
    path: str,
    view: type[View],
    rows: Select[Any],
    table: Any,
    *,
    order: str = "code",
    to_view: Callable[[Row], View] | None = None,
) -> Listing[View]:
    """The list of a kind of record: found by a part of code or name, by code unless it is said."""
    sorts = {name: getattr(table, name) for name in ("code", "name", order) if hasattr(table, name)}
    texts = [sorts[name] for name in ("code", "name") if name in sorts]
    return Listing(
        name=path.replace("-", "_"),
        about=f"The records, by {order}.",
        view=view,
        rows=rows,
        to_view=to_view,
        filters=(Filter("q", Search, lambda q: _contains(texts, q), "In the code or the name, in any case"),),
        sorts=sorts,
        order=order,
        unique=(table.code,),
    )


def _contains(columns: list[Any], q: str) -> ColumnElement[bool] | None:
    return or_(*(column.icontains(q, autoescape=True) for column in columns)) if q else None


def _fields(ask: type[BaseModel], known: Any) -> dict[str, Any]:
    return {name: getattr(known, name) for name in ask.model_fields}


def _checked(kind: type[BaseModel], wanted: dict[str, Any]) -> Any:
    try:
        return kind.model_validate(wanted)
    except ValidationError as wrong:
        errors = [(".".join(map(str, error["loc"])), error["msg"]) for error in wrong.errors()]
        raise Invalid(": ".join(errors[0]), errors=errors) from None


async def _created(resource: Resource[View], asked: AskedRequest, code: str, record: Any) -> View:
    known = await resource.read(asked, code)
    if known is None:
        new = resource.put_as_seen.model_validate(dict(record) | {"version": NEW})
        await asked.run(resource.put, new)
    elif type(record)(**_fields(type(record), known)) != record:
        await _created_before(resource, asked, code, record)
    return await _written(resource, asked, code)


async def _created_before(resource: Resource[View], asked: AskedRequest, code: str, record: Any) -> None:
    """What was written may differ from what was asked: accounts wait for another's yes. Asked again by the
    same key it is known. Refuses: ExistsAlready.
    """
    try:
        await asked.run(resource.put, resource.put_as_seen.model_validate(dict(record) | {"version": NEW}))
    except BusinessError as refusal:
        raise ExistsAlready(f"{code} exists already; change it with PATCH") from refusal


def _seen(code: str, if_match: str | None) -> dict[str, int]:
    """The version that a change is based on. Refuses: VersionMissing, ChangedMeanwhile."""
    if (version := version_seen(if_match, code)) == NEW:
        raise ChangedMeanwhile(f"{code} has no version {if_match}; read it again")
    return {"version": version}


async def _written(resource: Resource[View], asked: AskedRequest, code: str) -> View:
    """What is answered to whoever writes; of what only few may see that is noted, as of whoever reads."""
    if resource.notes_reads:
        await note_reading(asked)
    return await _existing(resource, asked, code)


async def _existing(resource: Resource[View], asked: AskedRequest, code: str) -> View:
    found: View | None = await resource.read(asked, code)
    if found is None:
        raise NotFound(f"there is no {code} in {resource.path}")
    return found


def _tagged(record: Any, response: Response) -> Any:
    response.headers["ETag"] = f'"{record.version}"'
    return record
