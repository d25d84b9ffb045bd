"""What is known late is paid with the next payslip, and comes to what it had come to if known at once."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from domains.payroll.messages.payslips import PayslipLineKind
from domains.payroll.messages.records import PayAccount, PayAgreement, PayItemAsked
from domains.payroll.rules.components import ComponentCatalogue
from domains.payroll.rules.earlier_periods import ClosedPayslip, Fingerprints, changed_since, earlier_periods
from domains.payroll.rules.payslip_inputs import PersonToPay, Sums, agreements_in
from domains.payroll.rules.payslips import PayslipKept, payslip_of
from domains.payroll.rules.retroactive import CORRECTED
from domains.payroll.rules.runs import PayrollRunKept
from domains.payroll.rules.statutory import CountryPack
from tests.domains.payroll import de_pay, us_pay
from tests.domains.payroll.agreed_pay import SALARY, TENTH, a_run, an_agreement

Knows = Callable[[int], Sequence[PayAgreement]]
"""The agreements that are known when a month is paid."""
CORRECTED_KINDS = {sign.value for sign in CORRECTED}


def a_month(month: int, **changes: Any) -> PayrollRunKept:
    """A run of a month of 2026, of 30 days at most, which is paid on its last day."""
    last = de_pay.a_month(month).ends_on
    return a_run(starts_on=last.replace(day=1), ends_on=last, paid_on=last, **changes)


def closed_by(paid: dict[date, PayslipKept]) -> list[ClosedPayslip]:
    """What payslips say of their periods, as the books do."""
    amounts: dict[date, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for day, kept in paid.items():
        for line in kept.lines:
            if line.kind.value in CORRECTED_KINDS:
                amounts[line.earned_in or day][line.code] += line.amount
    corrected = {of for kept in paid.values() for of in kept.corrects}
    return [
        ClosedPayslip(
            starts_on=day,
            ends_on=de_pay.a_month(day.month).ends_on,
            paid_on=de_pay.a_month(day.month).ends_on,
            frequency="monthly",
            computed_from=kept.computed_from,
            was_corrected=day in corrected,
            amounts=dict(amounts[day]),
        )
        for day, kept in paid.items()
    ]


def paid_through(
    months: int, knows: Knows, catalogue: ComponentCatalogue, pack: CountryPack, **run: Any
) -> dict[date, PayslipKept]:
    """The payslips of the first months of 2026, each with what is known by then."""
    paid: dict[date, PayslipKept] = {}
    for month in range(1, months + 1):
        of_month = a_month(month, **run)
        added: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        for one in (sums for kept in paid.values() for sums in kept.added):
            added[one.year, one.name] += one.amount
        sums = [Sums(year, name, amount) for (year, name), amount in added.items()]
        person = PersonToPay("E-1", knows(month), sums)
        fingerprints = Fingerprints(catalogue)
        changed = changed_since(person, of_month, closed_by(paid), fingerprints)
        earlier = earlier_periods(person, of_month, catalogue, changed)
        computed_from = fingerprints.of(agreements_in(person, of_month), of_month)
        paid[of_month.starts_on] = payslip_of(person, of_month, catalogue, pack, earlier, computed_from)
    return paid


def by_month_earned(paid: dict[date, PayslipKept]) -> dict[tuple[date, str, str], Decimal]:
    """All lines of payslips, by the month in which they were earned."""
    sums: dict[tuple[date, str, str], Decimal] = defaultdict(Decimal)
    for day, kept in paid.items():
        for line in kept.lines:
            sums[line.earned_in or day, line.kind.value, line.code] += line.amount
    return {what: amount for what, amount in sums.items() if amount}


def in_germany(salary: str, *others: str, **changes: Any) -> PayAgreement:
    """Somebody in Germany who is paid a salary."""
    details = de_pay.a_person().model_dump(mode="json")
    items = (
        PayItemAsked(component="salary", amount=Decimal(salary)),
        *(PayItemAsked(component=code) for code in others),
    )
    agreed: dict[str, Any] = {
        "code": "E-1/1",
        "employee_code": "E-1",
        "pay_group_code": "STAFF",
        "valid_from": date(2025, 1, 1),
        "items": items,
        "details": details,
        "accounts": (PayAccount(iban="DE89370400440532013000"),),
    }
    return PayAgreement(**agreed | changes)


GERMAN = ComponentCatalogue.of([SALARY, TENTH], treatments=de_pay.DE.treatments)
IN_EUROS = {"country": "DE", "currency": "EUR"}


def raised_since(day: date, was: str, now: str) -> list[PayAgreement]:
    """The agreements of somebody whose salary is another from a day on."""
    before = in_germany(was, "tenth", valid_to=date.fromordinal(day.toordinal() - 1))
    return [before, in_germany(now, "tenth", code="E-1/2", valid_from=day)]


@settings(max_examples=25, deadline=None)
@given(
    was=some.decimals(2100, 9000, places=2),
    factor=some.decimals("0.92", "3", places=4),
    since=some.dates(date(2026, 1, 2), date(2026, 4, 30)),
    known_in=some.integers(2, 5),
)
def test_in_germany_pay_tax_and_contributions_by_month_earned_are_as_if_it_were_known_at_once(
    was: Decimal, factor: Decimal, since: date, known_in: int
) -> None:
    raised = raised_since(since, str(was), f"{was * factor:.2f}")
    unaware = [in_germany(str(was), "tenth")]

    at_once = paid_through(6, lambda _: raised, GERMAN, de_pay.DE, **IN_EUROS)
    late = paid_through(
        6, lambda month: raised if month >= known_in else unaware, GERMAN, de_pay.DE, **IN_EUROS
    )

    assert by_month_earned(late) == by_month_earned(at_once)
    assert sum(kept.net for kept in late.values()) == sum(kept.net for kept in at_once.values())


def test_in_the_united_states_it_is_taxed_as_supplemental_wages_when_it_is_paid() -> None:
    catalogue = ComponentCatalogue.of([SALARY], treatments=us_pay.US.treatments)
    was = an_agreement("5000", valid_to=date(2026, 1, 31))
    raised = [was, an_agreement("6000", code="E-1/2", valid_from=date(2026, 2, 1))]
    unaware = [an_agreement("5000")]

    paid = paid_through(4, lambda month: raised if month == 4 else unaware, catalogue, us_pay.US)
    april = paid[date(2026, 4, 1)]

    pay = [(line.earned_in, str(line.amount)) for line in april.lines if line.code == "salary"]
    assert pay == [(None, "6000.00"), (date(2026, 2, 1), "1000.00"), (date(2026, 3, 1), "1000.00")]
    tax = {line.code: line.amount for line in april.lines if line.kind is PayslipLineKind.WITHHELD}
    assert tax["federal_income_tax_supplemental"] == Decimal("440.00"), "22 per cent of 2,000.00"
    assert april.gross == 8000


def test_what_was_corrected_is_not_paid_again_and_is_taken_back_when_it_was_wrong() -> None:
    raised = raised_since(date(2026, 2, 1), "3000", "3300")
    unaware = [in_germany("3000", "tenth")]

    paid = paid_through(5, lambda month: raised if month == 3 else unaware, GERMAN, de_pay.DE, **IN_EUROS)
    never = paid_through(5, lambda _: unaware, GERMAN, de_pay.DE, **IN_EUROS)

    march, april, may = (paid[date(2026, month, 1)] for month in (3, 4, 5))
    assert march.corrects == (date(2026, 2, 1),)
    assert april.corrects == (date(2026, 2, 1), date(2026, 3, 1))
    assert may.corrects == ()
    assert by_month_earned(paid) == by_month_earned(never)


def test_what_has_not_changed_is_not_computed_again() -> None:
    known = [in_germany("3000", "tenth")]
    paid = closed_by(paid_through(3, lambda _: known, GERMAN, de_pay.DE, **IN_EUROS))
    person, april = PersonToPay("E-1", known, []), a_month(4, **IN_EUROS)

    assert changed_since(person, april, paid, Fingerprints(GERMAN)) == ()
    hours = PersonToPay("E-1", [in_germany("3000", "tenth", hours_a_week=Decimal(20))], [])
    assert len(changed_since(hours, april, paid, Fingerprints(GERMAN))) == 3
    gone = PersonToPay("E-1", [in_germany("3000", valid_from=date(2026, 4, 1))], [])
    assert changed_since(gone, april, paid, Fingerprints(GERMAN)) == ()
