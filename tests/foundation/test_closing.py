"""What an operation writes last: all its rows, its numbers and its log row, in one statement, or nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from domains.ledger.tables.open_items import Allocation, Payment, Refund
from foundation.database.closing import Closing
from foundation.database.connections import Database, rows_of
from foundation.database.documents import write_document
from foundation.database.tables import ApprovalState
from foundation.database.transaction import Transaction
from foundation.operations.operation import Operation
from foundation.values.errors import BusinessError
from foundation.values.messages import Call, Caller, Message


class Note(Message):
    """Write a note that has a number of each series, asked for in this order."""

    series: tuple[str, ...] = ()
    sequence: str | None = None
    subject: str = ""
    refuse: bool = False
    note_id: UUID


class Noted(Message):
    """The numbers, and what the note says."""

    numbers: tuple[str, ...]
    subject: str


class NotThisTime(BusinessError):
    """Refused at its end."""


def a_note(*series: str, **changes: Any) -> Note:
    """A note with numbers of some series."""
    return Note.model_validate({"series": series, "note_id": uuid4()} | changes)


async def body(tx: Transaction, note: Note) -> Noted:
    """Ask for numbers, collect the row; nothing is sent until it has ended."""
    numbers = [tx.closing.number(series, "2026") for series in note.series]
    if note.sequence is not None:
        numbers.append(tx.closing.sequence_number("SO", note.sequence))
    subject = f"{note.subject} {' '.join(numbers)}".strip()
    row = {
        "id": note.note_id,
        "matter": note.note_id,
        "process_id": "a note",
        "subject": subject,
        "role": "",
        "requested_by": "x",
        "requested_at": "2026-03-02T00:00:00Z",
        "remind_at": "2026-03-02T00:00:00Z",
        "status": "open",
    }
    write_document(tx, {ApprovalState: row})
    await asyncio.sleep(0)
    if note.refuse:
        raise NotThisTime("after its rows were collected")
    return Noted(numbers=tuple(numbers), subject=subject)


NOTE: Operation[Note, Noted] = Operation("tests.note", body, quick=True)


class Notes:
    """Somebody who writes notes, for a company."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    async def write(self, note: Note, key: str | None = None) -> Noted:
        """A note, by a key of its own."""
        return await NOTE(Call.direct(self.caller, f"{self.caller.company}/{key or uuid4()}"), note)


@pytest.fixture
def notes(database: Database, caller: Caller) -> Notes:
    """Somebody of the test's company."""
    del database
    return Notes(caller)


@pytest.fixture
async def owner(owner_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The owner's connection."""
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.close()


async def last_numbers(owner: asyncpg.Connection, notes: Notes) -> dict[str, int]:
    """How far each series is."""
    rows = await owner.fetch(
        "SELECT series, last_number FROM foundation.number_series WHERE company_id = $1", notes.caller.company
    )
    return {row["series"]: row["last_number"] for row in rows}


async def test_numbers_stand_in_rows_in_the_answer_and_in_the_log(
    notes: Notes, owner: asyncpg.Connection
) -> None:
    note = a_note("B", "A", "B", subject="Numbers:")

    noted = await notes.write(note, "a key")

    assert noted.numbers == ("B-2026-000001", "A-2026-000001", "B-2026-000002")
    assert noted.subject == "Numbers: B-2026-000001 A-2026-000001 B-2026-000002"
    written = await owner.fetchval("SELECT subject FROM foundation.approval WHERE id = $1", note.note_id)
    assert written == noted.subject
    assert await notes.write(note, "a key") == noted
    assert await last_numbers(owner, notes) == {"A": 1, "B": 2}


async def test_series_are_drawn_in_one_order_so_that_nobody_waits_in_a_circle(
    notes: Notes, owner: asyncpg.Connection
) -> None:
    await notes.write(a_note("A", "B"))
    before = await owner.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")

    pairs = [a_note(*(("A", "B") if number % 2 else ("B", "A"))) for number in range(100)]
    answers = await asyncio.gather(*(notes.write(note) for note in pairs))

    for series in ("A", "B"):
        drawn = sorted(one for noted in answers for one in noted.numbers if one.startswith(series))
        assert drawn == [f"{series}-2026-{number:06d}" for number in range(2, 102)]
    await owner.execute("SELECT pg_stat_clear_snapshot()")
    after = await owner.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert after == before


async def test_the_order_of_series_does_not_depend_on_who_asks() -> None:
    for asked in (("A", "C", "B"), ("C", "B", "A")):
        closing = Closing()
        for series in asked:
            closing.number(series, "2026")
        _, values = closing.compiled("SELECT 1", b"{}")
        assert [wanted["series"] for wanted in json.loads(values["wanted"])] == ["A", "B", "C"]


async def test_no_lock_is_taken_on_a_series_before_the_operation_s_end(
    notes: Notes, owner: asyncpg.Connection
) -> None:
    """Somebody holds the series' row: an operation's body ends all the same, and only then it waits."""
    await notes.write(a_note("A"))
    held = owner.transaction()
    await held.start()
    await owner.execute(
        "SELECT FROM foundation.number_series WHERE company_id = $1 FOR UPDATE", notes.caller.company
    )
    ended = asyncio.Event()

    async def watched(tx: Transaction, note: Note) -> Noted:
        answer = await body(tx, note)
        ended.set()
        return answer

    operation: Operation[Note, Noted] = Operation("tests.watched_note", watched, quick=True)
    call = Call.direct(notes.caller, f"{notes.caller.company}/watched")
    running = asyncio.create_task(operation(call, a_note("A")))
    async with asyncio.timeout(5):
        await ended.wait()
    await asyncio.sleep(0.1)
    assert not running.done()
    await held.rollback()

    assert (await running).numbers == ("A-2026-000002",)


async def test_nothing_of_a_refused_operation_remains_and_no_number_is_lost(
    notes: Notes, owner: asyncpg.Connection
) -> None:
    await notes.write(a_note("A"))
    refused, wrong = a_note("A", "B", refuse=True), a_note("A", "B")
    await notes.write(wrong.model_copy(update={"series": ("C",)}))
    with pytest.raises(NotThisTime):
        await notes.write(refused)
    with pytest.raises(asyncpg.UniqueViolationError):  # By the closing statement itself: its id is taken.
        await notes.write(wrong)

    assert await last_numbers(owner, notes) == {"A": 1, "C": 1}
    assert (await notes.write(a_note("A", "B"))).numbers == ("A-2026-000002", "B-2026-000001")
    kept = await owner.fetchval(
        "SELECT count(*) FROM foundation.approval WHERE company_id = $1", notes.caller.company
    )
    logged = await owner.fetchval(
        "SELECT count(*) FROM foundation.operation WHERE company_id = $1", notes.caller.company
    )
    assert (kept, logged) == (3, 3)


@pytest.mark.parametrize(
    "typed",
    [
        "~A.921966245f34f4890e4a6e565c6a43f7~",
        "~A.~",
        "~A~ $1 :body \\ \" ' %s {0} \\u0041 null",
        "A-2026-000001",
    ],
)
async def test_what_looks_like_a_token_stays_as_it_was_typed(typed: str, notes: Notes) -> None:
    noted = await notes.write(a_note("A", subject=typed))

    assert noted.subject == f"{typed} A-2026-000001"


async def test_numbers_with_gaps_wait_for_nobody(notes: Notes) -> None:
    first = await notes.write(a_note("A", sequence="sales.order_number"))
    with pytest.raises(NotThisTime):
        await notes.write(a_note("A", sequence="sales.order_number", refuse=True))
    second = await notes.write(a_note("A", sequence="sales.order_number"))

    assert first.numbers[0] == "A-2026-000001" and second.numbers[0] == "A-2026-000002"
    assert first.numbers[1] < second.numbers[1]
    assert first.numbers[1].startswith("SO-")


async def test_a_number_is_complete_also_after_a_million(notes: Notes, owner: asyncpg.Connection) -> None:
    await owner.execute(
        "INSERT INTO foundation.number_series VALUES ($1, 'A', '2026', 999998)", notes.caller.company
    )

    noted = await notes.write(a_note("A", "A", "A"))

    assert noted.numbers == ("A-2026-999999", "A-2026-1000000", "A-2026-1000001")


# What a program does wrong


async def test_a_misspelt_column_is_a_mistake_in_the_program() -> None:
    closing = Closing()
    with pytest.raises(TypeError, match=r"ledger\.payment has no column nummer, reverence"):
        closing.add(rows_of(Payment), {"id": uuid4(), "nummer": "", "reverence": ""})


async def test_rows_of_a_table_name_the_same_columns() -> None:
    closing = Closing()
    closing.add(rows_of(Refund), {"id": uuid4(), "number": ""})
    for other in ({"id": uuid4()}, {"id": uuid4(), "number": "", "amount": 1}):
        with pytest.raises(TypeError, match=r"ledger\.refund differ in their columns"):
            closing.add(rows_of(Refund), other)
    with pytest.raises(TypeError, match=r"ledger\.allocation differ in their columns: amount"):
        closing.add(rows_of(Allocation), [{"id": uuid4()}, {"id": uuid4(), "amount": 1}])


async def test_a_statement_closes_an_operation_once() -> None:
    closing = Closing()
    closing.add_statement("SELECT 1", {})
    with pytest.raises(ValueError, match="closes the operation already"):
        closing.add_statement("SELECT 1", {})


async def test_an_empty_list_writes_nothing() -> None:
    closing = Closing()
    closing.add(rows_of(Payment), [])

    assert closing.rows == {} and not closing.draws
