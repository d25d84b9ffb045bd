"""Compares what Temporal knows with the books, both ways, and names every difference."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from temporalio.client import Client, WorkflowExecution

from foundation.operations import agreement
from foundation.operations.commands import START
from foundation.operations.operation import OPERATIONS
from foundation.process import lost
from foundation.process.begun_again import Restored
from foundation.runtime import visibility
from perpetual.reconciling import books, histories, numbers
from perpetual.reconciling.books import BookedProcess
from perpetual.reconciling.histories import Asked, RecordedRun, RecordedStep
from workers import registry

AT_ONCE = 10
AT_A_TIME = 200
NOT_RUN, AHEAD, BEHIND, NUMBERS = "not run", "not in the books", "not in Temporal", "numbers"
"""What a difference is about."""
MEND = "--mend "
"""How it begins what is done about what can be mended by itself."""
LISTENER = "announcements"
"""The process of each company that tells others of what was done: it needs nothing to be started with."""
A_NOTE = "process.record_stage"
"""A step without an effect: where a process stood then."""


@dataclass(frozen=True)
class Difference:
    """Something on which Temporal and the books do not agree."""

    kind: str
    company: str
    process: str
    what: str
    to_do: str

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody must do something about it."""
        return not self.to_do.startswith(MEND)

    def as_text(self) -> str:
        """In a sentence, and what to do."""
        return f"{self.process}: {self.what}. {self.to_do}"


@dataclass
class Found:
    """All differences, and what is needed to mend them."""

    differences: list[Difference] = field(default_factory=list)
    to_begin: dict[str, str] = field(default_factory=dict)
    """Companies by the processes that are to be begun again, the one that began first to be the first."""
    restored: dict[str, list[Restored]] = field(default_factory=dict)
    """What the books have lost of what a process was asked for, in the order in which it was."""
    gaps: list[numbers.Gap] = field(default_factory=list)
    listeners: list[str] = field(default_factory=list)
    """Companies whose announcements are to be read on."""

    def add(self, kind: str, company: str, process: str, what: str, to_do: str) -> None:
        """One more."""
        self.differences.append(Difference(kind, company, process, what, to_do))

    def take_in(self, others: "Found") -> None:
        """All that was found elsewhere."""
        self.differences += others.differences
        self.to_begin |= others.to_begin
        self.restored |= others.restored
        self.gaps += others.gaps
        self.listeners += others.listeners


async def compare(client: Client, company: str | None, *, since: timedelta) -> Found:
    """Every difference, of one company or of all; of closed runs only those that were closed since."""
    found = Found()
    for one in await lost.lost(client, company):
        _not_run(found, one)
    runs = [run async for run in client.list_workflows(await _recent(client, company, since))]
    for first in range(0, len(runs), AT_A_TIME):
        await _compare_some(client, found, runs[first : first + AT_A_TIME])
    found.gaps = await numbers.gaps(found.gaps)
    for gap in found.gaps:
        found.add(
            NUMBERS,
            gap.company,
            gap.series_and_year,
            f"{', '.join(gap.lost)} were given, and the books do not know them; the next would be {gap.next}",
            "--mend lets the series go on behind them, and notes the gap",
        )
    return found


async def _recent(client: Client, company: str | None, since: timedelta) -> str:
    """Which runs are compared; not those of other installations in the namespace: their books know them."""
    of_company = f"= '{company}'" if company is not None else "IS NOT NULL"
    moment = (datetime.now(UTC) - since).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f"{visibility.COMPANY.name} {of_company} AND {await agreement.is_of_these_books(client)}"
        f" AND (ExecutionStatus = 'Running' OR CloseTime > '{moment}')"
    )


def _not_run(found: Found, one: lost.LostProcess) -> None:
    process = one.process
    if process.has_start:
        to_do = "--mend begins it again from what it was asked for and told; its steps are found done"
        found.to_begin[process.id] = process.company
    elif process.id == f"{process.company}/{LISTENER}":
        to_do = "--mend begins it again; it goes on in the log where it had come to"
        found.listeners.append(process.company)
    else:
        to_do = (
            "It is not written down what it was started with. A message that is still to be sent is taken up "
            f"by its company's {LISTENER}; what a schedule has begun comes with the schedule's next run"
        )
    found.add(NOT_RUN, process.company, process.id, f"it has not ended by the books, and {one.why}", to_do)


async def _compare_some(client: Client, found: Found, runs: Sequence[WorkflowExecution]) -> None:
    of = {run.id: str(run.typed_search_attributes.get(visibility.COMPANY)) for run in runs}
    before = await _books(of)
    turn = asyncio.Semaphore(AT_ONCE)

    async def tell(run: WorkflowExecution) -> RecordedRun:
        async with turn:
            return await histories.read(client, run)

    stories = await asyncio.gather(*map(tell, runs))
    after = await _books(of)
    for process_id, its_stories in _by_process(stories).items():
        differing, company = Found(), of[process_id]
        chain = list(_of_newest_chain(its_stories))[::-1]
        _ahead(differing, company, chain, after[process_id])
        if chain[-1].is_running:
            _behind(differing, company, chain[-1], before[process_id])
        if differing.differences and await _is_newest(client, its_stories[0]):
            found.take_in(differing)


def _by_process(stories: Iterable[RecordedRun]) -> dict[str, list[RecordedRun]]:
    """The newest run of each first; what began first, first: others may rest on it."""
    of_processes: dict[str, list[RecordedRun]] = {}
    for story in sorted(stories, key=lambda one: one.started_at, reverse=True):
        of_processes.setdefault(story.process_id, []).append(story)
    return dict(sorted(of_processes.items(), key=lambda one: (one[1][-1].started_at, one[0])))


def _of_newest_chain(stories: Iterable[RecordedRun]) -> Iterator[RecordedRun]:
    """The newest run, and those that it goes on from. What was before was begun again since."""
    for story in stories:
        yield story
        if not story.was_continued:
            return


async def _is_newest(client: Client, story: RecordedRun) -> bool:
    """Whether it is so also by what Temporal says itself: its lists lag behind."""
    return (await client.get_workflow_handle(story.process_id).describe()).run_id == story.run_id


async def _books(of: dict[str, str]) -> dict[str, BookedProcess]:
    known: dict[str, BookedProcess] = {}
    for company in sorted(set(of.values())):
        known |= await books.read(company, [one for one, its in of.items() if its == company])
    return known


def _ahead(found: Found, company: str, chain: Sequence[RecordedRun], known: BookedProcess) -> None:
    """What Temporal knows, and the books do not: they were restored to an older moment.

    The chain is a process's newest run, after those that it goes on from.
    """
    process = chain[0].process_id
    steps = [step for story in chain for step in _unknown_steps(story.steps, known)]
    asked = [one for story in chain for one in _unknown_requests(story, known)]
    if not (steps or asked):
        return
    to_do = _what_to_do(found, company, chain, known)
    for step in steps:
        drawn = sorted(numbers.drawn(step.answer))
        documents = f" ({', '.join(drawn)})" if drawn else ""
        found.add(
            AHEAD,
            company,
            process,
            f"the step {step.name} was done{documents}, and the books do not know it",
            to_do,
        )
        found.gaps += [numbers.Gap.of(company, one) for one in drawn]
    for one in asked:
        what = f"it was asked to {one.kind} ({one.number}), and the books do not know it"
        found.add(AHEAD, company, process, what, to_do)
    if process in found.to_begin:
        found.restored[process] = _start_of(chain, known) + [
            Restored(one.number, one.kind, one.body, one.by, one.refusal) for one in asked
        ]


def _what_to_do(found: Found, company: str, chain: Sequence[RecordedRun], known: BookedProcess) -> str:
    """What is done about a process that the books know less of; notes what is to be begun again."""
    process, kind = chain[0].process_id, chain[0].type
    if known.outcome is not None:
        return "Look into it by hand"
    if kind == LISTENER:
        found.listeners.append(company)
        return "--mend begins it again; it goes on in the log where the books say"
    if process.split("/")[1] != kind:
        # A schedule's tick is named for what it begins, and is no process of that type.
        return "It is not begun again: a schedule has begun it. Ask for the run of its day or month by hand"
    if 1 not in known.commands and chain[0].was_continued:
        return "Temporal does not remember any more what it was started with. Look into it by hand"
    found.to_begin[process] = company
    return "--mend has it done again, under new numbers"


def _start_of(chain: Sequence[RecordedRun], known: BookedProcess) -> list[Restored]:
    """What the process was started with, when the books have lost it."""
    if 1 in known.commands:
        return []
    first = chain[0]
    about, begun_by = f"Restored: {first.type}", first.memo.get("begun_by")
    return [Restored(1, START, first.start, first.memo["caller"], summary=about, begun_by=begun_by)]


def _unknown_requests(story: RecordedRun, known: BookedProcess) -> Iterator[Asked]:
    for one in story.asked:
        if one.kind != "started" and not one.is_anothers and _is_unknown(one, known):
            yield one


def _unknown_steps(steps: Iterable[RecordedStep], known: BookedProcess) -> Iterator[RecordedStep]:
    for step in steps:
        stored = known.answers.get(step.name, [])
        if step.name not in _without_trace() and not any(step.is_of(answer) for answer in stored):
            yield step


@cache
def _without_trace() -> frozenset[str]:
    """Operations that the books need not know: they only wait and look, or say where a process stood."""
    registry.operations()
    return frozenset({A_NOTE, *(name for name, one in OPERATIONS.items() if not one.is_logged)})


def _is_unknown(asked: Asked, known: BookedProcess) -> bool:
    row = known.commands.get(asked.number)
    return row is None or (row.kind, row.body) != (asked.kind, asked.body)


def _behind(found: Found, company: str, story: RecordedRun, known: BookedProcess) -> None:
    """What the books know, and an older run does not: Temporal was restored to an older moment."""
    asked = {one.number for one in story.asked}
    missing: list[Any] = [
        f"asked to {row.kind} ({number})"
        for number, row in sorted(known.commands.items())
        if number > 1 and number not in asked and row.is_taken and row.recorded_at > story.started_at
    ]
    missing += [
        f"told a fact ({number})"
        for number, recorded_at in sorted(known.facts.items())
        if number not in story.told and recorded_at > story.started_at
    ]
    for what in missing:
        to_do = "--mend begins it again from the books; nothing is done twice"
        found.add(BEHIND, company, story.process_id, f"it was {what}, and Temporal does not know it", to_do)
    if missing:
        found.to_begin[story.process_id] = company
