"""What the database refuses of leave, whoever writes it, and that each operation is done once by its key."""

import re
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from activities.hr.employees import put_employee
from activities.hr.leave_requests import request_leave
from activities.hr.leave_types import adjust_leave, grant_leave, put_leave_type
from activities.master_data import put_holiday_calendar
from domains.hr.messages import PutEmployee
from domains.hr.messages.leave import (
    AdjustLeave,
    GrantLeave,
    LeaveAccrual,
    PutLeaveType,
    RequestLeave,
    TenureStep,
)
from domains.hr.queries import leave as queries
from domains.hr.rules.leave_balances import balances
from domains.master_data.messages.calendars import PutHolidayCalendar
from foundation.database.connections import database
from foundation.values.messages import Caller
from tests.builders.master_data import Registrar

AUGUST = date(2026, 8, 3)
MOVE = """
    INSERT INTO hr.leave_movement (id, employee_code, leave_type_code, counts_on, kind, year, days)
    VALUES (gen_random_uuid(), 'E-1', 'ANNUAL', '2026-12-31', 'adjusted', 2026, -{days})
"""


async def entitled(caller: Caller) -> Registrar:
    """Somebody has two days of 2026, of which one is taken in August."""
    registrar = await Registrar(caller).open()
    await put_holiday_calendar(registrar.call(), PutHolidayCalendar(code="DE", name="Germany", country="DE"))
    person = PutEmployee(
        code="E-1", name="Dana", country="DE", hired_on=date(2025, 1, 1), holiday_calendar_code="DE"
    )
    await put_employee(registrar.call(), person)
    steps = (TenureStep(after_years=0, days_a_year=Decimal(2)),)
    annual = PutLeaveType(code="ANNUAL", name="Annual", accrual=LeaveAccrual.YEARLY, steps=steps)
    await put_leave_type(registrar.call(), annual)
    grant = GrantLeave(grant_id=uuid4(), leave_type_code="ANNUAL", year=2026)
    await grant_leave(registrar.call(), grant)
    await request_leave(registrar.call(), a_request(uuid4(), caller))
    return registrar


def a_request(leave_id: UUID, caller: Caller, on: date = AUGUST) -> RequestLeave:
    """One day."""
    return RequestLeave(
        leave_id=leave_id,
        process_id=f"{caller.company}/leave_request/{leave_id}",
        employee_code="E-1",
        leave_type_code="ANNUAL",
        starts_on=on,
        ends_on=on,
        asked_by="somebody",
        may_for_others=True,
    )


async def refused_by_the_database(caller: Caller, statement: str) -> str:
    """What the database says to what is written past all operations."""
    with pytest.raises(PostgresError) as refused:
        async with database().transaction() as tx:
            scope = {"company": caller.company}
            await tx.execute(text("SELECT set_config('perpetual.company', :company, true)"), scope)
            await tx.execute(text(statement))
    return str(refused.value)


async def test_the_database_refuses_more_than_there_is_on_a_later_day(caller: Caller) -> None:
    await entitled(caller)

    at_once = await refused_by_the_database(caller, MOVE.format(days=2))
    earlier = MOVE.format(days=2).replace("2026-12-31", "2026-01-01")
    on_a_later_day = await refused_by_the_database(caller, earlier)

    assert re.search(r"E-1 would have -1\.0+ days of leave on", at_once), at_once
    assert "on 2026-08-03" in on_a_later_day


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE hr.leave_movement SET days = 5", "permission denied"),
        ("DELETE FROM hr.leave_movement", "permission denied"),
        ("UPDATE hr.leave_request SET days = 2", "permission denied"),
        (MOVE.format(days=0), "leave_movement_moves_days"),
        (MOVE.format(days=1).replace("'adjusted'", "'taken'"), "leave_movement_taken_by_a_request"),
    ],
)
async def test_the_database_refuses_what_must_never_be(caller: Caller, statement: str, why: str) -> None:
    await entitled(caller)

    assert why in await refused_by_the_database(caller, statement)


async def test_twice_with_one_key_is_once(caller: Caller) -> None:
    registrar = await entitled(caller)
    adjust = AdjustLeave(
        adjustment_id=uuid4(),
        employee_code="E-1",
        leave_type_code="ANNUAL",
        year=2026,
        counts_on=AUGUST,
        days=Decimal("0.5"),
        reason="agreed",
    )

    first, again = [await adjust_leave(registrar.call("adjusted"), adjust) for _ in range(2)]

    async with database().read(caller.company) as tx:
        found = balances(await queries.moved(tx, "E-1"), date(2026, 12, 31))
    assert (first, found) == (again, {"ANNUAL": Decimal("1.5")})
