"""Who works for us: written down by personnel number, and in the register of parties."""

from sqlalchemy import text

from activities.master_data.parties import register_party
from domains.hr import queries
from domains.hr.messages import EmployeeChangedEvent, EmployeePut, PutEmployee
from domains.hr.rules.employees import EmployeeContext, check_employee
from domains.hr.tables import Employee
from domains.master_data.calendars import based_on
from domains.master_data.parties import Party, PartyType
from domains.master_data.rules.names import normal_email
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import Refusals

_ONE_AT_A_TIME = text("SELECT hr.lock_managers()")


@operation("hr.put_employee", event=EmployeeChangedEvent)
async def put_employee(tx: Transaction, put: PutEmployee) -> EmployeePut:
    """Write down who works for us. The books may name them from then on. Past the last day they are neither
    paid nor let in.

    Refuses: Invalid, with every field that is wrong; ManagedInACircle; ExistsAlready, ChangedMeanwhile.
    """
    if put.manager_code is not None:
        await tx.execute(_ONE_AT_A_TIME)
    refusals = Refusals()
    email = normal_email(put.email, refusals)
    known = EmployeeContext(
        managers=await queries.managers(tx),
        calendars=await based_on(tx),
        same_actor=await queries.other_of_actor(tx, put.actor, put.code),
    )
    check_employee(put, known, refusals)
    refusals.raise_if_any()
    written = {"email": email, "working_days": [day.value for day in put.working_days]}
    created = await records.put(tx, Employee, put.model_dump() | written)
    await register_party(tx, Party(PartyType.EMPLOYEE, put.code), put.name, ends_on=put.left_on)
    return EmployeePut(code=put.code, created=created)
