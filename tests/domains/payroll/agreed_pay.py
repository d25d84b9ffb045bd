"""People with agreements, as a run pays them: what the tests of its rules compute payslips from."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from domains.payroll.messages.kinds import ComponentSign, ProrationMethod
from domains.payroll.messages.records import PayAccount, PayAgreement, PayItemAsked
from domains.payroll.messages.runs import PayrollRunStatus
from domains.payroll.rules.components import (
    ByFormula,
    ComponentCatalogue,
    ComponentKind,
    ComponentVersion,
    FixedAmount,
    PayComponent,
    PercentageOf,
)
from domains.payroll.rules.formulas import Formula
from domains.payroll.rules.payslip_inputs import PersonToPay, Sums
from domains.payroll.rules.payslips import PayslipKept, payslip_of
from domains.payroll.rules.runs import PayrollRunKept
from tests.domains.payroll import us_pay


def a_component(
    code: str,
    kind: ComponentKind,
    sign: ComponentSign = ComponentSign.EARNING,
    proration: ProrationMethod | None = None,
    *,
    counts_as_base: bool = False,
) -> PayComponent:
    """A component since 2025, that the law of the United States looks at as regular pay."""
    treatment = "regular" if sign is ComponentSign.EARNING else ""
    versions = (ComponentVersion(date(2025, 1, 1), kind),)
    return PayComponent(code, code, sign, versions, treatment, counts_as_base, proration)


SALARY = a_component("salary", FixedAmount(), proration=ProrationMethod.CALENDAR_DAYS, counts_as_base=True)
TENTH = a_component("tenth", PercentageOf(("base",), Decimal(10)))
DOUBLE = a_component("double", ByFormula(Formula.parse("salary * 2")))


def a_catalogue(*components: PayComponent) -> ComponentCatalogue:
    """A monthly salary by calendar days, and others."""
    return ComponentCatalogue.of([SALARY, *components], treatments=us_pay.US.treatments)


def an_agreement(salary: str = "3100", *others: str, **changes: Any) -> PayAgreement:
    """Somebody in Texas is paid a salary since 2025, and what else is named, as the components say it."""
    asked: dict[str, Any] = {
        "code": "E-1/1",
        "employee_code": "E-1",
        "pay_group_code": "STAFF",
        "valid_from": date(2025, 1, 1),
        "items": (
            PayItemAsked(component="salary", amount=Decimal(salary)),
            *(PayItemAsked(component=code) for code in others),
        ),
        "details": {"state": "TX", "state_unemployment_percent": "2.7"},
        "accounts": (PayAccount(iban="DE89370400440532013000"),),
    }
    return PayAgreement(**asked | changes)


def a_run(**changes: Any) -> PayrollRunKept:
    """A run of March 2026 that is looked through."""
    kept: dict[str, Any] = {
        "id": UUID(int=7),
        "number": "PY-000001",
        "status": PayrollRunStatus.OPEN,
        "version": 2,
        "content_hash": "",
        "pay_group_code": "STAFF",
        "kind": "regular",
        "country": "US",
        "frequency": "monthly",
        "starts_on": date(2026, 3, 1),
        "ends_on": date(2026, 3, 31),
        "paid_on": date(2026, 3, 31),
        "currency": "USD",
        "opened_by": "Carla",
    }
    return PayrollRunKept(**kept | changes)


def paid(
    agreements: Sequence[PayAgreement],
    *components: PayComponent,
    sums: Sequence[Sums] = (),
    run: PayrollRunKept | None = None,
) -> PayslipKept:
    """The payslip of somebody in Texas."""
    person = PersonToPay("E-1", agreements, sums)
    return payslip_of(person, run or a_run(), a_catalogue(*components), us_pay.US)


def amounts(payslip: PayslipKept) -> dict[str, str]:
    """What its lines come to, by code."""
    return {line.code: str(line.amount) for line in payslip.lines}
