"""The checker knows every document: a table of documents that no domain has declared to it fails here."""

from collections.abc import Iterable

import asyncpg
import pytest

from perpetual.checker.document_kinds import DocumentKind, document_kinds, only_added

KINDS = document_kinds()
NUMBERED = """
    SELECT DISTINCT c.oid::regclass::text FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'number' AND a.atttypid = 'text'::regtype
        JOIN pg_attribute i ON i.attrelid = c.oid AND i.attname = 'id' AND i.atttypid = 'uuid'::regtype
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%'
"""
REFUSING = """
    SELECT t.tgrelid::regclass::text FROM pg_trigger t WHERE t.tgname = 'refuse_change' AND t.tgparentid = 0
"""
WITH_HEAD = """
    SELECT t.tgrelid::regclass::text FROM pg_trigger t WHERE t.tgname = 'with_head' AND t.tgparentid = 0
"""


async def _asked(owner_url: str, question: str) -> set[str]:
    connection = await asyncpg.connect(owner_url)
    try:
        return {name for (name,) in await connection.fetch(question)}
    finally:
        await connection.close()


def undeclared(numbered: set[str]) -> set[str]:
    """Tables of numbered documents of which the checker knows nothing."""
    return numbered - {one.table for one in KINDS}


async def test_every_table_of_numbered_documents_is_declared(owner_url: str) -> None:
    missing = undeclared(await _asked(owner_url, NUMBERED))

    assert not missing, f"say in perpetual/checker/documents/<domain>.toml what {missing} holds"


def test_a_table_that_is_not_declared_would_be_found() -> None:
    assert undeclared({"astronomy.eclipse", "inventory.shipment"}) == {"astronomy.eclipse"}


async def test_what_is_declared_as_posted_refuses_every_change(owner_url: str) -> None:
    refusing = await _asked(owner_url, REFUSING)

    changeable = {*only_added(), *(relation for one in KINDS for relation in one.relations())} - refusing
    assert not changeable, f"{changeable}: call foundation.only_add_to, or say posted = false"
    assert not {one.table for one in KINDS if not one.posted} & refusing


async def test_lines_that_come_with_their_head_are_declared(owner_url: str) -> None:
    declared = {table for one in KINDS for table in (*one.lines, *one.parts)}

    assert not await _asked(owner_url, WITH_HEAD) - declared


async def types_of(owner_url: str, questions: Iterable[str]) -> list[list[tuple[str, str]]]:
    """The columns of what questions give, with their types."""
    connection = await asyncpg.connect(owner_url)
    try:
        prepared = [await connection.prepare(question) for question in questions]
        return [[(one.name, one.type.name) for one in asked.get_attributes()] for asked in prepared]
    finally:
        await connection.close()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
async def test_what_is_said_of_a_kind_is_there_and_of_one_type_with_the_others(
    kind: DocumentKind, owner_url: str
) -> None:
    first = KINDS[0]

    (head, *rows) = await types_of(owner_url, [kind.head(), *kind.rows()])

    (wanted, row, *_) = await types_of(owner_url, [first.head(), *first.rows()])
    assert head == wanted
    assert all(one == row for one in rows)
