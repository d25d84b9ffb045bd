"""What a payroll run comes to, and what may be done with it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import pytest

from domains.payroll.messages.kinds import ComponentSign, PayFrequency
from domains.payroll.messages.records import PayAccount, PayAgreement, PayItemAsked, PutPayGroup
from domains.payroll.messages.runs import (
    EditPayrollRun,
    OpenPayrollRun,
    PayrollRunStatus,
    PayslipStatus,
    RunKind,
)
from domains.payroll.rules import runs as rules
from domains.payroll.rules.components import ComponentCatalogue, ComponentVersion, FixedAmount, PayComponent
from domains.payroll.rules.payslip_inputs import PersonToPay
from domains.payroll.rules.payslips import payslip_of
from domains.payroll.rules.runs import OtherRun, PayrollRunKept, PayslipTotals
from foundation.values.errors import Invalid
from tests.domains.payroll import de_pay

ID = UUID(int=7)
MARCH = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 31)}


def a_run(**changes: Any) -> PayrollRunKept:
    """A run of March that is looked through."""
    kept: dict[str, Any] = {
        "id": ID,
        "number": "PY-000001",
        "status": PayrollRunStatus.OPEN,
        "version": 2,
        "content_hash": "",
        "pay_group_code": "STAFF",
        "kind": "regular",
        "country": "US",
        "frequency": "monthly",
        "paid_on": date(2026, 3, 31),
        "currency": "USD",
        "opened_by": "Carla",
    }
    return PayrollRunKept(**kept | MARCH | changes)


def a_payslip(code: str, status: PayslipStatus, gross: str = "100.00") -> PayslipTotals:
    """A payslip of which eighty of a hundred are paid out."""
    amount = Decimal(gross)
    net = amount * Decimal("0.8")
    return PayslipTotals(uuid5(ID, code), code, status, f"hash of {code}", amount, net, amount / 10)


EACH = [a_payslip(status.value, status) for status in PayslipStatus]


def test_what_is_computed_posted_or_taken_back_since_is_what_a_run_pays() -> None:
    totals, amounts = rules.totals(a_run(), EACH, version=3), rules.amounts(EACH)

    assert (totals.people, totals.held, totals.left_out, totals.version) == (3, 1, 1, 3)
    assert amounts == {"gross_amount": 300, "net_amount": 240, "employer_amount": 30}


def test_the_laws_lines_are_kept_with_their_names_not_with_their_codes() -> None:
    agreement = PayAgreement(
        code="E-1-2026",
        employee_code="E-1",
        pay_group_code="STAFF",
        valid_from=date(2026, 1, 1),
        items=(PayItemAsked(component="salary", amount=Decimal(5000)),),
        details=de_pay.a_person().model_dump(mode="json"),
        accounts=(PayAccount(iban="DE89370400440532013000"),),
    )
    versions = (ComponentVersion(date(2026, 1, 1), FixedAmount()),)
    salary = PayComponent("salary", "Salary", ComponentSign.EARNING, versions, "regular")
    catalogue = ComponentCatalogue.of([salary], treatments=de_pay.DE.treatments)

    kept = payslip_of(
        PersonToPay("E-1", [agreement], []), a_run(country="DE", currency="EUR"), catalogue, de_pay.DE
    )

    named = {line.code: line.name for line in kept.lines}
    codes = ("1000", "0001", "U2")
    assert [named[code] for code in codes] == [
        "Health insurance",
        "Long-term care insurance",
        "Levy U2, maternity",
    ]


def test_the_hash_is_of_who_is_paid_and_when() -> None:
    one, other = (a_payslip(code, PayslipStatus.CALCULATED) for code in ("E-1", "E-2"))
    left_out = other._replace(status=PayslipStatus.LEFT_OUT)
    known = rules.content_hash(a_run(), [one, other])

    assert rules.content_hash(a_run(), [other, one]) == known
    others = [
        rules.content_hash(a_run(), [one, left_out]),
        rules.content_hash(a_run(), [one, other._replace(content_hash="another")]),
        rules.content_hash(a_run(paid_on=date(2026, 4, 1)), [one, other]),
    ]
    assert len({known, *others}) == 4


@pytest.mark.parametrize(
    ("edit", "fields"),
    [
        ({"leave_out": ["NOBODY"]}, ["leave_out.0"]),
        ({"leave_out": ["E-1"], "calculate_again": ["E-1"]}, ["calculate_again.0"]),
        ({"put_in": ["E-1"]}, ["put_in.0"]),
        ({}, ["leave_out"]),
    ],
)
def test_an_edit_names_each_person_of_whom_it_cannot_be(edit: dict[str, Any], fields: list[str]) -> None:
    asked = EditPayrollRun(run_id=ID, edit_id=ID, version=2, edited_by="Carla", **edit)

    with pytest.raises(Invalid) as refused:
        rules.edited(a_run(), asked, [a_payslip("E-1", PayslipStatus.CALCULATED)])

    assert [error.field for error in refused.value.errors] == fields


def ask(kind: RunKind, **days: date) -> OpenPayrollRun:
    """Somebody asks for a run of March."""
    asked: dict[str, Any] = {"run_id": ID, "pay_group_code": "STAFF", "kind": kind, "opened_by": "Carla"}
    return OpenPayrollRun(**asked | MARCH | {"paid_on": date(2026, 3, 31)} | days)


def another(status: str, kind: str = "regular", ends_on: date = MARCH["ends_on"]) -> OtherRun:
    """A run of the same group that is there."""
    return OtherRun("PY-000002", kind, status, "semimonthly", MARCH["starts_on"], ends_on)


def group(frequency: str = "monthly") -> PutPayGroup:
    """Who is paid so often."""
    return PutPayGroup(code="STAFF", name="Staff", country="US", frequency=PayFrequency(frequency))


def test_a_correction_is_of_just_the_days_of_a_sealed_run() -> None:
    sealed = [another("sealed"), another("sealed", "correction")]
    assert rules.frequency_of(ask(RunKind.CORRECTION), group(), sealed) == "semimonthly", "as it was paid"
    with pytest.raises(rules.NoRunToCorrect):
        rules.frequency_of(ask(RunKind.CORRECTION), group(), [another("sealed", ends_on=date(2026, 3, 15))])
    for open_one in (another("released"), another("open", "correction")):
        with pytest.raises(rules.PeriodHasRun, match="PY-000002"):
            rules.frequency_of(ask(RunKind.CORRECTION), group(), [another("sealed"), open_one])


def test_a_regular_run_shares_no_day_with_another() -> None:
    assert rules.frequency_of(ask(RunKind.REGULAR), group(), []) == "monthly"
    with pytest.raises(rules.PeriodHasRun, match="PY-000002"):
        rules.frequency_of(ask(RunKind.REGULAR), group(), [another("sealed", ends_on=date(2026, 3, 1))])


@pytest.mark.parametrize(
    ("frequency", "starts_on", "ends_on"),
    [
        ("monthly", date(2026, 1, 26), date(2026, 2, 25)),
        ("monthly", date(2026, 1, 31), date(2026, 2, 27)),
        ("monthly", date(2028, 2, 1), date(2028, 2, 29)),
        ("semimonthly", date(2026, 2, 1), date(2026, 2, 15)),
        ("semimonthly", date(2026, 2, 16), date(2026, 2, 28)),
        ("semimonthly", date(2026, 3, 16), date(2026, 3, 31)),
        ("semimonthly", date(2026, 2, 26), date(2026, 3, 10)),
        ("biweekly", date(2026, 3, 2), date(2026, 3, 15)),
        ("weekly", date(2026, 3, 2), date(2026, 3, 8)),
        ("daily", date(2026, 3, 2), date(2026, 3, 2)),
        ("yearly", date(2026, 1, 1), date(2026, 12, 31)),
        ("yearly", date(2028, 2, 29), date(2029, 2, 27)),
    ],
)
def test_a_regular_run_is_as_long_as_its_group_is_often_paid(
    frequency: str, starts_on: date, ends_on: date
) -> None:
    asked = ask(RunKind.REGULAR, starts_on=starts_on, ends_on=ends_on)
    assert rules.frequency_of(asked, group(frequency), []) == frequency
    for wrong in (ends_on + timedelta(days=5), ends_on + timedelta(days=61)):
        longer = ask(RunKind.REGULAR, starts_on=starts_on, ends_on=wrong)
        with pytest.raises(rules.PeriodNotOfFrequency, match=f"{frequency}.*{ends_on}") as refused:
            rules.frequency_of(longer, group(frequency), [])
        assert [error.field for error in refused.value.errors] == ["ends_on"]


@pytest.mark.parametrize("status", [one for one in PayrollRunStatus if one != PayrollRunStatus.SUBMITTED])
def test_only_what_waits_for_its_approvals_is_released(status: PayrollRunStatus) -> None:
    rules.check_release(a_run(status=PayrollRunStatus.SUBMITTED, content_hash="a"), "a", "a")
    with pytest.raises(rules.NotTheApproved):
        rules.check_release(a_run(status=status, content_hash="a"), "a", "a")
    with pytest.raises(rules.NotTheApproved):
        rules.check_release(a_run(status=PayrollRunStatus.SUBMITTED, content_hash="a"), "a", "b")
