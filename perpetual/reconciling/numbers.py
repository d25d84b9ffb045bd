"""Numbers of documents that the books have lost: none of them is to be given a second time."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text

from activities.processes import skip_numbers
from foundation.database.connections import database
from foundation.operations.mailbox import NumbersSkipped, SkipNumbers
from foundation.process.begun_again import RECONCILER
from foundation.values.messages import Call, Caller

NUMBER = re.compile(r"[A-Z]+(-.+)?-\d{6,}")


@dataclass(frozen=True)
class Gap:
    """Numbers of one series that only Temporal knows, and the next that the books would give."""

    company: str
    series: str
    fiscal_year: str
    lost: tuple[str, ...]
    next: str = ""
    sequence: str = ""
    """Where its numbers come from, when they may have gaps."""

    @classmethod
    def of(cls, company: str, number: str) -> "Gap":
        """Of one number: `INV-2026-000012`, or `SO-000012`."""
        series, _, year = number.rpartition("-")[0].partition("-")
        return cls(company, series, year, (number,))

    @property
    def series_and_year(self) -> str:
        """As it begins its numbers."""
        return f"{self.series}-{self.fiscal_year}" if self.fiscal_year else self.series

    @property
    def last(self) -> int:
        """The greatest of them."""
        return max(int(number.rpartition("-")[2]) for number in self.lost)


def drawn(answer: Any) -> set[str]:
    """The documents' numbers in those fields of an answer that are called so; not in what people wrote."""
    return set(_drawn(answer, is_number=False))


def _drawn(value: Any, *, is_number: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _drawn(part, is_number=name.endswith(("_number", "_numbers")))
    elif isinstance(value, list):
        for part in value:
            yield from _drawn(part, is_number=is_number)
    elif is_number and isinstance(value, str) and NUMBER.fullmatch(value):
        yield value


_LAST = text(
    """
    SELECT last_number FROM foundation.number_series
    WHERE company_id = :company AND series = :series AND fiscal_year = :fiscal_year
    """
)
_SEQUENCE = text(
    """
    SELECT s.oid::regclass::text AS sequence,
        foundation.last_of_sequence(s.oid::regclass::text) AS last_number
    FROM pg_class s WHERE s.relkind = 'S' AND obj_description(s.oid, 'pg_class') = :series
    """
)
"""A sequence of numbers that may have gaps says in its comment what they begin with."""


async def gaps(numbers: Iterable[Gap]) -> list[Gap]:
    """By series, those that would be given a second time."""
    lost: dict[tuple[str, str, str], set[str]] = {}
    for one in numbers:
        lost.setdefault((one.company, one.series, one.fiscal_year), set()).update(one.lost)
    found = []
    for (company, series, year), given in sorted(lost.items()):
        if (known := await _last_given(company, series, year)) is None:
            continue
        last, sequence = known
        again = tuple(sorted(one for one in given if int(one.rpartition("-")[2]) > last))
        if again:
            gap = Gap(company, series, year, again, sequence=sequence)
            found.append(replace(gap, next=f"{gap.series_and_year}-{last + 1:06}"))
    return found


async def _last_given(company: str, series: str, year: str) -> tuple[int, str] | None:
    """The last number of a series, and its sequence if it may have gaps; None if there is no such series."""
    async with database().read(company) as tx:
        if year:
            values = {"company": company, "series": series, "fiscal_year": year}
            row = (await tx.execute(_LAST, values)).one_or_none()
            return (row.last_number if row is not None else 0), ""
        row = (await tx.execute(_SEQUENCE, {"series": series})).one_or_none()
        return None if row is None else (row.last_number, row.sequence)


async def skip(gap: Gap) -> NumbersSkipped:
    """Let the series go on behind what was lost; once, and noted in the log."""
    caller = Caller(company=gap.company, actor=RECONCILER, correlation_id=f"behind {gap.lost[-1]}")
    key = f"{gap.company}/process.skip_numbers/{gap.series_and_year}/{gap.last}"
    asked = SkipNumbers(
        series=gap.series,
        fiscal_year=gap.fiscal_year,
        sequence=gap.sequence,
        up_to=gap.last,
        lost=gap.lost,
    )
    return await skip_numbers(Call.direct(caller, key), asked)
