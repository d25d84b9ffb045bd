"""What is read of hr."""

from collections.abc import Sequence

from sqlalchemy import Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from domains.hr.messages import PutEmployee
from domains.hr.tables import Employee
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, equal, named
from foundation.database.transaction import Transaction


class EmployeeView(PutEmployee):
    """Somebody who works for us, with the version that a change names."""

    version: int


_ROWS = select(*columns_for(Employee, EmployeeView))
_ONE = _ROWS.where(Employee.code == bindparam("code"))
_OTHER_OF_ACTOR = select(Employee.code).where(
    Employee.actor == bindparam("actor", type_=Text), Employee.code != bindparam("code", type_=Text)
)
_LEFT = text("SELECT hr.companies_left(:actor, :companies)").columns(companies_left=ARRAY(Text))
_MANAGERS = select(Employee.code, Employee.manager_code)
EMPLOYEES = Listing(
    name="employees",
    about="Who works for us, or did, by personnel number.",
    view=EmployeeView,
    rows=_ROWS,
    filters=(
        equal(Employee.department),
        equal(Employee.manager_code, "manager"),
        equal(Employee.country),
    ),
    sorts=named(Employee.code, Employee.name, Employee.hired_on),
    order="code",
    unique=(Employee.code,),
)


async def employee(tx: Transaction, code: str) -> EmployeeView | None:
    """One of them."""
    row = (await tx.execute(_ONE, {"code": code})).one_or_none()
    return None if row is None else EmployeeView.model_validate(row._asdict())


async def other_of_actor(tx: Transaction, actor: str, code: str) -> str | None:
    """Another employee who asks us under a name, if there is one."""
    other: str | None = await tx.scalar(_OTHER_OF_ACTOR, {"actor": actor, "code": code}) if actor else None
    return other


async def managers(tx: Transaction) -> dict[str, str | None]:
    """Everybody, each with who they report to."""
    return {row.code: row.manager_code for row in await tx.execute(_MANAGERS)}


async def companies_left(tx: Transaction, actor: str, companies: Sequence[str]) -> list[str]:
    """In which of these companies the name of a key is that of somebody whose access has ended."""
    return list(await tx.scalar(_LEFT, {"actor": actor, "companies": list(companies)}))
