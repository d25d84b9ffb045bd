"""Who is paid together, what pay is made of, and what is agreed with people."""

from activities.payroll import records
from api.door import AskedRequest
from api.records import Resource, router_for
from domains.payroll.queries import records as queries
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
]
