"""Who works for us: written once by its key."""

from datetime import date

from activities.hr.employees import put_employee
from domains.hr.messages import PutEmployee
from domains.hr.queries import employee
from foundation.database.connections import Database
from foundation.values.messages import Caller
from tests.builders.master_data import Registrar


async def test_twice_with_one_key_is_once(database: Database, caller: Caller) -> None:
    registrar = await Registrar(caller).open()
    put = PutEmployee(code="E-1", name="Dana Brandt", country="DE", hired_on=date(2025, 3, 1))

    answers = [await put_employee(registrar.call("one key"), put) for _ in range(2)]

    async with database.read(caller.company) as tx:
        known = await employee(tx, "E-1")
    assert [answer.created for answer in answers] == [True, True]
    assert known is not None
    assert (known.hired_on, known.version) == (date(2025, 3, 1), 1)
