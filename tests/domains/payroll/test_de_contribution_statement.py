"""The contribution statement: what each fund is due for a month."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from domains.payroll.countries.de.contribution_shares import Contribution, ContributionGroup
from domains.payroll.countries.de.contribution_statement import contribution_statements
from domains.payroll.countries.de.contributions import contributions
from domains.payroll.countries.de.levies import LevyRates, levies
from domains.payroll.countries.de.mini_jobs import MINI_JOB_CENTRE, MiniJobMonth, mini_job_contributions
from domains.payroll.rules.statutory import StatutoryLine
from tests.builders.german_contributions import a_month, an_insured

Group = ContributionGroup


def lines_of(due: Iterable[Contribution]) -> list[StatutoryLine]:
    """The lines of some contributions."""
    return [line for one in due for line in one.lines()]


def test_each_fund_has_its_groups_with_both_shares_of_all_employees() -> None:
    here, there = an_insured(fund="11111111"), an_insured(fund="22222222")
    rates = LevyRates(Decimal("1.1"), Decimal("0.22"))
    lines = [
        *lines_of(contributions(here, a_month("3000"))),
        *lines_of(contributions(here, a_month("2000"))),
        *lines_of(levies(a_month("3000"), rates, fund=here.fund, state=here.state)),
        *lines_of(contributions(there, a_month("1000"))),
        *lines_of(mini_job_contributions(MiniJobMonth(a_month("0").month, Decimal(100)))),
    ]

    first, second, mini_jobs = contribution_statements(lines)

    assert (first.fund, second.fund, mini_jobs.fund) == ("11111111", "22222222", MINI_JOB_CENTRE)
    assert list(first.groups.items()) == [
        (Group.HEALTH_GENERAL, Decimal("730.00")),
        (Group.HEALTH_ADDITIONAL, Decimal("125.00")),
        (Group.PENSION, Decimal("930.00")),
        (Group.UNEMPLOYMENT, Decimal("130.00")),
        (Group.CARE, Decimal("180.00")),
        (Group.SICK_PAY_LEVY, Decimal("33.00")),
        (Group.MATERNITY_LEVY, Decimal("6.60")),
        (Group.INSOLVENCY_LEVY, Decimal("4.50")),
    ]
    assert first.total == Decimal("2139.10")
    assert second.groups[Group.PENSION] == Decimal("186.00")
    assert mini_jobs.total == Decimal("47.55")  # 13, 32.55 and 2.
    assert first.total + second.total + mini_jobs.total == sum(line.amount for line in lines)


def test_what_is_no_contribution_is_left_out_and_a_correction_lowers_its_group() -> None:
    [line, *_] = lines_of(contributions(an_insured(), a_month("3000")))
    tax = replace(line, code="wage_tax", authority="tax office")
    correction = replace(line, amount=-line.amount)

    [statement] = contribution_statements([line, tax, correction])

    assert statement.groups == {Group.HEALTH_GENERAL: 0}
    assert contribution_statements([tax]) == ()
