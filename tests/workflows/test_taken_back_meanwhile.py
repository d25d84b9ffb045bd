"""What is taken back while something else has happened since: credit that is kept."""

from decimal import Decimal
from uuid import UUID

import asyncpg

from tests.erp import Erp
from tests.workflows import billing_together as together
from tests.workflows.test_billed_and_closed import shipped_in_part
from tests.workflows.test_taken_back import all_holds, take_back


async def test_credit_is_kept_for_what_is_to_leave_again_when_what_left_later_is_billed(
    erp: Erp, owner_url: str
) -> None:
    order = await shipped_in_part(erp, "collective")
    (first,) = (await erp.get("/v1/shipments", order=order["order_id"]))["items"]
    await erp.ship(order, shipped_on="2026-03-12")
    await take_back(erp, "shipments", first["shipment_id"])

    await together.bill(erp)

    owner = await asyncpg.connect(owner_url)
    kept = await owner.fetchval(
        "SELECT open_amount FROM receivables.credit_commitment WHERE order_id = $1", UUID(order["order_id"])
    )
    await owner.close()
    assert kept == Decimal("47.60")
    await all_holds(erp)
