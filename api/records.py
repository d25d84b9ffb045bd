"""How a record that people edit is served, whatever it is:

Created, listed, read with an ETag, changed with If-Match.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Body, Header, Path, Response
from pydantic import BaseModel, create_model
from sqlalchemy import Select

from api.door import Asked, AskedRequest, Page, Paging, Router, allows, page
from foundation.errors import BusinessError, NotFound
from foundation.messages import Message
from foundation.operation import Operation

View = TypeVar("View", bound=Message)


class ExistsAlready(BusinessError):
    """There is such a record; change it with PATCH."""

    status = 409


class ChangedMeanwhile(BusinessError):
    """Somebody else has changed the record since it was read; read it again."""

    status = 412


class VersionMissing(BusinessError):
    """A change must say which version it is based on, in the header If-Match."""

    status = 428


@dataclass(frozen=True)
class Resource(Generic[View]):
    """A kind of record: where it is, how it is written, how it is read."""

    path: str
    tag: str
    permission: str
    put: Operation[Any, Any]
    view: type[View]
    select: Callable[[], Select[Any]]
    to_view: Callable[[Any], View]
    read: Callable[[AskedRequest, str], Any]
    """The record with a code as a view, or None."""
    example: dict[str, Any]
    code: str = "code"
    scope: Callable[[AskedRequest, Any], AskedRequest] = lambda asked, _record: asked


def changes_of(record: type[BaseModel], code: str) -> type[BaseModel]:
    """The same record with every field left out that is not to change; its code never does."""
    fields: dict[str, Any] = {
        name: (field.annotation | None, None)  # type: ignore[operator]
        for name, field in record.model_fields.items()
        if name != code
    }
    return create_model(record.__name__.replace("Put", "Change"), __base__=Message, **fields)


def router_for(resource: Resource[View]) -> Router:
    """The routes of a kind of record."""
    router = Router(prefix=f"/v1/{resource.path}", tags=[resource.tag])
    read, write = (allows(f"{resource.permission}.{verb}") for verb in ("read", "write"))
    _reading(router, resource, read)
    _writing(router, resource, write)
    return router


def _reading(router: Router, resource: Resource[View], rule: Any) -> None:
    view: Any = resource.view

    @router.get("", dependencies=[rule], response_model=Page[view])
    async def every(asked: Asked, paging: Paging) -> Any:
        """The records, by code."""
        async with asked.read() as session:
            return await page(session, resource.select(), paging, resource.to_view)

    @router.get("/{code}", dependencies=[rule], response_model=view)
    async def one(code: Annotated[str, Path()], asked: Asked, response: Response) -> Any:
        """One record; its ETag is the version that a change must name."""
        return _tagged(await _existing(resource, asked, code), response)


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
        return _tagged(await _created(resource, resource.scope(asked, record), record), response)

    @router.patch("/{code}", dependencies=[rule], response_model=view)
    async def edit(
        code: Annotated[str, Path()],
        changes: change,
        asked: Asked,
        response: Response,
        if_match: Annotated[str | None, Header(alias="If-Match")] = None,
    ) -> Any:
        """Change the fields that are given, and no others, if nobody has changed the record meanwhile."""
        known = await _existing(resource, asked, code)
        _check_version(code, known, if_match)
        wanted = _fields(ask, known) | changes.model_dump(exclude_unset=True)
        await asked.run(resource.put, ask.model_validate(wanted))
        return _tagged(await _existing(resource, asked, code), response)


def _fields(ask: type[BaseModel], known: Any) -> dict[str, Any]:
    return {name: getattr(known, name) for name in ask.model_fields}


async def _created(resource: Resource[View], asked: AskedRequest, record: Any) -> View:
    code = str(getattr(record, resource.code))
    known = await resource.read(asked, code)
    if known is not None and type(record)(**_fields(type(record), known)) != record:
        raise ExistsAlready(f"{code} exists already; change it with PATCH")
    if known is None:
        await asked.run(resource.put, record)
    return await _existing(resource, asked, code)


def _check_version(code: str, known: Any, if_match: str | None) -> None:
    if if_match is None:
        raise VersionMissing("send the ETag that you read in the header If-Match, so that no change is lost")
    if if_match.strip('"') not in (str(known.version), "*"):
        raise ChangedMeanwhile(f"{code} is at version {known.version} now; read it again")


async def _existing(resource: Resource[View], asked: AskedRequest, code: str) -> View:
    found: View | None = await resource.read(asked, code)
    if found is None:
        raise NotFound(f"there is no {code} in {resource.path}")
    return found


def _tagged(record: Any, response: Response) -> Any:
    response.headers["ETag"] = f'"{record.version}"'
    return record
