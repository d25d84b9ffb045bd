"""Who is paid together, what pay is made of, and what is agreed with people."""

from activities.payroll import records
from api.door import AskedRequest
from api.records import Resource, router_for
from domains.payroll.queries import net_pay
from domains.payroll.queries import records as queries
from domains.payroll.queries.net_pay import EmployeeLoanView, GarnishmentOrderView
from domains.payroll.queries.records import PayAgreementView, PayComponentView, PayGroupView, YearOpeningView


async def _group(asked: AskedRequest, code: str) -> PayGroupView | None:
    async with asked.read() as tx:
        return await queries.pay_group(tx, code)


async def _component(asked: AskedRequest, code: str) -> PayComponentView | None:
    async with asked.read() as tx:
        return await queries.pay_component(tx, code)


async def _agreement(asked: AskedRequest, code: str) -> PayAgreementView | None:
    async with asked.read() as tx:
        return await queries.pay_agreement(tx, code)


async def _opening(asked: AskedRequest, code: str) -> YearOpeningView | None:
    async with asked.read() as tx:
        return await queries.year_opening(tx, code)


async def _order(asked: AskedRequest, code: str) -> GarnishmentOrderView | None:
    async with asked.read() as tx:
        return await net_pay.garnishment_order(tx, code)


async def _loan(asked: AskedRequest, code: str) -> EmployeeLoanView | None:
    async with asked.read() as tx:
        return await net_pay.employee_loan(tx, code)


routers = [
    router_for(
        Resource(
            path="pay-groups",
            tag="Payroll",
            permission="payroll.pay_group",
            put=records.put_pay_group,
            view=PayGroupView,
            records=queries.PAY_GROUPS,
            read=_group,
            example={"code": "STAFF", "name": "Staff, monthly", "country": "DE", "frequency": "monthly"},
        )
    ),
    router_for(
        Resource(
            path="pay-components",
            tag="Payroll",
            permission="payroll.pay_component",
            put=records.put_pay_component,
            view=PayComponentView,
            records=queries.PAY_COMPONENTS,
            read=_component,
            example={
                "code": "salary",
                "name": "Monthly salary",
                "country": "DE",
                "sign": "earning",
                "treatment": "regular",
                "counts_as_base": True,
                "proration": "calendar_days",
                "versions": [{"valid_from": "2025-01-01", "kind": "fixed"}],
            },
        )
    ),
    router_for(
        Resource(
            path="pay-agreements",
            tag="Payroll",
            permission="payroll.pay_agreement",
            put=records.put_pay_agreement,
            view=PayAgreementView,
            records=queries.PAY_AGREEMENTS,
            notes_reads=True,
            read=_agreement,
            example={
                "code": "E-1007/2026",
                "employee_code": "E-1007",
                "pay_group_code": "STAFF",
                "valid_from": "2026-03-01",
                "hours_a_week": "38.5",
                "items": [{"component": "salary", "amount": "3450.00"}],
                "details": {},
                "accounts": [{"iban": "DE02120300000000202051"}],
            },
        )
    ),
    router_for(
        Resource(
            path="year-openings",
            tag="Payroll",
            permission="payroll.year_opening",
            put=records.put_year_opening,
            view=YearOpeningView,
            records=queries.YEAR_OPENINGS,
            notes_reads=True,
            read=_opening,
            example={
                "code": "E-1007/2026",
                "employee_code": "E-1007",
                "year": 2026,
                "country": "US",
                "law": {"federal_wages": "21000.00", "social_security_wages": "21000.00"},
                "components": {"salary": "21000.00"},
            },
        )
    ),
    router_for(
        Resource(
            path="garnishment-orders",
            tag="Payroll",
            permission="payroll.garnishment_order",
            put=records.put_garnishment_order,
            view=GarnishmentOrderView,
            records=net_pay.GARNISHMENT_ORDERS,
            notes_reads=True,
            read=_order,
            example={
                "code": "G-2026-7",
                "employee_code": "E-1007",
                "creditor": "CITY-COURT",
                "creditor_name": "City Court",
                "reference": "12 M 345/26",
                "priority": 1,
                "valid_from": "2026-03-01",
                "total_amount": "2400.00",
                "protected": {"at_least": "1560.00"},
            },
        )
    ),
    router_for(
        Resource(
            path="employee-loans",
            tag="Payroll",
            permission="payroll.employee_loan",
            put=records.put_employee_loan,
            view=EmployeeLoanView,
            records=net_pay.EMPLOYEE_LOANS,
            notes_reads=True,
            read=_loan,
            example={
                "code": "L-2026-3",
                "employee_code": "E-1007",
                "name": "Advance",
                "instalment": "150.00",
                "valid_from": "2026-04-01",
            },
        )
    ),
]
