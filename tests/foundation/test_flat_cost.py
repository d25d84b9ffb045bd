"""What an order does costs the same however long the log of operations is."""

import asyncpg

from foundation.database.connections import Database
from foundation.database.roles import APPLICATION_ROLE
from foundation.operations.operation import OPENING


async def test_an_operation_is_found_by_its_key_also_by_a_plan_that_was_made_for_no_company(
    database: Database, owner_url: str
) -> None:
    del database
    owner = await asyncpg.connect(owner_url)
    transaction = owner.transaction()
    await transaction.start()
    await owner.execute(
        """
        INSERT INTO foundation.operation (
            key, company_id, name, status, process_id, actor, correlation_id, request_hash, answer)
        SELECT 'LONG/log/' || n, 'LONG', 'test.log', 'applied', 'LONG/log', 'somebody', 'c' || n, '', '{}'
        FROM generate_series(1, 5000) AS n
        """
    )
    await owner.execute("ANALYZE foundation.operation")
    await owner.execute(f"SET LOCAL ROLE {APPLICATION_ROLE}")
    await owner.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    asked = OPENING.replace(":company", "$1").replace(":actor", "$2").replace(":key", "$3")
    await owner.execute(f"PREPARE opening (text, text, text) AS {asked}")

    plan = await owner.fetch("EXPLAIN EXECUTE opening ('LONG', 'somebody', 'LONG/log/17')")

    await transaction.rollback()
    await owner.close()
    lines = [row[0].strip() for row in plan]
    assert any("operation_pkey" in line for line in lines), "\n".join(lines)
    assert any(line.startswith("Index Cond: (key = ") for line in lines), "\n".join(lines)
