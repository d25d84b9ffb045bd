"""CSV files of banks, and of payment services: read by a mapping that is kept with the account.

They have no balances of their own. Where a column has the balance after each line, the statement's follow
from it; otherwise whoever imports the file says what the account was at its end.
"""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

from pydantic import BaseModel

from domains.banking.files.statements import (
    MOST_LINES,
    ReadLine,
    ReadStatement,
    StatementMalformed,
    StatementTooLarge,
    amount_of,
    clean,
    text_of,
)
from foundation.values.money import ZERO

Row = dict[str, str]
DEBIT = frozenset(("S", "SOLL", "D", "DR", "DB", "DBIT", "DEBIT", "DEBET", "DEBE", "AF", "BELASTUNG", "-"))
CREDIT = frozenset(("H", "HABEN", "C", "CR", "CRDT", "CREDIT", "HABER", "BIJ", "GUTSCHRIFT", "+"))
"""How banks mark what went out, and what came in, in German, English, Dutch and Spanish."""
_GROUPED = r"[^\d.,]*[1-9]\d{{0,2}}(?:{0}\d{{3}})+(?:{1}\d*)?[^\d]*"
"""An amount whose figures stand in groups of three: with the mark between them, and that of the decimals."""


class AccountOfFile(Protocol):
    """The account of ours that a file is named with."""

    @property
    def iban(self) -> str:
        """Empty when it has none."""

    @property
    def account_number(self) -> str:
        """What the bank calls it otherwise."""

    @property
    def currency(self) -> str:
        """Of all that is on it."""

    @property
    def encoding(self) -> str:
        """Of the bank's files; Unicode, or that of Windows, when it is empty."""

    @property
    def csv(self) -> "Columns | None":
        """How its CSV files are read."""


class Columns(Protocol):
    """How the columns of a file become a line: the mapping of an account."""

    @property
    def delimiter(self) -> str:
        """What divides them."""

    @property
    def decimal_mark(self) -> str:
        """What stands before the decimals."""

    @property
    def date_format(self) -> str:
        """As Python's strptime takes it."""

    @property
    def rows_before_header(self) -> int:
        """So many rows stand before that with the names of the columns."""

    @property
    def columns(self) -> BaseModel:
        """The name of the column, by what it holds."""


def read_csv(
    content: bytes, mapping: Columns, account: AccountOfFile, closing_amount: Decimal | None
) -> list[ReadStatement]:
    """The one statement that a file is. Refuses: WrongEncoding, StatementMalformed, StatementTooLarge."""
    rows = [(row, f"row {number}") for number, row in _rows(text_of(content, account.encoding), mapping)]
    if not rows:
        raise StatementMalformed("the file has no lines")
    read = [(_line(row, mapping, where), _figure(row, mapping, "balance", where)) for row, where in rows]
    if _newest_is_first(read):
        read.reverse()
    lines = tuple(line for line, _ in read)
    opening, closing = _balances(read, closing_amount)
    days = [line.booked_on for line in lines]
    return [
        ReadStatement(
            account=account.iban or account.account_number,
            currency=account.currency,
            bank_number="",
            sequence=None,
            page=1,
            from_on=min(days),
            until_on=max(days),
            opening_amount=opening,
            closing_amount=closing,
            lines=lines,
        )
    ]


def _rows(text: str, mapping: Columns) -> Iterator[tuple[int, Row]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mapping.delimiter, strict=True)
    header: list[str] | None = None
    try:
        for number, cells in enumerate(reader, 1):
            if number <= mapping.rows_before_header or not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                _check_header(header, mapping)
                continue
            if number > MOST_LINES:
                raise StatementTooLarge(f"a statement may have {MOST_LINES} lines")
            yield number, dict(zip(header, (cell.strip() for cell in cells), strict=False))
    except csv.Error as wrong:
        raise StatementMalformed(f"row {reader.line_num}: {wrong}") from None


def _check_header(header: list[str], mapping: Columns) -> None:
    if missing := sorted(set(filter(None, dict(mapping.columns).values())) - set(header)):
        raise StatementMalformed(f"the file has no column {', '.join(missing)}; it has {', '.join(header)}")


def _line(row: Row, mapping: Columns, where: str) -> ReadLine:
    booked_on = _day(row, mapping, "booked_on", where)
    if booked_on is None:
        raise StatementMalformed(f"{where}: it has no day")
    texts = ("bank_reference", "end_to_end_id", "mandate_id", "party_name", "text", "code")
    return ReadLine(
        booked_on=booked_on,
        valued_on=_day(row, mapping, "valued_on", where) or booked_on,
        amount=_amount(row, mapping, where),
        party_iban="".join(_cell(row, mapping, "party_iban").split()).upper(),
        **{name: clean(_cell(row, mapping, name)) for name in texts},
    )


def _amount(row: Row, mapping: Columns, where: str) -> Decimal:
    """What a line moves. Refuses: StatementMalformed when it says no amount, or neither debit nor credit."""
    names = ("amount", "credit_amount", "debit_amount")
    amount, came_in, went_out = (_figure(row, mapping, name, where) for name in names)
    if amount is not None:
        return _with_mark(amount, row, mapping, where) if _column(mapping, "debit_or_credit") else amount
    if came_in is None and went_out is None:
        columns = ", ".join(filter(None, (_column(mapping, name) for name in names)))
        raise StatementMalformed(f"{where}, column {columns}: it has no amount")
    return (came_in or ZERO) - abs(went_out or ZERO)


def _with_mark(amount: Decimal, row: Row, mapping: Columns, where: str) -> Decimal:
    """An amount with the sign that its mark says, which it may have already."""
    written = _cell(row, mapping, "debit_or_credit")
    mark = written.upper().rstrip(".")
    if mark in DEBIT:
        return -abs(amount)
    if mark in CREDIT and amount >= 0:
        return amount
    why = "is credit, and less than nothing" if mark in CREDIT else "is neither debit nor credit"
    column = _column(mapping, "debit_or_credit")
    raise StatementMalformed(f"{where}, column {column}: '{clean(written)[:40]}' {why}")


def _newest_is_first(read: list[tuple[ReadLine, Decimal | None]]) -> bool:
    """By the days; of a single day, by the balances, when they follow from each other in that order alone."""
    first, last = read[0][0].booked_on, read[-1][0].booked_on
    return first > last or (first == last and not _follows(read) and _follows(read[::-1]))


def _follows(read: list[tuple[ReadLine, Decimal | None]]) -> bool:
    """Whether each balance is that before it with the line's amount."""
    return all(
        before is not None and after is not None and before + line.amount == after
        for (_, before), (line, after) in pairwise(read)
    )


def _balances(read: list[tuple[ReadLine, Decimal | None]], told: Decimal | None) -> tuple[Decimal, Decimal]:
    """What was on the account before the first line, and after the last."""
    whole = sum((line.amount for line, _ in read), ZERO)
    first, last = read[0], read[-1]
    if first[1] is not None and last[1] is not None:
        return first[1] - first[0].amount, last[1]
    if told is None:
        raise StatementMalformed("the file has no balances: say with closing_amount what the last one is")
    return told - whole, told


def _column(mapping: Columns, name: str) -> str:
    """What the file calls the column; empty when it has none."""
    return getattr(mapping.columns, name) or ""


def _cell(row: Row, mapping: Columns, name: str) -> str:
    column = _column(mapping, name)
    return row.get(column, "") if column else ""  # A file may have a column without a name.


def _figure(row: Row, mapping: Columns, name: str, where: str) -> Decimal | None:
    written = _cell(row, mapping, name).replace("\u00a0", "").replace(" ", "").replace("'", "")
    if not written:
        return None
    mark, thousands = mapping.decimal_mark, "." if mapping.decimal_mark == "," else ","
    if thousands in written and not re.fullmatch(
        _GROUPED.format(re.escape(thousands), re.escape(mark)), written
    ):
        raise StatementMalformed(
            f"{where}: '{clean(written)[:40]}' is no amount with decimals after '{mark}'"
        )
    plain = written.replace(thousands, "").replace(mark, ".").replace("−", "-")
    return amount_of(plain, where)


def _day(row: Row, mapping: Columns, name: str, where: str) -> date | None:
    if not (written := _cell(row, mapping, name)):
        return None
    with suppress(ValueError):
        return datetime.strptime(written, mapping.date_format).date()  # noqa: DTZ007  # A day has no zone.
    raise StatementMalformed(f"{where}: '{clean(written)[:40]}' is no day as {mapping.date_format}")
