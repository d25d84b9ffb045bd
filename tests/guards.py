"""What no application can write, written: for tests that something wrong is found."""

import asyncpg

SCHEMAS = "foundation, ledger, receivables, inventory"


async def past_the_guards(owner_url: str, company: str, *statements: str) -> None:
    """Run statements on the rows of one company, all triggers and foreign keys switched off.

    By a role that only the owner can make, and that is gone afterwards.
    """
    owner = await asyncpg.connect(owner_url)
    try:
        async with owner.transaction():
            await owner.execute("SET LOCAL session_replication_role = replica")
            await owner.execute("CREATE ROLE unguarded")
            await owner.execute(f"GRANT USAGE ON SCHEMA {SCHEMAS} TO unguarded")
            await owner.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA {SCHEMAS} TO unguarded")
            await owner.execute("SELECT set_config('perpetual.company', $1, true)", company)
            await owner.execute("SET LOCAL ROLE unguarded")
            for statement in statements:
                await owner.execute(statement)
            await owner.execute("RESET ROLE")
            await owner.execute("DROP OWNED BY unguarded")
            await owner.execute("DROP ROLE unguarded")
    finally:
        await owner.close()
