"""`perpetual check`: do the books agree with everything that is kept beside them?

Each domain asks its own questions (`queries/agreement.py`); here is the one between two domains: what stock
is worth in inventory is what the ledger says.
"""

import asyncio
from collections.abc import Sequence

from sqlalchemy import text

from domains.finance.queries import agreement as finance
from domains.inventory.queries import agreement as inventory
from foundation.database import Database
from perpetual.servers.trouble import Trouble

_VALUES = text(
    """
    SELECT (SELECT coalesce(sum(value), 0) FROM inventory.item_valuation) AS kept,
        (SELECT coalesce(sum(l.base_amount), 0) FROM finance.journal_line l
            JOIN finance.account a ON a.company_id = l.company_id AND a.code = l.account_code
         WHERE a.role = 'inventory') AS ledger,
        (SELECT count(*) FROM master_data.company) AS companies
    """
)


def disagreements(database_url: str, company: str) -> Sequence[str]:
    """Everything that does not agree in a company's books, in sentences; nothing when all is well."""
    return asyncio.run(_ask(database_url, company))


async def _ask(database_url: str, company: str) -> list[str]:
    database = Database(database_url, pool_size=1)
    try:
        return await asked(database, company)
    finally:
        await database.close()


async def asked(database: Database, company: str) -> list[str]:
    """Everything that does not agree in a company's books. Refuses a company that there is not."""
    async with database.read(company) as session:
        values = (await session.execute(_VALUES)).one()
        if not values.companies:
            raise Trouble(f"there is no company {company}")
        found = [f"{one.what}: {', '.join(one.where)}" for one in await finance.disagreements(session)]
        found += [f"{one.what}: {', '.join(one.where)}" for one in await inventory.disagreements(session)]
    if values.kept != values.ledger:
        found.append(f"inventory is worth {values.kept:f}, and {values.ledger:f} in the ledger")
    return found
