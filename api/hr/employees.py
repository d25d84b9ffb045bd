"""Who works for us."""

from activities.hr.employees import put_employee
from api.door import AskedRequest
from api.records import Resource, router_for
from domains.hr.queries import EMPLOYEES, EmployeeView, employee


async def _employee(asked: AskedRequest, code: str) -> EmployeeView | None:
    async with asked.read() as tx:
        return await employee(tx, code)


router = router_for(
    Resource(
        path="employees",
        tag="Human resources",
        permission="hr.employee",
        put=put_employee,
        view=EmployeeView,
        records=EMPLOYEES,
        read=_employee,
        example={
            "code": "E-1007",
            "name": "Dana Brandt",
            "email": "dana.brandt@example.com",
            "language": "de",
            "country": "DE",
            "hired_on": "2026-03-01",
            "department": "Workshop",
            "position": "Bicycle mechanic",
            "working_days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        },
    )
)
