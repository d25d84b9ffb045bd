"""A supplier's invoice without an order is coded to accounts, approved, owed and paid."""

import asyncio
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from foundation.database.connections import database
from tests.builders import purchase_orders
from tests.builders.budgets import COST_CENTRES
from tests.builders.purchase_orders import ABROAD, SUPPLIER, TOLERANCE, TOLERANCES, moved, pay
from tests.builders.without_order import (
    ENTER,
    PATH,
    an_invoice,
    asked_about,
    coded,
    decide,
    entered,
    posted,
    refused,
    taken_back,
    until,
)
from tests.checked import violations
from tests.erp import Erp
from tests.workflows.approving import hire

FREIGHT = "5300"
"""The account of expenses that the lines are coded to; it has no role."""


@pytest.fixture(autouse=True)
async def known(erp: Erp) -> None:
    """Suppliers at home and abroad, and a cost centre."""
    for supplier in (SUPPLIER, ABROAD):
        await erp.post("/v1/suppliers", supplier)
    await erp.post(COST_CENTRES, {"code": "SHOP", "name": "Workshop"})


async def none_violated(erp: Erp) -> None:
    """The separate checker finds nothing."""
    await erp.at_rest()
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_it_is_owed_when_somebody_has_said_yes_and_is_paid(erp: Erp) -> None:
    before = await erp.balances()

    invoice = await entered(erp, coded(dimensions={"cost_centre": "SHOP"}))

    assert (invoice["status"], invoice["invoice_number"][:3]) == ("entered", "CI-")
    assert await erp.balances() == before
    await decide(erp, invoice)
    owed = await until(erp, invoice, "posted")
    assert (owed["open_amount"], owed["due_on"]) == ("119.00", "2026-04-10")
    assert await moved(erp, before) == {
        FREIGHT: Decimal("100.00"),
        "tax_receivable": Decimal("19.00"),
        "payable": Decimal("-119.00"),
    }
    assert owed["lines"][0]["dimensions"] == {"cost_centre": "SHOP"}
    await pay(erp, owed, "119.00")
    assert (await until(erp, owed, "posted"))["open_amount"] == "0.00"
    early = await erp.request("POST", f"{PATH}/{owed['invoice_id']}/reversal", {"reason": "so"})
    assert early.json()["type"] == "/problems/stands-on-it"
    await none_violated(erp)


async def test_input_tax_that_is_not_deducted_is_part_of_what_it_cost(erp: Erp) -> None:
    before = await erp.balances()

    # 19 % of 33.33 is 6.3327, of which 60 % is not deducted.
    half = coded("33.33", deductible_percent="40")
    invoice = await posted(erp, half, coded("10.00", deductible_percent="0"), total="51.56")

    assert [line["non_deductible_amount"] for line in invoice["lines"]] == ["3.80", "1.90"]
    assert await moved(erp, before) == {
        FREIGHT: Decimal("49.03"),
        "tax_receivable": Decimal("2.53"),
        "payable": Decimal("-51.56"),
    }
    await none_violated(erp)


async def test_tax_that_we_owe_is_posted_on_both_sides(erp: Erp) -> None:
    before = await erp.balances()

    invoice = await posted(erp, total="100.00", reverse_charge=True)

    assert (invoice["tax_amount"], invoice["total_amount"]) == ("19.00", "100.00")
    assert await moved(erp, before) == {
        FREIGHT: Decimal("100.00"),
        "tax_receivable": Decimal("19.00"),
        "tax_payable": Decimal("-19.00"),
        "payable": Decimal("-100.00"),
    }
    wrong = await refused(erp, supplier_number="2", total="119.00", reverse_charge=True)
    assert wrong == (422, "invalid", ["total_amount"])
    await none_violated(erp)


async def test_in_another_currency_at_the_rate_of_its_day(erp: Erp) -> None:
    before = await erp.balances()

    invoice = await posted(erp, supplier_code=ABROAD["code"])

    assert (invoice["currency"], invoice["open_amount"]) == ("USD", "119.00")
    changed = await moved(erp, before)
    assert changed["payable"] == -Decimal(invoice["base_total_amount"])
    await none_violated(erp)


async def test_a_cash_discount_takes_back_only_tax_that_was_deducted(erp: Erp) -> None:
    terms = {"code": "SKONTO", "name": "2 % in 10 days", "discount_percent": "2", "discount_days": 10}
    terms |= {"instalments": [{"kind": "remainder", "days": 30}]}
    await erp.post("/v1/payment-terms", terms)
    invoice = await posted(erp, coded(deductible_percent="50"), payment_terms_code="SKONTO")
    before = await erp.balances()

    await pay(erp, invoice, "116.62", on="2026-03-15")

    changed = await moved(erp, before)
    assert (changed["payable"], changed["tax_receivable"]) == (Decimal("119.00"), Decimal("-0.19"))
    assert (await until(erp, invoice, "posted"))["open_amount"] == "0.00"
    await none_violated(erp)


async def test_what_is_wrong_is_named_at_its_field(erp: Erp) -> None:
    lines = [
        coded(account_code="9999"),
        coded(account_code="4000"),
        coded(account_code="2000"),
        coded(tax_code="NONE"),
        coded("0.001"),
        coded(dimensions={"project": "SHOP"}),
    ]
    assert await refused(erp, *lines) == (
        422,
        "invalid",
        [
            *(f"lines.{number}.account_code" for number in range(3)),
            "lines.3.tax_code",
            "lines.4.net_amount",
            "lines.5.dimensions.project",
        ],
    )
    assert await refused(erp, supplier_code="NOBODY") == (422, "invalid", ["supplier_code"])
    assert await refused(erp, payment_terms_code="NONE") == (422, "invalid", ["payment_terms_code"])
    assert await refused(erp, total="118.99") == (422, "invalid", ["total_amount"])
    assert (await refused(erp, posted_on="2026-03-01"))[:2] == (422, "too-early")
    assert (await erp.get(PATH))["items"] == []


async def test_a_number_counts_once_with_and_without_an_order(erp: Erp) -> None:
    first = await entered(erp)

    assert await refused(erp, supplier_number="f 1") == (409, "billed-already", ["supplier_number"])
    await decide(erp, first, approved=False)
    rejected = await until(erp, first, "rejected")
    assert rejected["reason"].endswith("because")
    second = await posted(erp)
    order = await erp.post(purchase_orders.PATH, purchase_orders.a_purchase_order(("APPLE", "10", "4.00")))
    await purchase_orders.receive(erp, order)
    of_order = await purchase_orders.refused(erp, order, supplier_number="F1", total_amount="47.60")
    assert of_order == (409, "billed-already", ["supplier_number"])
    await taken_back(erp, second)
    await purchase_orders.billed(erp, order, "F1", "47.60")
    assert await refused(erp) == (409, "billed-already", ["supplier_number"])
    await none_violated(erp)


async def test_the_same_amount_of_about_the_same_day_may_be_the_same_invoice(erp: Erp) -> None:
    await erp.post(TOLERANCES, TOLERANCE | {"duplicate_days": 10})
    await entered(erp)

    assert await refused(erp, supplier_number="2") == (409, "may-be-a-duplicate", ["is_no_duplicate"])
    await entered(erp, supplier_number="2", is_no_duplicate=True)
    await entered(erp, supplier_number="3", invoiced_on="2026-02-01")
    await none_violated(erp)


async def test_policies_tell_amounts_and_cost_centres_apart(erp: Erp) -> None:
    policy: dict[str, Any] = {
        "code": "CI",
        "kind": "coded_invoice",
        "cost_centre": "SHOP",
        "from_amount": "50.00",
    }
    policy |= {"valid_from": "2020-01-01", "levels": [{"number": 1, "role": "credit manager"}]}
    await erp.post("/v1/approval-policies", policy)
    of_shop = coded(dimensions={"cost_centre": "SHOP"})

    asked = [
        await entered(erp, of_shop, supplier_number="1"),
        await entered(erp, coded(), supplier_number="2"),
        await entered(
            erp, coded("40.00", dimensions=of_shop["dimensions"]), total="47.60", supplier_number="3"
        ),
    ]

    roles = [(await asked_about(erp, invoice))["role"] for invoice in asked]
    assert roles == ["credit manager", "finance director", "finance director"]


async def test_who_enters_it_does_not_say_yes_and_a_yes_is_to_what_was_read(erp: Erp) -> None:
    invoice = await entered(erp, by="administrator")
    path = f"/v1/approvals/{(await asked_about(erp, invoice))['id']}/decision"

    own = await erp.request("POST", path, {"approved": True})
    other = await erp.request(
        "POST", path, {"approved": True, "content_hash": "x"}, by=await hire(erp, "Fina", "finance director")
    )

    assert (own.status_code, other.json()["type"]) == (403, "/problems/other-content")


async def test_cancelled_before_the_yes_and_taken_back_after_it(erp: Erp) -> None:
    before = await erp.balances()
    invoice = await entered(erp)
    path = f"{PATH}/{invoice['invoice_id']}"
    not_yet = await erp.request("POST", f"{path}/reversal", {"reason": "so"}, by="accountant")
    assert not_yet.json()["type"] == "/problems/coded-invoice-not-in-this-status"

    await erp.post(f"{path}/cancellation", {"reason": "another's"}, by="accountant")

    assert (await until(erp, invoice, "cancelled"))["reason"] == "another's"
    assert (await asked_about(erp, invoice))["status"] == "withdrawn"
    again = await posted(erp)
    late = await erp.request("POST", f"{PATH}/{again['invoice_id']}/cancellation", {"reason": "so"})
    assert late.json()["type"] == "/problems/process-ended"
    await taken_back(erp, again)
    assert (await until(erp, again, "reversed"))["open_amount"] == "0.00"
    twice = await erp.request("POST", f"{PATH}/{again['invoice_id']}/reversal", {"reason": "so"})
    assert twice.json()["type"] == "/problems/reversed-already"
    assert await erp.balances() == before
    await none_violated(erp)


async def test_the_same_number_twice_at_once_is_entered_once(erp: Erp) -> None:
    answers: list[Any] = await asyncio.gather(
        *(erp.request("POST", ENTER, an_invoice(), by="accountant") for _ in range(4))
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len((await erp.get(PATH))["items"]) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payables.coded_invoice SET total_amount = total_amount + 1, net_amount = net_amount + 1",
        "UPDATE payables.coded_invoice SET status = 'entered'",
        "UPDATE payables.coded_invoice SET decided_by = 'another'",
        "UPDATE payables.coded_invoice_line SET net_amount = 1",
        "DELETE FROM payables.coded_invoice",
    ],
)
async def test_the_database_refuses_what_must_never_be(erp: Erp, statement: str) -> None:
    await posted(erp)

    with pytest.raises(asyncpg.PostgresError, match=r"permission denied|only added to|stays as it was"):
        async with database().write(erp.company, "somebody") as tx:
            await tx.execute(text(statement))


EARLY = {"discount_percent": "10", "discount_days": 10, "instalments": [{"kind": "remainder", "days": 30}]}


async def test_it_is_paid_by_the_terms_that_people_have_said_yes_to(erp: Erp) -> None:
    """Nothing else names them, so that they may still be changed."""
    await erp.post("/v1/payment-terms", EARLY | {"code": "EARLY", "name": "Early"})
    invoice = await entered(erp, payment_terms_code="EARLY")
    half = {"kind": "percent_of_total", "value": "40", "days": 1}
    others = {"discount_percent": "50", "instalments": [half, {"kind": "remainder", "days": 90}]}
    erp.accepted(await erp.request("PATCH", "/v1/payment-terms/EARLY", others, if_match="*"))

    await decide(erp, invoice)

    owed = await until(erp, invoice, "posted")
    assert [(item["due_on"], item["amount"]) for item in owed["open_items"]] == [("2026-04-10", "-119.00")]
    await pay(erp, owed, "107.10", on="2026-03-15")
    assert (await erp.get(f"{PATH}/{invoice['invoice_id']}"))["open_amount"] == "0.00"
    await none_violated(erp)


@pytest.mark.parametrize("deductible", ["100", "50", "0"])
async def test_a_discount_on_what_was_taxed_lower_is_of_the_net_amount(erp: Erp, deductible: str) -> None:
    """19 % of 90.00 is 17.10, whether it may be deducted or not: 10.00 is taken off, and no tax."""
    always = {"code": "ALWAYS", "name": "Always", "discount_tax": "always"}
    await erp.post("/v1/payment-terms", EARLY | always)
    line = coded(deductible_percent=deductible)
    owed = await posted(erp, line, total="117.10", payment_terms_code="ALWAYS")

    await pay(erp, owed, "107.10", on="2026-03-15")

    assert (await erp.get(f"{PATH}/{owed['invoice_id']}"))["open_amount"] == "0.00"
    await none_violated(erp)
