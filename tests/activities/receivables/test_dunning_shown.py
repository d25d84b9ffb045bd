"""Where a dunning stands, as it is shown for a day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from activities.receivables import dunning, dunning_procedures
from domains.receivables.messages import DisputeDunning, LoadDunningProcedure, RemindCustomer
from domains.receivables.queries import dunning as queries
from foundation.database.connections import Database, database
from foundation.values.messages import Caller
from tests.builders.finance import CUSTOMER, Accountant, a_line

REMINDED_ON = date(2026, 4, 8)
"""Seven days after an invoice of `A_DAY` was due."""


async def test_what_is_overdue_is_what_was_so_on_the_day_that_is_asked_for(accountant: Accountant) -> None:
    await dunning_procedures.load_dunning_procedure(accountant.call(), LoadDunningProcedure())
    disputed = (await accountant.bill(a_line(1, "100"))).invoice_id
    later = await accountant.bill(a_line(1, "80"), invoiced_on=date(2026, 4, 1))
    remind = RemindCustomer(customer_code=CUSTOMER, on=REMINDED_ON, first_item_id=disputed, today=REMINDED_ON)
    dunning_id = (await dunning.remind_customer(accountant.call(), remind)).dunning_id
    assert dunning_id is not None
    dispute = DisputeDunning(dunning_id=dunning_id, invoice_id=disputed, reason="broken")
    await dunning.dispute_dunning(accountant.call(), dispute)

    async with database().read(accountant.caller.company) as tx:
        shown = [
            (await queries.dunning(tx, dunning_id, on)).stage
            for on in (REMINDED_ON, later.due_on, date(2026, 5, 2))
        ]

    assert later.due_on == date(2026, 5, 1)
    assert shown == ["disputed", "disputed", "reminded, level 1"]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
async def test_a_list_shows_where_dunnings_stand_on_the_companys_day(
    database: Database, caller: Caller, zone: str
) -> None:
    """At any moment one of the two has another day than UTC."""
    accountant = await Accountant(caller).open(time_zone=zone)
    await dunning_procedures.load_dunning_procedure(accountant.call(), LoadDunningProcedure())
    owed = (await accountant.bill(a_line(1, "100"))).invoice_id
    remind = RemindCustomer(customer_code=CUSTOMER, on=REMINDED_ON, first_item_id=owed, today=REMINDED_ON)
    await dunning.remind_customer(accountant.call(), remind)

    async with database.read(caller.company) as tx:
        shown = (await tx.execute(queries.DUNNINGS.rows)).one()

    assert shown.on == datetime.now(ZoneInfo(zone)).date()
