"""One value of one field: from a row's cells, through what its rule does to it."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from api.imports.mapping import DecimalMark, FieldRule, Import, Lookup
from api.imports.sources import NumberCell, SourceRow, SourceTable, SourceTables
from api.imports.targets import Kind, MappingRefused

_BRACES = re.compile(r"\{([^{}]+)\}")


class WrongValue(ValueError):
    """A cell does not hold what its field needs; the message says what is wrong with it."""


class Lookups:
    """The tables that values are looked up in, each read once."""

    def __init__(self, tables: SourceTables) -> None:
        self.tables = tables
        self._known: dict[Lookup, dict[str, str]] = {}

    def check(self, lookup: Lookup) -> None:
        """Refuses: MappingRefused, when the table or one of its columns is missing."""
        table = self.tables.named(lookup.source)
        check_columns(table, [lookup.by, lookup.give])

    def value(self, lookup: Lookup, of: str) -> str:
        """The value that belongs to `of`, the first row's when there are several. Raises WrongValue."""
        if lookup not in self._known:
            rows = reversed(self.tables.named(lookup.source).rows)
            self._known[lookup] = {row.values[lookup.by]: row.values[lookup.give] for row in rows}
        if of not in self._known[lookup]:
            raise WrongValue(f"is not in the column {lookup.by} of {lookup.source}")
        return self._known[lookup][of]


def check_columns(table: SourceTable, columns: list[str]) -> None:
    """Refuses: MappingRefused, naming the columns that the table does not have."""
    if absent := [column for column in columns if column not in table.columns]:
        known = ", ".join(filter(None, table.columns))
        raise MappingRefused(f"{table.name} has no column {', '.join(absent)}; it has: {known}")


def columns_of(rule: FieldRule) -> Iterator[str]:
    """The columns that a rule reads, in the order in which it names them."""
    if rule.column is not None:
        yield rule.column
    if rule.template is not None:
        yield from _BRACES.findall(rule.template)
    for column in rule.total or ():
        yield column.removeprefix("-")


def value_of(rule: FieldRule, row: SourceRow, kind: Kind, usual: Import, lookups: Lookups) -> Any:
    """The field's value in this row, None when there is none.

    Text that the message turns into figures and days; lists that are written in a cell come as JSON. Raises
    WrongValue.
    """
    decimal = rule.decimal or usual.decimal
    text = _found(rule, row, decimal)
    if rule.lookup is not None and text:
        text = lookups.value(rule.lookup, text)
    if rule.map is not None and text:
        if text not in rule.map:
            raise WrongValue(f"is none of the known values {', '.join(rule.map)}")
        text = rule.map[text]
    text = rule.replace.get(text, text) or NumberCell(rule.default or "")
    if not text:
        return None
    if rule.constant is not None:
        return text
    match kind:
        case Kind.NUMBER:
            return _figure(text, rule, decimal)
        case Kind.DATE:
            return _day(text, rule.date or usual.date)
        case Kind.NESTED:
            return _nested(text)
        case Kind.TEXT:
            return text


def _found(rule: FieldRule, row: SourceRow, decimal: DecimalMark | None) -> str:
    if rule.column is not None:
        return row.values[rule.column]
    if rule.template is not None:
        found = _BRACES.findall(rule.template)
        if not any(row.values[column] for column in found):
            return "" if found else rule.template
        return _BRACES.sub(lambda place: row.values[place.group(1)], rule.template)
    if rule.total is not None:
        return NumberCell(sum((_signed(column, row, decimal) for column in rule.total), Decimal(0)))
    return rule.constant or ""


def _signed(column: str, row: SourceRow, decimal: DecimalMark | None) -> Decimal:
    figure = decimal_of(row.values[column.removeprefix("-")] or "0", decimal)
    return -figure if column.startswith("-") else figure


_MARKS = {"comma": (".", ","), "point": (",", ".")}
"""What stands between thousands, and before the decimals."""
_FIGURES = {
    mark: re.compile(
        rf"[+-]?(?:[0-9]+|[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+)?(?:{re.escape(decimal)}[0-9]+)?"
    )
    for mark, (thousands, decimal) in _MARKS.items()
}
_EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")


def decimal_of(text: str, decimal: DecimalMark | None) -> Decimal:
    """The figure that somebody wrote: with a decimal comma, a decimal point, or as programs do (None).

    Raises WrongValue, also for what may be thousands or decimals when nobody has said which.
    """
    plain = text.replace(" ", "").replace("\u00a0", "").replace("'", "")
    if isinstance(text, NumberCell):
        decimal = None
    elif decimal is not None:
        thousands, mark = _MARKS[decimal]
        if not plain or not _FIGURES[decimal].fullmatch(plain):
            raise WrongValue(f"is not a figure with a decimal {decimal}")
        plain = plain.replace(thousands, "").replace(mark, ".")
    elif _EITHER.fullmatch(plain):
        either = f"{plain[:-4]}{plain[-3:]} or {plain[:-4]}.{plain[-3:]}"
        raise WrongValue(f"may be {either}: say how figures are written, decimal=comma or decimal=point")
    try:
        figure = Decimal(plain)
    except InvalidOperation:
        raise WrongValue("is not a figure") from None
    if not figure.is_finite():
        raise WrongValue("is not a figure")
    return figure


def _figure(text: str, rule: FieldRule, decimal: DecimalMark | None) -> str:
    figure = decimal_of(text, decimal)
    if rule.factor is not None:
        figure *= rule.factor
    if rule.decimals is not None:
        figure = figure.quantize(Decimal(1).scaleb(-rule.decimals), ROUND_HALF_UP)
    return f"{figure:f}"


def _day(text: str, form: str | None) -> str:
    if form is None:
        return text
    try:
        return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007  # A day has no time zone.
    except ValueError:
        raise WrongValue(f"is not a day written as {form}") from None


def _nested(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as wrong:
        raise WrongValue(f"is not JSON: {wrong.msg} at character {wrong.pos + 1}") from None
    except RecursionError:
        raise WrongValue("has too many levels of lists and objects in each other") from None


def nest(flat: Mapping[str, Any]) -> dict[str, Any]:
    """`{"a.0.b": 1}` as `{"a": [{"b": 1}]}`. Elements of a list are closed up where one is missing."""
    tree: dict[str, Any] = {}
    for path, value in flat.items():
        *parents, last = path.split(".")
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return {name: _closed_up(branch) for name, branch in tree.items()}


def _closed_up(branch: Any) -> Any:
    if not isinstance(branch, dict):
        return branch
    closed = {name: _closed_up(value) for name, value in branch.items()}
    if closed and all(name.isdigit() for name in closed):
        return [closed[number] for number in sorted(closed, key=int)]
    return closed
