"""What the checker expects of the database is what the migrations made: a new table must be told to it."""

from perpetual.checker.invariants import invariants
from tests.checker.conftest import Connection


async def test_every_table_that_is_only_added_to_is_known_to_the_checker(owner: Connection) -> None:
    (guards,) = (one for one in invariants() if one.name == "posted_tables_refuse_changes")

    guarded = await owner.fetch(
        "SELECT tgrelid::regclass::text AS t FROM pg_trigger WHERE tgname = 'refuse_change'"
    )

    assert [row["t"] for row in guarded if f"'{row['t']}'" not in guards.question] == []
