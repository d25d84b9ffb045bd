"""Asks every question in one snapshot of the database, which is only read."""

from collections.abc import Sequence

import asyncpg

from perpetual.checker.invariants import Invariant, Violation

# Every question reads whole tables. In a database that has grown since it was analysed the planner expects
# one row where there are thousands, and reads a sum of all invoices once more for each line of an order.
SETTINGS = {"application_name": "perpetual check", "jit": "off", "enable_nestloop": "off"}


class CannotCheck(Exception):  # It is what a user has, not an error of a program.
    """The database cannot be checked; the message says why, and what to do."""


async def check(url: str, asked: Sequence[Invariant], *, company: str | None) -> list[Violation]:
    """Everything that does not hold, of one company or of all. Raises: CannotCheck."""
    scheme, _, rest = url.partition("://")
    try:
        connection = await asyncpg.connect(f"{scheme.partition('+')[0]}://{rest}", server_settings=SETTINGS)
    except asyncpg.PostgresError as refusal:
        raise CannotCheck(str(refusal)) from refusal
    try:
        return await answered(connection, asked, company=company)
    except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError) as older:
        raise CannotCheck(f"{older}: bring the database up to date with 'perpetual migrate'") from older
    except asyncpg.InsufficientPrivilegeError as refusal:
        raise CannotCheck(f"{refusal}: check as the owner of the tables") from refusal
    finally:
        await connection.close()


async def answered(
    connection: "asyncpg.Connection[asyncpg.Record]", asked: Sequence[Invariant], *, company: str | None
) -> list[Violation]:
    """Everything that does not hold, in one snapshot. Raises: CannotCheck."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await _scope(connection, company)
        return await ask(connection, asked, company=company)


async def ask(
    connection: "asyncpg.Connection[asyncpg.Record]", asked: Sequence[Invariant], *, company: str | None
) -> list[Violation]:
    """Everything that does not hold as the connection's transaction sees it."""
    violations: list[Violation] = []
    for invariant in asked:
        try:
            async with connection.transaction():  # One that cannot be asked stops no other.
                violations += await _ask_one(connection, invariant, company)
        except asyncpg.DataError as odd:
            # An amount that is no number, a list that is none: what is not even of its type does not hold.
            broken = Violation(
                invariant.name, invariant.sentence, company, "a value of another type", {"found": str(odd)}
            )
            violations.append(broken)
    return violations


async def _ask_one(
    connection: "asyncpg.Connection[asyncpg.Record]", invariant: Invariant, company: str | None
) -> list[Violation]:
    # A row of no company is of the whole database.
    rows = await connection.fetch(
        f"{invariant.question} WHERE $1::text IS NULL OR company = $1 OR company IS NULL "
        "ORDER BY company, document",
        company,
    )
    return [_violation(invariant, row) for row in rows]


def _violation(invariant: Invariant, row: asyncpg.Record) -> Violation:
    figures = dict(row)
    company, document = figures.pop("company"), figures.pop("document")
    return Violation(invariant.name, invariant.sentence, company, document or "?", figures)


async def _scope(connection: "asyncpg.Connection[asyncpg.Record]", company: str | None) -> None:
    """Whoever may not see all companies sees the one that is asked for."""
    sees_all = await connection.fetchval(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    if company is None:
        if not sees_all:
            raise CannotCheck(
                "only a user that bypasses row security sees all companies: name one with --company, or give "
                "that user's address as PERPETUAL_OWNER_DATABASE_URL"
            )
        return
    await connection.execute("SELECT set_config('perpetual.company', $1, true)", company)
    if not await connection.fetchval(
        "SELECT EXISTS (SELECT FROM master_data.company WHERE code = $1)", company
    ):
        raise CannotCheck(f"there is no company {company}")
