"""What authorities are told is what payslips that stand have withheld and owe, and what the ledger has."""

from decimal import Decimal
from typing import Any

import asyncpg

from tests.builders.payroll import (
    CLERK,
    COMPONENTS,
    GROUPS,
    OPENINGS,
    a_component,
    an_opening,
    hired,
    in_dollars,
    opened,
    payslips_of,
    sealed,
    with_payroll,
)
from tests.erp import Erp
from tests.workflows.runs.test_payroll_of_people import changed, reverse
from tests.workflows.runs.test_payroll_runs_in_time import holds

PATH = "/v1/payroll-returns"
GERMAN = {
    "born_on": "1990-05-05",
    "state": "BB",
    "tax": {"wage_tax_class": 1, "is_church_member": True},
    "fund": {"code": "TK", "additional_percent": "2.69"},
    "levies": {"sick_pay": "1.6", "maternity": "0.44"},
    "regular_monthly_pay": "4000.00",
}


async def told(own: Erp, kind: str, period: str, country: str) -> dict[str, Any]:
    """The returns of a period, by whom they are about."""
    answer = await own.get(f"{PATH}/{kind}", country=country, period=period, by=CLERK)
    return {one["about"]: one for one in answer["returns"]}


def figures(one: Any) -> dict[str, Decimal]:
    """By number; of those without one by name."""
    return {figure["number"] or figure["name"]: Decimal(figure["amount"]) for figure in one["figures"]}


async def owed(owner_url: str, company: str) -> dict[str, Decimal]:
    """What the ledger says is owed, by authority, as entries name it."""
    owner = await asyncpg.connect(owner_url)
    try:
        rows = await owner.fetch(
            """
            SELECT l.text, -sum(l.base_amount) AS amount
            FROM ledger.journal_line l
                JOIN ledger.account_role r ON r.company_id = l.company_id AND r.account_code = l.account_code
            WHERE l.company_id = $1 AND r.role = 'payroll_liabilities' AND r.key = '' GROUP BY l.text
            """,
            company,
        )
        return {row["text"]: row["amount"] for row in rows}
    finally:
        await owner.close()


async def germans(erp: Erp) -> None:
    """Two people in Germany, insured with two funds."""
    await with_payroll(erp)
    await erp.post(GROUPS, {"code": "STAFF", "name": "Staff", "country": "DE", "frequency": "monthly"})
    await erp.post(COMPONENTS, a_component(country="DE"))
    for code, fund in (("E-1", "TK"), ("E-2", "AOK")):
        details = GERMAN | {"fund": {"code": fund, "additional_percent": "2.69"}}
        await hired(erp, code, "4000.00", details=details)


async def test_germany_is_told_what_the_ledger_owes(erp: Erp, owner_url: str) -> None:
    await germans(erp)
    march = await opened(erp)
    await sealed(erp, march)

    statements = await told(erp, "contribution_statement", "2026-03", "DE")
    tax = (await told(erp, "wage_tax_return", "2026-03", "DE"))[""]
    certificates = await told(erp, "wage_tax_certificate", "2026", "DE")

    due = {whom: Decimal(one["to_pay"]) for whom, one in statements.items()} | {
        "tax-office": Decimal(tax["to_pay"])
    }
    assert due == await owed(owner_url, erp.company)
    assert list(statements) == ["health-fund/AOK", "health-fund/TK"]
    assert figures(tax)["86"] == 2
    # 18.6 % for pensions and 2.6 % for unemployment, of both sides.
    assert figures(statements["health-fund/TK"])["0100"] == Decimal("744.00")
    assert figures(statements["health-fund/TK"])["0010"] == Decimal("104.00")
    of_one = figures(certificates["E-1"])
    assert of_one["3"] == 4_000
    assert of_one["22a"] == of_one["23a"] == 372
    assert figures(tax)["42"] == 2 * of_one["4"] > 0
    assert await told(erp, "wage_tax_return", "2026-04", "DE") != {}
    assert await told(erp, "contribution_statement", "2026-04", "DE") == {}


async def test_the_united_states_are_told_of_a_quarter_and_of_a_year(erp: Erp, owner_url: str) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1")
    await hired(own, "E-2", "4000.00")
    await own.post(OPENINGS, an_opening("E-2"))
    await sealed(own, await opened(own, starts_on="2026-02-01", ends_on="2026-02-28"))
    march = await opened(own)
    await sealed(own, march)
    own.accepted(await reverse(own, (await payslips_of(own, march))["E-2"]))

    quarter = figures((await told(own, "form_941", "2026-Q1", "US"))[""])
    year = await told(own, "form_w2", "2026", "US")

    assert quarter["1"] == 1  # Of March one payslip stands.
    assert quarter["2"] == quarter["5a.1"] == 14_000
    assert quarter["5a.2"] == Decimal("1736.00")
    assert quarter["6"] == quarter["3"] + quarter["5e"]
    irs = [amount for whom, amount in (await owed(owner_url, own.company)).items() if "IRS" in whom.upper()]
    assert quarter["12"] <= sum(irs)  # FUTA is owed as well, and not on this form.
    assert list(year) == ["E-1", "E-2"]
    assert figures(year["E-1"])["1"] == 10_000
    # 8,000 of the system before; the payslip that was taken back is not there.
    assert figures(year["E-2"])["3"] == 8_000 + 4_000
    assert year["E-1"]["to_pay"] is None
    await holds(own)


async def test_an_empty_period_has_a_form_of_nothing_and_no_certificates(erp: Erp) -> None:
    own = await in_dollars(erp)

    assert set(figures((await told(own, "form_941", "2026-Q2", "US"))[""]).values()) == {Decimal(0)}
    assert await told(own, "form_w2", "2026", "US") == {}


async def test_what_is_asked_wrongly_is_refused_by_field(erp: Erp) -> None:
    own = await in_dollars(erp)
    for kind, query, status, named in (
        ("form_941", {"country": "US", "period": "2026-03"}, 422, "period"),
        ("form_941", {"country": "US", "period": "2019-Q1"}, 422, "period"),
        ("form_941", {"country": "XX", "period": "2026-Q1"}, 422, None),
        ("form_940", {"country": "US", "period": "2026"}, 404, None),
        ("form_941", {"country": "US"}, 422, "period"),
        ("form_941", {"country": "US", "period": "2026-Q1", "year": "2026"}, 422, "year"),
    ):
        refused = await own.request("GET", f"{PATH}/{kind}", by=CLERK, **query)
        assert refused.status_code == status, (query, refused.text)
        if named is not None:
            assert [error["field"] for error in refused.json()["errors"]] == [named]
    others = await own.request("GET", f"{PATH}/form_w2", by="operator", country="US", period="2026")
    assert others.status_code == 403
    shown = await own.get(PATH, by=CLERK)
    assert [(one["country"], one["kind"], one["each"]) for one in shown] == [
        ("US", "form_941", "quarter"),
        ("US", "form_w2", "year"),
    ]


async def test_a_late_raise_is_on_the_statement_of_the_month_that_pays_it(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1")
    await sealed(own, await opened(own, starts_on="2026-02-01", ends_on="2026-02-28"))
    await changed(own, "E-1/1", items=[{"component": "salary", "amount": "5600.00"}])
    await sealed(own, await opened(own))

    quarter = figures((await told(own, "form_941", "2026-Q1", "US"))[""])

    assert quarter["2"] == 2 * 5_600
