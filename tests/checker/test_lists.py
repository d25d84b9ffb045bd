"""What the checker expects of the database is what the migrations made: a new table must be told to it."""

import pytest

from domains import BANDS
from domains.ledger.messages import declared_roles
from perpetual.checker.invariants import invariants
from tests.checker.conftest import Connection

QUESTIONS = {one.name: one.question for one in invariants()}
ONLY_ADDED_TO = "SELECT tgrelid::regclass::text AS t FROM pg_trigger WHERE tgname = 'refuse_change'"
GUARDS = """
    SELECT format('(''%s'', ''%s'')', tgrelid::regclass, tgname) AS guard FROM pg_trigger
    WHERE tgname IN ('with_head', 'guard', 'right_lines', 'has_lines', 'open_period', 'open_as_a_whole',
        'settle')
"""
STAMPED = """
    SELECT c.oid::regclass::text AS t FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND a.attname = 'transaction_id' AND c.relnamespace::regnamespace::text = ANY ($1)
"""
DOMAINS = {domain for band in BANDS for domain in band} - {"automation"}
"""Whose rows are documents; what is announced is none."""


@pytest.mark.parametrize("invariant", ["posted_tables_refuse_changes", "the_application_only_adds"])
async def test_every_table_that_is_only_added_to_is_known_to_the_checker(
    invariant: str, owner: Connection
) -> None:
    guarded = await owner.fetch(ONLY_ADDED_TO)

    assert [row["t"] for row in guarded if f"'{row['t']}'" not in QUESTIONS[invariant]] == []


async def test_every_guard_of_what_is_posted_is_known_to_the_checker(owner: Connection) -> None:
    known = QUESTIONS["posted_tables_refuse_changes"]

    assert [row["guard"] for row in await owner.fetch(GUARDS) if row["guard"] not in known] == []


async def test_every_document_that_says_who_wrote_it_is_asked(owner: Connection) -> None:
    known = QUESTIONS["documents_are_of_their_operation"]

    assert [
        row["t"] for row in await owner.fetch(STAMPED, list(DOMAINS)) if f"FROM {row['t']}" not in known
    ] == []


def test_every_role_of_a_subledger_is_known_to_the_checker() -> None:
    known = QUESTIONS["roles_have_their_account"]
    roles = [f"('{role}', '{role.subledger}')" for role in declared_roles().values() if role.subledger]

    assert [role for role in roles if role not in known] == []
