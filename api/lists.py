"""The route of a list: its parameters, its pages and its exported files follow from how it is declared."""

from collections.abc import Callable, Sequence
from inspect import Parameter, Signature
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import Depends, Query
from sqlalchemy import ColumnElement

from api import exports
from api.door import Asked, Router
from foundation.database.lists import Listing, part_of
from foundation.values.messages import Message

Item = TypeVar("Item")
Format = Literal["json", "csv", "xlsx"]
Conditions = Sequence[ColumnElement[bool]]


class Page(Message, Generic[Item]):
    """A part of a list, and where to go on."""

    items: list[Item]
    next_cursor: str | None


class Wanted(Message):
    """What a request wants of a list."""

    limit: int
    cursor: str | None
    sort: str | None
    format: Format
    values: dict[str, Any]
    """By what it is narrowed."""


class ListParameters:
    """The query parameters of a list, a dependency of its route."""

    def __init__(self, listing: Listing[Any]) -> None:
        self.listing = listing
        by = [f"{minus}{name}" for name in listing.sorts for minus in ("", "-")]
        filters = [
            _parameter(each.name, each.type, each.about, default=each.default) for each in listing.filters
        ]
        order = f"By what it is sorted; with a minus before it, descending. Without it: `{listing.order}`"
        # What FastAPI reads instead of the arguments of __call__.
        self.__signature__ = Signature(
            [
                *filters,
                _parameter("sort", Literal[tuple(by)], order),
                _parameter("limit", int, "So many at once", default=50, ge=1, le=200),
                _parameter("cursor", str, "`next_cursor` of the page before"),
                _parameter("format", Format, "`csv` and `xlsx`: the whole list as a file", default="json"),
            ]
        )

    async def __call__(self, **told: Any) -> Wanted:
        """What the request's parameters say."""
        own = {name: told.pop(name) for name in ("sort", "limit", "cursor", "format")}
        return Wanted(values=told, **own)


def _parameter(name: str, kind: Any, about: str, *, default: Any = None, **bounds: Any) -> Parameter:
    takes: Any = kind if default is not None else kind | None
    annotation: Any = Annotated[takes, Query(description=about, **bounds)]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


async def all_of_it() -> Conditions:
    """A list that nothing but its filters narrows."""
    return ()


def add_list(
    router: Router,
    listing: Listing[Any],
    rule: Any,
    *,
    path: str = "",
    where: Callable[..., Any] = all_of_it,
) -> None:
    """Add the route of a list: `rule` says who may read it.

    `where` is a dependency that gives conditions which follow from the path or from who asks.
    """

    async def pages(
        asked: Asked,
        wanted: Annotated[Wanted, Depends(ListParameters(listing))],
        conditions: Annotated[Conditions, Depends(where)],
    ) -> Any:
        rows = listing.wanted(wanted.sort, **wanted.values).where(*conditions)
        if wanted.format != "json":
            return await exports.export(asked, listing, rows, wanted.format, cursor=wanted.cursor)
        async with asked.read() as tx:
            part = await part_of(tx, rows, limit=wanted.limit, cursor=wanted.cursor)
            views = await listing.views(tx, part.rows)
        return Page[Any](items=views, next_cursor=part.next_cursor)

    page_of: Any = Page  # Of what, is known only when the list is declared.
    router.add_api_route(
        path,
        pages,
        methods=["GET"],
        name=f"list_{listing.name}",
        description=listing.about,
        dependencies=[rule],
        response_model=page_of[listing.view],
        responses={200: {"content": {kind: {} for kind in exports.MEDIA_TYPES.values()}}},
    )
