"""From rows to messages: every record checked, every wrong value found with its row and its column.

Nothing here touches the network or the database: the same function is the dry run and the first half of a
real one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from api.imports.mapping import DecimalMark, FieldRule, Import, Mapping, Part, mapping_by_columns
from api.imports.sources import SourceRow, SourceTable, SourceTables
from api.imports.targets import TARGETS, Kind, MappingRefused, Target, kind_of, target_named
from api.imports.values import Lookups, WrongValue, check_columns, columns_of, nest, value_of
from foundation.values.messages import Message


class RowError(Message):
    """What is wrong, and where: the row is the line of the file or sheet, the header being line 1."""

    source: str
    row: int
    column: str
    field: str
    value: str
    message: str


@dataclass(frozen=True)
class Cell:
    """Where a field's value stands; the column is empty for what no single column says."""

    row: SourceRow
    source: str
    column: str

    def error(self, path: str, message: str) -> RowError:
        """What is wrong with the field that is read here."""
        return RowError(
            source=self.source,
            row=self.row.number,
            column=self.column,
            field=path,
            value=self.row.values.get(self.column, "")[:200],
            message=message,
        )


@dataclass(frozen=True)
class Record:
    """One checked message, the key by which it is known again, and where each of its fields was read."""

    target: Target
    key: str
    message: Message
    source: str
    row: SourceRow
    cells: dict[str, Cell]

    def error(self, message: str, *, path: str = "") -> RowError:
        """What is wrong with the record, or with the cell that one of its fields was read from."""
        return _nearest(path, self.cells, Cell(self.row, self.source, "")).error(path, message)


@dataclass(frozen=True)
class Prepared:
    """What one import would write, and what it cannot."""

    target: Target
    source: str
    rows: int
    records: list[Record]
    errors: list[RowError]


@dataclass
class _Reading:
    """One record while it is read: its values and their places by the path of the field."""

    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)


def prepare(
    tables: SourceTables,
    mapping: Mapping | None,
    target: str | None = None,
    decimal: DecimalMark | None = None,
) -> list[Prepared]:
    """What the tables hold, in the order in which it must be written.

    Without a mapping, a table is of the given target, or of the one that it is called like, and its columns
    are called like the fields. `decimal` is how figures are written where the mapping does not say it.
    Refuses: MappingRefused.
    """
    if mapping is not None:
        imports: Sequence[Import] = mapping.imports
        decimal = mapping.decimal or decimal
    else:
        imports = [
            mapping_by_columns(table, target_named(target or table.name.split(".")[-1])) for table in tables
        ]
    prepared = [Preparation(_written(one, decimal), tables).prepared() for one in imports]
    order = list(TARGETS)
    return sorted(prepared, key=lambda one: order.index(one.target.name))


def _written(wanted: Import, decimal: DecimalMark | None) -> Import:
    return wanted.model_copy(update={"decimal": wanted.decimal or decimal})


# Where a record stands that no file holds: one row without cells.
_THE_MAPPING = SourceTable("mapping", (), (SourceRow(0, {}),))


class Preparation:
    """One import of a mapping, applied to its table."""

    def __init__(self, wanted: Import, tables: SourceTables) -> None:
        self.wanted = wanted
        self.target = target_named(wanted.target)
        self.table = _THE_MAPPING if wanted.source is None else tables.named(wanted.source)
        self.lookups = Lookups(tables)
        self.kinds: dict[str, Kind] = {}
        self.part_rows: dict[str, dict[tuple[str, ...], list[SourceRow]]] = {}
        self.sources: dict[str, str] = {}
        self._check(wanted.fields, "", self.table)
        check_columns(self.table, [*wanted.only, *wanted.skip, *(wanted.group_by or ())])
        for name, part in wanted.parts.items():
            self._index(name, part, tables)
        if wanted.key is not None:
            check_columns(self.table, list(columns_of(wanted.key)))
        elif self.target.is_document and not wanted.group_by:
            raise MappingRefused(f"{wanted.target} from {self.table.name}: say the key, the external id")

    def prepared(self) -> Prepared:
        """Every record of the table, or what is wrong with it."""
        records: dict[str, Record] = {}
        errors: list[RowError] = []
        rows = [row for row in self.table.rows if self._is_wanted(row)]
        for group in self._groups(rows):
            reading = self._read(group)
            record = self._record(group[0], reading)
            if record is not None and record.key in records:
                first = records[record.key].row.number
                errors.append(
                    record.error(f"the same key as line {first}; the second is left out", path="key")
                )
            elif record is not None:
                records[record.key] = record
            errors += reading.errors
        return Prepared(self.target, self.table.name, len(rows), list(records.values()), errors)

    def _check(self, fields: dict[str, FieldRule], prefix: str, table: SourceTable) -> None:
        for path, rule in fields.items():
            self.kinds[prefix + path] = kind_of(self.target.message, prefix + path)
            check_columns(table, list(columns_of(rule)))
            if rule.lookup is not None:
                self.lookups.check(rule.lookup)

    def _index(self, name: str, part: Part, tables: SourceTables) -> None:
        table = self.table if part.source is None else tables.named(part.source)
        self.sources[name] = table.name
        self._check(part.fields, f"{name}.0.", table)
        if part.source is None:
            return
        check_columns(table, list(part.joined_by.values()))
        check_columns(self.table, list(part.joined_by))
        index = self.part_rows.setdefault(name, {})
        for row in table.rows:
            key = tuple(row.values[column] for column in part.joined_by.values())
            index.setdefault(key, []).append(row)

    def _is_wanted(self, row: SourceRow) -> bool:
        return all(row.values[column] in values for column, values in self.wanted.only.items()) and not any(
            row.values[column] in values for column, values in self.wanted.skip.items()
        )

    def _groups(self, rows: Iterable[SourceRow]) -> Iterable[list[SourceRow]]:
        """The rows of each record, in the order in which they first come."""
        if self.wanted.group_by is None:
            return [[row] for row in rows]
        groups: dict[tuple[str, ...], list[SourceRow]] = {}
        for row in rows:
            groups.setdefault(tuple(row.values[column] for column in self.wanted.group_by), []).append(row)
        return groups.values()

    def _read(self, group: list[SourceRow]) -> _Reading:
        reading = _Reading()
        head = group[0]
        self._read_fields(reading, self.wanted.fields, "", head, self.table.name)
        for name, part in self.wanted.parts.items():
            rows = group
            if part.source is not None:
                key = tuple(head.values[column] for column in part.joined_by)
                rows = self.part_rows[name].get(key, [])
            for number, row in enumerate(rows):
                self._read_fields(reading, part.fields, f"{name}.{number}.", row, self.sources[name])
        return reading

    def _read_fields(
        self, reading: _Reading, fields: dict[str, FieldRule], prefix: str, row: SourceRow, source: str
    ) -> None:
        constants: dict[str, Any] = {}
        for path, rule in fields.items():
            cell = Cell(row, source, next(columns_of(rule), ""))
            reading.cells[prefix + path] = cell
            # The kind was found for the first element of a list, and holds for all.
            kind = self.kinds[f"{prefix.partition('.')[0]}.0.{path}" if prefix else path]
            try:
                value = value_of(rule, row, kind, self.wanted, self.lookups)
            except WrongValue as wrong:
                reading.errors.append(cell.error(prefix + path, str(wrong)))
                continue
            if value is not None:
                if rule.constant is not None:
                    constants[path] = value
                else:
                    reading.values[prefix + path] = value
        # Where all cells of an element of a list are empty, its constants alone do not make one.
        with_cells = {_element_of(path) for path, rule in fields.items() if rule.constant is None} - {""}
        for path, value in constants.items():
            element = _element_of(path)
            if element not in with_cells or any(
                known.startswith(prefix + element) for known in reading.values
            ):
                reading.values[prefix + path] = value

    def _record(self, row: SourceRow, reading: _Reading) -> Record | None:
        message: Message | None = None
        head = Cell(row, self.table.name, "")
        try:
            message = self.target.message.model_validate(nest(reading.values))
        except ValidationError as invalid:
            known = {error.field for error in reading.errors}
            for path, problem in _problems(invalid):
                if path not in known:
                    reading.errors.append(_nearest(path, reading.cells, head).error(path, problem))
        key = self._key(row, reading, message)
        if message is None or reading.errors or not key:
            return None
        return Record(self.target, key, message, self.table.name, row, reading.cells)

    def _key(self, row: SourceRow, reading: _Reading, message: Message | None) -> str:
        if self.target.key_fields:
            return "/".join(str(getattr(message, name)) for name in self.target.key_fields) if message else ""
        rule = self.wanted.key
        if rule is None:
            return "/".join(row.values[column] for column in self.wanted.group_by or ())
        cell = Cell(row, self.table.name, next(columns_of(rule), ""))
        try:
            key = value_of(rule, row, Kind.TEXT, self.wanted, self.lookups)
        except WrongValue as wrong:
            reading.errors.append(cell.error("key", str(wrong)))
            return ""
        if key is None:
            reading.errors.append(cell.error("key", "the external id is empty"))
        return str(key or "")


def _element_of(path: str) -> str:
    """The element of a list that a field belongs to: `components.0.` of `components.0.name`; else nothing."""
    parts = path.split(".")
    if numbers := [place for place, part in enumerate(parts) if part.isdigit()]:
        return ".".join(parts[: numbers[-1] + 1]) + "."
    return ""


def _problems(invalid: ValidationError) -> Iterator[tuple[str, str]]:
    for error in invalid.errors(include_url=False):
        path = ".".join(str(part) for part in error["loc"])
        yield path, "is needed" if error["type"] == "missing" else error["msg"]


def _nearest(path: str, cells: dict[str, Cell], head: Cell) -> Cell:
    """The cell of the field; else that of the list's element, or of the record, that it belongs to."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        above = ".".join(parts[:length])
        if cell := cells.get(above):
            return cell
        if length > 1:
            for known, cell in cells.items():
                if known.startswith(above + "."):
                    return Cell(cell.row, cell.source, "")
    return head
