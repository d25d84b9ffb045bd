"""Lists, page by page: every row once, in order, whatever the columns that they are ordered by."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Select, insert, select

from foundation.database.connections import Database, rows_of
from foundation.database.lists import part_of
from foundation.database.tables import ProcessState
from foundation.database.transaction import Transaction
from foundation.values.errors import Invalid
from foundation.values.messages import Caller

_WRITE = insert(rows_of(ProcessState))
_OF_ALL: Any = select(
    ProcessState.id.label("process"),
    ProcessState.stage,
    ProcessState.amount,
    ProcessState.started_at,
    ProcessState.party,
)


async def every(tx: Transaction, wanted: Select[Any], limit: int) -> list[Any]:
    """All rows of a list, read in parts."""
    found: list[Any] = []
    cursor = None
    while True:
        part = await part_of(tx, wanted, limit=limit, cursor=cursor)
        found += part.rows
        assert len(part.rows) == limit or part.next_cursor is None
        if part.next_cursor is None:
            return found
        cursor = part.next_cursor


@pytest.fixture
async def written(database: Database, caller: Caller) -> Caller:
    """A company with seven processes; several share a stage and an amount, and some have no party."""
    process = {"company_id": caller.company, "type": "test", "started_by": "x", "correlation_id": ""}
    rows = [
        process | {"id": f"{caller.company}/{uuid4()}", "stage": stage, "amount": amount, "party": party}
        for stage, amount, party in zip(
            "aabbbca",
            (1, 2, 2, "2.5", 1, "0.000001", 1),
            ("C1", None, "C2", None, "C1", None, "C2"),
            strict=True,
        )
    ]
    async with database.write(caller.company, caller.actor) as tx:
        for row in rows:
            await tx.execute(_WRITE, row)
    return caller


@pytest.mark.parametrize(
    "order",
    [
        (ProcessState.id,),
        (ProcessState.id.desc(),),
        (ProcessState.stage, ProcessState.id),
        (ProcessState.stage.desc(), ProcessState.id),
        (ProcessState.amount.desc(), ProcessState.stage.asc(), ProcessState.id.desc()),
        (ProcessState.started_at.desc(), ProcessState.id),
        (ProcessState.stage, ProcessState.stage, ProcessState.id),
        (ProcessState.party, ProcessState.id),
        (ProcessState.party.desc(), ProcessState.id),
        (ProcessState.party.desc(), ProcessState.amount, ProcessState.id.desc()),
    ],
    ids=lambda order: ", ".join(map(str, order)),
)
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
async def test_every_row_is_read_once_and_in_order(
    database: Database, written: Caller, order: tuple[Any, ...], limit: int
) -> None:
    wanted = _OF_ALL.order_by(*order)
    async with database.read(written.company) as tx:
        at_once = (await tx.execute(wanted)).all()
        assert len(at_once) == 7
        assert await every(tx, wanted, limit) == at_once


async def test_entities_are_listed_as_well(database: Database, written: Caller) -> None:
    wanted = select(ProcessState).order_by(ProcessState.stage, ProcessState.id)
    async with database.read(written.company) as tx:
        assert [row.stage for row in await every(tx, wanted, 2)] == list("aaabbbc")


async def test_what_is_added_meanwhile_moves_no_row(database: Database, written: Caller) -> None:
    wanted = select(ProcessState).order_by(ProcessState.id)
    async with database.write(written.company, written.actor) as tx:
        first = await part_of(tx, wanted, limit=3)
        new = first.rows[0]._asdict() | {"id": written.company}
        await tx.execute(_WRITE, new)
        rest = await part_of(tx, wanted, limit=10, cursor=first.next_cursor)

    assert len(rest.rows) == 4 and rest.next_cursor is None
    assert {row.id for row in first.rows}.isdisjoint(row.id for row in rest.rows)


@pytest.mark.parametrize("cursor", ["nonsense", "WzFd", "é", "WyJhIl0=", ">s:a~s:b"])
async def test_a_cursor_of_another_list_is_refused(database: Database, caller: Caller, cursor: str) -> None:
    wanted = select(ProcessState).order_by(ProcessState.started_at, ProcessState.id)
    async with database.read(caller.company) as tx:
        with pytest.raises(Invalid, match="not a cursor of this list"):
            await part_of(tx, wanted, limit=3, cursor=cursor)


async def test_a_list_must_be_ordered_by_what_it_shows(database: Database, written: Caller) -> None:
    async with database.read(written.company) as tx:
        with pytest.raises(TypeError, match="without an order"):
            await part_of(tx, _OF_ALL, limit=1)
        with pytest.raises(TypeError, match="shows what it is ordered by"):
            await part_of(tx, select(ProcessState.id).order_by(ProcessState.stage), limit=1)
