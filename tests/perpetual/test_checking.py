"""`perpetual check` finds what does not agree, and nothing else."""

import asyncpg
import pytest

from foundation.database import Database
from perpetual.checking import asked
from perpetual.servers.trouble import Trouble
from tests.erp import Erp


async def test_the_books_of_a_traded_company_agree_until_somebody_tampers(
    erp: Erp, database: Database, postgres_url: str
) -> None:
    order = await erp.place()
    await erp.ship(order)
    await erp.pay(order, "119.00")
    owner = await asyncpg.connect(postgres_url)

    sound = await asked(database, erp.company)
    tamper = "UPDATE inventory.item_valuation SET value = value + 1 WHERE company_id = $1"
    await owner.execute(tamper, erp.company)
    tampered = await asked(database, erp.company)
    await owner.close()

    assert sound == []
    assert any("in the ledger" in sentence for sentence in tampered)


async def test_an_unknown_company_is_said_so(database: Database) -> None:
    with pytest.raises(Trouble, match="there is no company NOBODY"):
        await asked(database, "NOBODY")
