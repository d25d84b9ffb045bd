"""What a requisition is refused for: at its field, and nothing is committed."""

from typing import Any

import pytest

from tests.builders.budgets import BUDGETS, COST_CENTRES, a_budget, of_budget
from tests.builders.requisitions import (
    PATH,
    a_policy,
    decide,
    entered,
    line,
    ready,
    refused,
    until,
)
from tests.days import in_days
from tests.erp import Erp

WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"item_code": "GHOST"}, ["lines.0.item_code"]),
    ({"unit": "crate"}, ["lines.0.unit"]),
    ({"cost_centre": "GHOST"}, ["lines.0.cost_centre"]),
    ({"supplier_code": "GHOST"}, ["lines.0.supplier_code"]),
    ({"item_code": "FIFO-NUT"}, ["lines.0.item_code"]),
    ({"wanted_on": "2026-03-01"}, ["lines.0.wanted_on"]),
    ({"quantity": "999999999999"}, ["lines.0.quantity"]),
    ({"item_code": "GHOST", "cost_centre": "GHOST"}, ["lines.0.cost_centre", "lines.0.item_code"]),
]


@pytest.mark.parametrize(("changes", "fields"), WRONG)
async def test_what_is_wrong_is_refused_at_its_field_and_commits_nothing(
    erp: Erp, changes: dict[str, Any], fields: list[str]
) -> None:
    await ready(erp)

    assert await refused(erp, line(**changes)) == (422, "invalid", fields)
    assert await of_budget(erp) == ("0.00", "100.00")
    assert (await erp.get(PATH))["items"] == []


async def test_what_its_order_would_be_refused_for_it_is_refused_for(erp: Erp) -> None:
    await ready(erp)
    taxed: dict[str, Any] = {
        "code": "RC",
        "name": "RC",
        "kind": "reverse_charge",
        "exemption_reason": "§ 13b",
    }
    taxed |= {"components": [{"name": "VAT", "rate_percent": "19"}]}
    await erp.post("/v1/tax-codes", taxed)
    await erp.request("PATCH", "/v1/suppliers/PLANTATION", {"tax_code": "RC"}, if_match="*")

    nowhere = await refused(erp, line(), line("PEAR"), warehouse_code="GHOST")
    untaxed = await refused(erp, line(), line("PEAR"))

    assert untaxed == (422, "invalid", ["lines.1.item_code"])
    assert nowhere == (422, "invalid", ["warehouse_code", "lines.1.item_code"])


async def test_beyond_the_budget_each_line_is_named(erp: Erp) -> None:
    await ready(erp)

    asked = line(quantity="15"), line(quantity="15"), line(quantity="10"), line("PEAR", "1")

    assert await refused(erp, *asked) == (
        409,
        "budget-exceeded",
        ["lines.1.cost_centre", "lines.3.cost_centre"],
    )
    assert await of_budget(erp) == ("0.00", "100.00")


async def test_the_budget_of_the_day_on_which_it_is_wanted_counts(erp: Erp) -> None:
    await ready(erp)
    asked = line(quantity="10", wanted_on="2027-01-01")
    without = await refused(erp, line(), asked, asked)
    next_budget = a_budget("50.00", code="SHOP-27", starts_on="2027-01-01", ends_on="2027-12-31")
    await erp.post(BUDGETS, next_budget)

    next_year = await entered(erp, asked)

    assert without == (409, "no-budget-on-day", ["lines.1.wanted_on", "lines.2.wanted_on"])
    (only,) = (await until(erp, next_year, "ordered"))["lines"]
    assert only["budget_code"] == "SHOP-27"
    assert (await of_budget(erp), await of_budget(erp, "SHOP-27")) == (("0.00", "100.00"), ("40.00", "10.00"))


async def test_who_only_asks_asks_today_and_says_whose_it_is(erp: Erp) -> None:
    wanted = {"wanted_on": in_days(9)}
    await ready(erp)
    long: dict[str, Any] = {"starts_on": "2020-01-01", "ends_on": in_days(99)}
    await erp.post(COST_CENTRES, {"code": "LONG", "name": "Long"})
    await erp.post(BUDGETS, a_budget(code="LONG", cost_centre="LONG", **long))
    nobody_s, long_s = line(cost_centre=None, **wanted), line(cost_centre="LONG", **wanted)
    before = {"requested_on": in_days(-40)}

    refusals = [
        await refused(erp, long_s, by="warehouse", **before),
        await refused(erp, long_s, by="warehouse", requested_on=in_days(2)),
        await refused(erp, nobody_s, long_s, by="warehouse", requested_on=None),
    ]
    at_once = await entered(erp, long_s, by="warehouse", requested_on=None)
    by_buyer = await entered(erp, nobody_s, **before)

    other_day = (422, "invalid", ["requested_on"])
    assert refusals == [other_day, other_day, (422, "invalid", ["lines.0.cost_centre"])]
    assert [(await until(erp, one, "ordered"))["cost_centre"] for one in (at_once, by_buyer)] == ["LONG", ""]


async def test_a_category_is_named_once_policies_tell_requisitions_apart_by_it(erp: Erp) -> None:
    await ready(erp)
    await a_policy(erp, "accountant", category="materials")

    assert await refused(erp, line(quantity="5")) == (422, "invalid", ["category"])
    asked = [await entered(erp, line(quantity="5"), category=name) for name in ("materials", "other")]

    assert [(await until(erp, one, "submitted", "ordered"))["status"] for one in asked] == [
        "submitted",
        "ordered",
    ]


async def test_a_line_of_another_cost_centre_or_of_none_avoids_no_policy(erp: Erp) -> None:
    await ready(erp, "1000.00")
    await erp.post(COST_CENTRES, {"code": "SALES", "name": "Sales"})
    await a_policy(erp, "accountant", cost_centre="SHOP", from_amount="40.00")
    await a_policy(erp, "credit manager", "accountant", code="ALL", from_amount="60.00")
    other, none = line(quantity="5", cost_centre="SALES"), line(quantity="5", cost_centre=None)

    below = await entered(erp, line(quantity="5"), other)
    shop = await entered(erp, line(), none)
    waits = [await until(erp, one, "submitted", "ordered") for one in (below, shop)]
    await decide(erp, shop, by="accountant")
    (_, second) = (await erp.get("/v1/approvals", document=shop["requisition_number"]))["items"]
    await decide(erp, shop, by="credit manager")

    assert [one["status"] for one in waits] == ["ordered", "submitted"]
    assert (second["policy"], second["level"], second["levels"]) == ("ALL", 2, 2)
    assert second["why"] == "ALL: purchase_requisition from 60.00 EUR"
    await until(erp, shop, "ordered")
