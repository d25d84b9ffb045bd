"""What is to be paid to suppliers, as the books stand: proposed, and paid as it was proposed."""

from typing import Any

import pytest

from domains.ledger.queries import open_items
from tests.builders import purchase_orders
from tests.builders.bank_statements import OTHERS_IBAN, open_account
from tests.erp import Erp

PATH = "/v1/reports/payment-proposal"
DAYS = {"bank_account": "SAVINGS", "from": "2026-03-20", "to": "2026-03-27"}
DISCOUNT = {
    "code": "DISC16",
    "name": "2 % in 16 days, 30 days net",
    "instalments": [{"days": 30}],
    "discount_percent": "2",
    "discount_days": 16,
}
ACCOUNT = {"city": "Werder", "bank_accounts": [{"currency": "EUR", "iban": OTHERS_IBAN}]}


async def bought(erp: Erp, **supplier: Any) -> Any:
    """An invoice of 11 March over 63.65, of a supplier; it is due on 10 April."""
    known = purchase_orders.SUPPLIER | supplier
    await erp.post("/v1/suppliers", known)
    order = await erp.post(
        purchase_orders.PATH, purchase_orders.a_purchase_order(supplier_code=known["code"])
    )
    await purchase_orders.receive(erp, order)
    return await purchase_orders.billed(erp, order, "RE-4711", "63.65")


async def test_what_is_due_is_proposed_until_it_is_paid(erp: Erp) -> None:
    await open_account(erp)
    invoice = await bought(erp, **ACCOUNT)
    later = DAYS | {"to": "2026-04-10"}

    early = await erp.get(PATH, **DAYS)
    proposal = await erp.get(PATH, **later, by="accountant")

    assert (early["payments"], early["left_out"], early["amount"]) == ([], [], "0.00")
    (payment,) = proposal["payments"]
    assert (proposal["amount"], payment["supplier_code"], payment["iban"]) == ("63.65", "GROVE", OTHERS_IBAN)
    (proposed,) = payment["invoices"]
    assert (proposed["invoice_id"], proposed["due_on"]) == (invoice["invoice_id"], "2026-04-10")
    await purchase_orders.pay(erp, proposed, proposed["amount"])
    assert (await erp.get(PATH, **later))["payments"] == []


async def test_what_is_paid_as_proposed_takes_the_discount_that_was_said(erp: Erp) -> None:
    await open_account(erp)
    await erp.post("/v1/payment-terms", DISCOUNT)
    await bought(erp, payment_terms_code="DISC16", **ACCOUNT)

    assert (await erp.get(PATH, **DAYS, least_discount_yield_percent="36"))["payments"] == []
    proposal = await erp.get(PATH, **DAYS, least_discount_yield_percent="35")

    (proposed,) = proposal["payments"][0]["invoices"]
    # 1.27 / 62.38 * 365 / 21 days is 35.39 per cent.
    assert (proposed["discount_yield_percent"], proposed["reason"]) == ("35.39", "discount")
    assert (proposed["amount"], proposed["discount_amount"]) == ("62.38", "1.27")
    await purchase_orders.pay(erp, proposed, proposed["amount"], on=DAYS["from"])
    paid = await erp.get(f"/v1/supplier-invoices/{proposed['invoice_id']}")
    assert paid["open_amount"] == "0.00"


async def test_of_some_suppliers_only_theirs_is_proposed(erp: Erp) -> None:
    await open_account(erp)
    await bought(erp)
    await erp.post("/v1/suppliers", purchase_orders.SUPPLIER | {"code": "ALMOND"})
    due = DAYS | {"to": "2026-04-10"}

    (left_out,) = (await erp.get(PATH, **due, supplier="GROVE"))["left_out"]
    others = await erp.get(PATH, **due, supplier="ALMOND")

    assert (left_out["reason"], left_out["open_amount"]) == ("no_bank_account", "63.65")
    assert (others["payments"], others["left_out"]) == ([], [])


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"bank_account": "NONE"}, 404, "bank_account"),
        ({"supplier": "NOBODY"}, 404, "supplier"),
        ({"to": "2026-03-19"}, 422, "to"),
        ({"least_discount_yield_percent": "-1"}, 422, "least_discount_yield_percent"),
    ],
)
async def test_what_names_nothing_is_refused(
    erp: Erp, change: dict[str, str], status: int, field: str
) -> None:
    await open_account(erp)

    refused = await erp.request("GET", PATH, **(DAYS | change))

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (status, field)


async def test_a_blocked_account_pays_nothing(erp: Erp) -> None:
    await open_account(erp)
    blocked = await erp.request("PATCH", "/v1/bank-accounts/SAVINGS", {"blocked": True}, if_match="*")
    erp.accepted(blocked)

    refused = await erp.request("GET", PATH, **DAYS)

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "bank_account")


async def test_of_too_much_that_is_owed_some_suppliers_are_to_be_named(
    erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_account(erp)
    await bought(erp)
    await erp.post("/v1/suppliers", purchase_orders.SUPPLIER | {"code": "ALMOND"})
    monkeypatch.setattr(open_items, "MOST_ITEMS", 0)

    refused = await erp.request("GET", PATH, **DAYS)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/too-many-open-items")
    assert (await erp.get(PATH, **DAYS, supplier="ALMOND"))["payments"] == []
