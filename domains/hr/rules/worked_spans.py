"""Whether somebody can have worked when they say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from domains.hr.messages import PutEmployee
from domains.hr.messages.working_time import MOST_DAYS, MOST_SPANS
from domains.hr.rules.working_time import TimeRules, WorkedSpan, days_in, first_day_of_week
from foundation.values.errors import Refusals

LONGEST = timedelta(hours=24)
FIELD = "worked"


@dataclass(frozen=True)
class WorkContext:
    """What spans are held against."""

    employee: PutEmployee
    rules: TimeRules
    first: date
    last: date
    away: Mapping[date, str]
    """The whole days on which the person is on leave, each with the number of the request."""
    now: datetime


def check_period(first: date, last: date, refusals: Refusals) -> None:
    """Note when the days that are asked about cannot be so."""
    if last < first:
        refusals.add("to", f"is before the first day, {first}")
    elif (last - first).days >= MOST_DAYS:
        refusals.add("to", f"at most {MOST_DAYS} days are classed at once: ask in parts")


def spans_of(texts: Sequence[str], zone: ZoneInfo, refusals: Refusals) -> list[WorkedSpan]:
    """Spans as they are written, `2026-03-02T08:00/2026-03-02T12:00`, by the company's clock where they say
    no offset. Notes each that is none.
    """
    if len(texts) > MOST_SPANS:
        refusals.add(FIELD, f"at most {MOST_SPANS} spans are classed at once: ask in parts")
        return []
    spans = []
    for place, written in enumerate(texts):
        wrong = Refusals()
        moments = [_moment(one, zone, f"{FIELD}.{place}", wrong) for one in written.split("/")]
        if len(moments) != 2 and not wrong.errors:
            wrong.add(
                f"{FIELD}.{place}", "say when it began and when it ended: 2026-03-02T08:00/2026-03-02T12:00"
            )
        for error in wrong.errors[:1]:
            refusals.add(error.field, error.message)
        if not wrong.errors:
            began, ended = [one for one in moments if one is not None]
            spans.append(WorkedSpan(began, ended))
    return spans


def _moment(written: str, zone: ZoneInfo, field: str, wrong: Refusals) -> datetime | None:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        wrong.add(field, f"{written[:40]} is no day with a time: 2026-03-02T08:00")
        return None
    if at.second or at.microsecond:
        wrong.add(field, f"{written} is no whole minute")
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    early, late = (at.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early != late:
        why = "was not, or was twice, when clocks changed: say the offset from UTC, such as +01:00"
        wrong.add(field, f"{written} {why}")
    return early


def check_spans(spans: Sequence[WorkedSpan], known: WorkContext, refusals: Refusals) -> None:
    """Note every span in which the person cannot have worked."""
    for place, span in enumerate(spans):
        for why in _wrong_with(span, known):
            refusals.add(f"{FIELD}.{place}", why)
            break
    in_order = sorted(enumerate(spans), key=lambda one: one[1])
    for (_, before), (place, span) in pairwise(in_order):
        if span.starts_at < before.ends_at:
            other = before.starts_at.astimezone(known.rules.zone)
            refusals.add(f"{FIELD}.{place}", f"overlaps with the work that began at {other:%Y-%m-%dT%H:%M}")


def _wrong_with(span: WorkedSpan, known: WorkContext) -> Iterator[str]:
    if span.ends_at <= span.starts_at:
        yield "ends before it begins, or when it does"
        return
    if span.ends_at - span.starts_at > LONGEST:
        yield "is longer than 24 hours: say where the breaks were"
        return
    if span.ends_at > known.now:
        yield "is not over yet: enter it when it was worked"
    employee, days = known.employee, days_in(span, known.rules.zone)
    for day in days:
        if day < employee.hired_on or day > (employee.left_on or date.max):
            yield f"{employee.code} is not employed on {day}"
        if day in known.away:
            yield f"{employee.code} is on leave on {day}, by {known.away[day]}: have that taken back first"
    yield from _outside(days, known)


def _outside(days: Sequence[date], known: WorkContext) -> Iterator[str]:
    for day in days:
        if known.rules.on(day) is None:
            yield f"no version of the rules is valid on {day}: enter one that is"
            return
    version = known.rules.on(known.first)
    since = first_day_of_week(known.first, version.week_begins_on) if version else known.first
    if days[-1] < since or days[0] > known.last:
        yield f"is of none of the days from {since}, when the week of {known.first} begins, to {known.last}"
