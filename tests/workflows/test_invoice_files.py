"""A supplier's invoice comes as a file: it is assigned to its order, and goes the way of one by hand."""

import asyncio
import hashlib
from typing import Any

import pytest

from tests.builders.bank_details import changed_at_once
from tests.builders.en16931 import IBAN, VAT_ID, Line, an_invoice, cii, pdf, ubl
from tests.builders.invoice_files import PATH, entered, file_of, kept, refused, send
from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.purchase_orders import (
    SUPPLIER,
    a_purchase_order,
    accept,
    billed,
    codes,
    ended,
    moved,
    of_line,
    pay,
    receive,
    reject,
)
from tests.builders.purchase_orders import refused as refused_by_hand
from tests.checked import violations
from tests.erp import Erp


@pytest.fixture(autouse=True)
async def supplier(erp: Erp) -> None:
    """One with a VAT id, and another with only an account."""
    await erp.post("/v1/suppliers", SUPPLIER | {"tax_number": VAT_ID})
    account = {"currency": "EUR", "iban": IBAN}
    await erp.post("/v1/suppliers", SUPPLIER | {"code": "ORCHARD", "bank_accounts": [account]})


async def ordered(erp: Erp, *lines: tuple[str, str, str], **changes: Any) -> Any:
    """Ten apples at 4.00, which have come."""
    order = await erp.post(ORDERS, a_purchase_order(*(lines or (("APPLE", "10", "4.00"),)), **changes))
    await receive(erp, order)
    return order


async def test_from_the_order_over_the_file_to_the_payment(erp: Erp) -> None:
    order = await ordered(erp)
    content = ubl(an_invoice(order=order["order_number"]))
    before = await erp.balances()
    file = await kept(erp, content)
    assert (file["status"], file["supplier_number"], file["total_amount"]) == ("open", "RE 1", "47.60")
    assert file["sha256"] == hashlib.sha256(content).hexdigest()

    posted = await entered(erp, content)

    assert (posted["status"], posted["supplier_code"], posted["matched"]) == ("posted", "GROVE", {"1": "10"})
    by_hand = {"goods_received_not_invoiced": 40, "tax_receivable": 7.6, "payable": -47.6}
    assert {role: float(amount) for role, amount in (await moved(erp, before)).items()} == by_hand
    now = await erp.get(f"{PATH}/{file['file_id']}")
    assert (now["status"], now["number"], now["order_number"]) == (
        "posted",
        posted["invoice_number"],
        order["order_number"],
    )
    invoice = await erp.get(f"/v1/supplier-invoices/{posted['invoice_id']}")
    assert (invoice["file_id"], invoice["supplier_number"]) == (file["file_id"], "RE 1")
    headers = {"Authorization": f"Bearer {erp.keys['accountant']}", "X-Company": erp.company}
    assert (await erp.http.get(f"{PATH}/{file['file_id']}/file", headers=headers)).content == content
    reading = await erp.get(f"{PATH}/{file['file_id']}/reading")
    assert (reading["number"], reading["total_amount"]) == ("RE 1", "47.60")
    await pay(erp, invoice, "47.60")
    assert (await ended(erp, order))["stage"] == "paid"
    assert await violations(erp.company) == []


async def test_the_same_file_is_one_invoice_whoever_sends_it(erp: Erp) -> None:
    order = await ordered(erp)
    content = ubl(an_invoice(order=order["order_number"]))
    first = await kept(erp, content)
    posted = await entered(erp, content)

    again = await kept(erp, content)

    assert (again["file_id"], again["status"]) == (first["file_id"], "posted")
    assert again["invoice_id"] == posted["invoice_id"]
    assert len((await erp.get(PATH))["items"]) == 1
    assert await refused(erp, content) == (409, "billed-already", ["supplier_number"])
    other = ubl(an_invoice(order=order["order_number"], number="re-1"))
    assert await refused(erp, other) == (409, "billed-already", ["supplier_number"])
    all_of_it = {"total_amount": "47.60", "lines": of_line(1, "10")}
    by_hand = await refused_by_hand(erp, order, supplier_number="RE1", **all_of_it)
    assert by_hand == (409, "billed-already", ["supplier_number"])
    assert await violations(erp.company) == []


async def test_two_who_send_a_file_at_the_same_moment_have_one(erp: Erp) -> None:
    content = ubl(an_invoice())

    answers = await asyncio.gather(*(send(erp, content) for _ in range(4)))

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["file_id"] for answer in answers}) == 1


async def test_a_request_that_comes_again_with_its_key_is_one(erp: Erp) -> None:
    content = ubl(an_invoice())

    first, again = [(await send(erp, content, key="mine")).json() for _ in range(2)]

    assert first == again
    assert (await send(erp, content + b" ", key="mine")).status_code == 409


async def test_what_a_dry_run_shows_is_what_is_entered(erp: Erp) -> None:
    order = await ordered(erp)
    content = ubl(an_invoice(order=order["order_number"]))
    file = await kept(erp, content)
    path = f"{PATH}/{file['file_id']}/invoice"

    shown = await erp.post(f"{path}?dry_run=true", {"posted_on": "2026-03-12"})

    assert (await erp.get("/v1/supplier-invoices"))["items"] == []
    done = await entered(erp, content)
    assert shown["status"] == done["status"] == "posted"
    assert shown["posted"]["matched"] == done["matched"]
    assert [would["operation"] for would in shown["would"]][:1] == ["payables.post_or_block_supplier_invoice"]


async def test_another_price_blocks_it_and_a_person_decides(erp: Erp) -> None:
    order = await ordered(erp)
    content = pdf(("factur-x.xml", cii(an_invoice(Line(price="4.20"), order=order["order_number"]))))

    invoice = await entered(erp, content)

    assert codes(invoice) == [(1, "price")]
    file = await file_of(erp, content)
    assert (file["status"], file["syntax"], file["number"]) == ("blocked", "CII", invoice["blocked_number"])
    posted = await accept(erp, invoice)
    file = await file_of(erp, content)
    assert (file["status"], file["number"]) == ("posted", posted["invoice_number"])
    assert (await erp.get(f"/v1/blocked-invoices/{invoice['invoice_id']}"))["file_id"] == file["file_id"]
    assert await violations(erp.company) == []


async def test_what_was_rejected_or_reversed_may_be_entered_again(erp: Erp) -> None:
    order = await ordered(erp)
    content = ubl(an_invoice(Line(price="4.20"), order=order["order_number"]))
    first = await entered(erp, content)
    await reject(erp, first)
    assert (await file_of(erp, content))["status"] == "rejected"
    second = await entered(erp, content)
    assert second["invoice_id"] != first["invoice_id"]
    await accept(erp, second)
    path = f"/v1/supplier-invoices/{second['invoice_id']}/reversal"
    await erp.post(path, {"reversed_on": "2026-03-17", "reason": "a test"})
    assert (await file_of(erp, content))["status"] == "reversed"

    third = await entered(erp, content, posted_on="2026-03-18")

    file = await file_of(erp, content)
    assert (file["status"], file["invoice_id"]) == ("blocked", third["invoice_id"])
    assert [one["file_id"] for one in (await erp.get(PATH, status="blocked"))["items"]] == [file["file_id"]]
    assert await violations(erp.company) == []


async def test_lines_are_found_by_whatever_name_the_supplier_gives_them(erp: Erp) -> None:
    known = {"supplier_code": "GROVE", "unit_price": "1.00", "currency": "EUR"}
    await erp.post(
        "/v1/supplier-items", known | {"code": "1", "item_code": "PEAR", "supplier_item_number": "p-7"}
    )
    gtin = {"code": "2", "item_code": "APPLE", "supplier_item_number": "4006381333931"}
    await erp.post("/v1/supplier-items", known | gtin)
    order = await ordered(erp, ("APPLE", "10", "4.00"), ("PEAR", "5", "3.00"))
    by_names = (
        Line(order_line="", seller_item="P-7", quantity="2", price="3.00", rate="7"),
        Line(order_line="77", gtin="4006381333931", quantity="4"),
        Line(order_line="", buyer_item="apple", quantity="6"),
        Line(order_line="002", quantity="3", price="30.00", per="10", rate="7"),
    )

    posted = await entered(erp, ubl(an_invoice(*by_names, order=order["order_number"])))

    invoice = await erp.get(f"/v1/supplier-invoices/{posted['invoice_id']}")
    assert [(line["order_line_number"], line["quantity"]) for line in invoice["lines"]] == [
        (2, "2"),
        (1, "4"),
        (1, "6"),
        (2, "3"),
    ]


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        ([Line(order_line="", seller_item="A-1")], ["lines.0"]),
        ([Line(), Line(order_line="9", name="Figs")], ["lines.1"]),
        ([Line(order_line="1", buyer_item="PEAR")], ["lines.0.order_line"]),
        ([Line(order_line="", buyer_item="APPLE")], ["lines.0"]),
        ([Line(unit="KGM")], ["lines.0.unit_code"]),
        ([Line(quantity="-1"), Line(order_line="2")], ["lines.0.quantity"]),
        ([Line(quantity="0.0000001", price="1000000")], ["lines.0.quantity"]),
        ([Line(quantity="100000", price="0.12345678")], ["lines.0.net_amount"]),
    ],
)
async def test_lines_that_a_person_must_look_at_are_named(
    erp: Erp, lines: list[Line], fields: list[str]
) -> None:
    order = await ordered(erp, ("APPLE", "10", "4.00"), ("PEAR", "5", "3.00"), ("APPLE", "1", "4.00"))

    content = ubl(an_invoice(*lines, order=order["order_number"]))

    assert await refused(erp, content) == (422, "invoice-not-assigned", fields)
    assert (await file_of(erp, content))["status"] == "open"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"vat_id": "DE136695976"}, ["seller"]),
        ({"vat_id": ""}, ["seller"]),
        ({"vat_id": "", "iban": ""}, ["seller"]),
        ({"buyer_vat_id": "DE136695976"}, ["buyer"]),
        ({"currency": "USD"}, ["currency"]),
        ({"code": "384"}, ["type_code"]),
        ({"allowance": "1.00"}, ["charges.0.amount"]),
        ({"charge": "1.00", "prepaid": "5.00"}, ["prepaid_amount", "charges.0.amount"]),
        ({"order": "PO-999999"}, ["order_number"]),
        ({"order": ""}, ["order_number"]),
    ],
)
async def test_what_is_not_of_the_order_is_named(
    erp: Erp, changes: dict[str, str], fields: list[str]
) -> None:
    ours = {"country": "DE", "tax_number": "DE123456788"}
    erp.accepted(await erp.request("PATCH", f"/v1/companies/{erp.company}", ours, if_match="*"))
    order = await ordered(erp)

    content = ubl(an_invoice(**({"order": order["order_number"]} | changes)))

    assert await refused(erp, content) == (422, "invoice-not-assigned", fields)


async def test_a_supplier_without_a_vat_id_is_known_by_its_account(erp: Erp) -> None:
    order = await ordered(erp, supplier_code="ORCHARD")
    content = ubl(an_invoice(vat_id="", order=""))

    posted = await entered(erp, content, order_number=order["order_number"])

    assert (posted["status"], posted["supplier_code"]) == ("posted", "ORCHARD")


async def test_an_account_does_not_overrule_another_vat_id(erp: Erp) -> None:
    order = await ordered(erp)
    elsewhere = {"bank_accounts": [{"currency": "EUR", "iban": "DE89370400440532013000"}]}
    await changed_at_once(erp, "/v1/suppliers/GROVE", elsewhere)
    names = {"vat_id": "DE136695976", "iban": "DE89370400440532013000"}

    content = ubl(an_invoice(order=order["order_number"], **names))

    assert await refused(erp, content) == (422, "invoice-not-assigned", ["seller"])


async def test_a_line_of_another_order_is_not_taken_for_one_of_this(erp: Erp) -> None:
    order = await ordered(erp)
    of_line = b"<cac:OrderLineReference><cbc:LineID>1</cbc:LineID>"
    other = b"<cac:OrderReference><cbc:ID>PO-999</cbc:ID></cac:OrderReference>"

    content = ubl(an_invoice(order=order["order_number"])).replace(of_line, of_line + other)

    assert await refused(erp, content) == (422, "invoice-not-assigned", ["lines.0.order_of_line"])


async def test_a_company_without_a_vat_id_of_its_own_is_not_compared_by_another_number(erp: Erp) -> None:
    ours = {"country": "DE", "tax_number": "12/345/67890"}
    erp.accepted(await erp.request("PATCH", f"/v1/companies/{erp.company}", ours, if_match="*"))
    order = await ordered(erp)

    content = ubl(an_invoice(order=order["order_number"], buyer_vat_id="DE136695976"))

    assert (await entered(erp, content))["status"] == "posted"


async def test_a_file_is_one_invoice_though_two_suppliers_have_its_vat_id(erp: Erp) -> None:
    orders = [await ordered(erp), await ordered(erp, supplier_code="ORCHARD")]
    known = await erp.get("/v1/suppliers/GROVE")
    number = {"tax_number": known["tax_number"]}
    erp.accepted(await erp.request("PATCH", "/v1/suppliers/ORCHARD", number, if_match="*"))
    content = ubl(an_invoice(order=""))
    path = f"{PATH}/{(await kept(erp, content))['file_id']}/invoice"

    async def entered_of(order: Any) -> Any:
        named = {"posted_on": "2026-03-12", "order_number": order["order_number"]}
        return await erp.request("POST", path, named, by="accountant")

    answers = await asyncio.gather(*[entered_of(order) for order in orders])

    assert sorted(answer.status_code for answer in answers) == [201, 409], [one.text for one in answers]
    assert await violations(erp.company) == []


async def test_a_price_of_next_to_nothing_is_passed_over(erp: Erp) -> None:
    order = await ordered(erp)
    base = b'<cbc:BaseQuantity unitCode="C62">0.000000000001</cbc:BaseQuantity></cac:Price>'

    content = ubl(an_invoice(order=order["order_number"])).replace(b"</cac:Price>", base)

    assert (await entered(erp, content))["status"] == "posted"


async def test_allowances_of_a_line_are_in_its_price(erp: Erp) -> None:
    order = await ordered(erp, ("APPLE", "10", "3.90"))
    content = ubl(
        an_invoice(Line(price="4.00", allowance="1.50", charge="0.50"), order=order["order_number"])
    )

    posted = await entered(erp, content)

    assert (posted["status"], posted["price_difference"]) == ("posted", "0.00")


async def test_what_was_refused_is_entered_once_nothing_is_in_its_way(erp: Erp) -> None:
    order = await ordered(erp)
    content = ubl(an_invoice(Line(order_line="", seller_item="A-7"), order=order["order_number"]))
    assert await refused(erp, content) == (422, "invoice-not-assigned", ["lines.0"])
    sold = {"code": "A", "supplier_code": "GROVE", "item_code": "APPLE", "supplier_item_number": "A-7"}
    await erp.post("/v1/supplier-items", sold | {"unit_price": "4.00", "currency": "EUR"})
    assert await refused(erp, content, posted_on="2026-03-10") == (422, "too-early", ["posted_on"])

    assert (await entered(erp, content))["status"] == "posted"


async def test_a_file_that_does_not_add_up_is_not_kept(erp: Erp) -> None:
    answer = await send(erp, ubl(an_invoice(says={"total": "47.61"})))

    assert answer.status_code == 422
    assert answer.json()["type"].endswith("invoice-file-invalid")
    assert {error["field"] for error in answer.json()["errors"]} == {"total_amount", "due_amount"}
    assert (await erp.get(PATH))["items"] == []


async def test_the_same_amount_on_a_day_nearby_blocks_it(erp: Erp) -> None:
    await erp.post("/v1/matching-tolerances", {"valid_from": "2026-01-01", "duplicate_days": 10})
    order = await ordered(erp, ("APPLE", "20", "4.00"))
    await billed(erp, order, "RE 1", "47.60", lines=of_line(1, "10"))

    again = await entered(erp, ubl(an_invoice(number="RE 2", order=order["order_number"])))

    assert codes(again) == [(0, "duplicate")]


async def test_who_may_not_enter_invoices_may_not_send_files(erp: Erp) -> None:
    assert (await send(erp, ubl(an_invoice()), by="warehouse")).status_code == 403
