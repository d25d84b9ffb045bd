"""How the columns of somebody's files become the fields of our messages: a TOML file, written once.

[[import]]
target = "sales-orders"                 # what becomes of it
source = "orders"                       # file without its ending, or sheet
key = "order_id"                        # the external id: imported twice, it counts once
date = "%d.%m.%Y"                       # for every date of this import
decimal = "comma"                       # for every figure of this import; above the first one: of the file

[import.fields]
customer_code = "customer"              # a column
currency = { constant = "USD" }
customer_reference = { template = "Web {order_id}" }
freight_amount = { column = "freight", decimals = 2, default = "0" }
delivery = { column = "split", map = { yes = "partial", no = "complete" } }
payment_terms_code = { column = "customer", lookup = { source = "customers", by = "id", give = "terms" } }

[import.parts.lines]                    # a list within the record: the rows that belong to it
source = "order_details"
joined_by = "order_id"

[import.parts.lines.fields]
item_code = "product_id"
quantity = "quantity"
discount_percent = { column = "discount", factor = 100, decimals = 2 }
"""

import tomllib
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from api.imports.sources import SourceTable
from api.imports.targets import MappingRefused, Target
from foundation.values.messages import Message

EXTERNAL_ID = "external_id"
"""The column that names a document when there is no mapping."""


DecimalMark = Literal["comma", "point"]
"""How the figures of a file are written. Numbers in a workbook are numbers, whatever is said here."""


class Lookup(Message):
    """The value stands in another table: in the row whose column `by` has our value, in the column `give`."""

    source: str
    by: str
    give: str


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str | None) else str(value)


Constant = Annotated[str, BeforeValidator(_as_text)]
Values = dict[str, Constant]


class FieldRule(Message):
    """Where one field comes from, and what is done to it on the way, in the order of these attributes."""

    column: str | None = None
    constant: Constant | None = None
    template: str | None = None
    """Text with columns in braces: `{first_name} {last_name}`."""
    total: tuple[str, ...] | None = None
    """Columns that are added up; with a minus before it, taken off: `["debit", "-credit"]`."""

    lookup: Lookup | None = None
    map: Values | None = None
    """Every value that may come, and what becomes of it."""
    replace: Values = Field(default_factory=dict)
    """Some values, and what becomes of them; others stay."""
    default: Constant | None = None
    """For empty cells."""
    date: str | None = None
    """How days are written, as in `%d.%m.%Y`; ISO 8601 when left out."""
    decimal: DecimalMark | None = None
    """`comma`: 1.234,50. `point`: 1,234.50. Left out: 1234.50, and what may be either is refused."""
    factor: Decimal | None = None
    decimals: Annotated[int, Field(ge=0, le=10)] | None = None
    """Round half-up to so many decimals."""

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> Self:
        given = [
            name for name in ("column", "constant", "template", "total") if getattr(self, name) is not None
        ]
        if len(given) != 1:
            raise ValueError("say one of column, constant, template, total")
        return self


def _as_rule(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


Rule = Annotated[FieldRule, BeforeValidator(_as_rule)]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Columns = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
Choice = dict[str, Annotated[tuple[Constant, ...], BeforeValidator(_as_list)]]


def _as_pairs(value: Any) -> Any:
    return {value: value} if isinstance(value, str) else value


Joined = Annotated[dict[str, str], BeforeValidator(_as_pairs)]


class Part(Message):
    """A list within a record. Without a source, its elements are the rows grouped into the record."""

    source: str | None = None
    joined_by: Joined = Field(default_factory=dict)
    """The record's columns, and those of the part with the same values; one name when both are called alike.

    Empty: all rows.
    """
    fields: dict[str, Rule]


class Import(Message):
    """One target from one source. Without a source it is one record, made of constants and of its parts."""

    target: str
    source: str | None = None
    key: Rule | None = None
    group_by: Columns | None = None
    """Rows with the same values here are one record; `[]`: all rows are one. Left out: each row is one."""
    only: Choice = Field(default_factory=dict)
    """Take only rows that have one of these values in the column."""
    skip: Choice = Field(default_factory=dict)
    date: str | None = None
    decimal: DecimalMark | None = None
    fields: dict[str, Rule]
    parts: dict[str, Part] = Field(default_factory=dict)


class Mapping(Message):
    """A mapping file."""

    decimal: DecimalMark | None = None
    """For every import that does not say it itself."""
    imports: Annotated[tuple[Import, ...], Field(alias="import", min_length=1)]


def read_mapping(text: str) -> Mapping:
    """The mapping in a TOML file. Refuses: MappingRefused, with every wrong place."""
    try:
        return Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as wrong:
        raise MappingRefused(f"the mapping is not TOML: {wrong}") from None
    except ValidationError as wrong:
        errors = [(".".join(map(str, error["loc"])), error["msg"]) for error in wrong.errors()]
        raise MappingRefused(f"mapping, {errors[0][0]}: {errors[0][1]}", errors=errors) from None


def mapping_by_columns(table: SourceTable, target: Target) -> Import:
    """The mapping of a table whose columns are called like the fields.

    `lines.quantity` is a field of the record's lines: rows with the same key are one record. A document's key
    is its column `external_id`. Refuses: MappingRefused.
    """
    names = [column for column in table.columns if column and column != EXTERNAL_ID]
    fields: dict[str, str] = {}
    parts: dict[str, dict[str, Any]] = {}
    for name in names:
        head, _, rest = name.partition(".")
        if rest and not rest.split(".")[0].isdigit():
            parts.setdefault(head, {"fields": {}})["fields"][rest] = name
        else:
            fields[name] = name
    key = (EXTERNAL_ID,) if target.is_document else target.key_fields
    if absent := [name for name in key if name not in table.columns]:
        raise MappingRefused(
            f"{table.name}: a column {' and '.join(absent)} is needed, to know records again"
        )
    return Import.model_validate(
        {
            "target": target.name,
            "source": table.name,
            "key": EXTERNAL_ID if target.is_document else None,
            "group_by": key if parts else None,
            "fields": fields,
            "parts": parts,
        }
    )
