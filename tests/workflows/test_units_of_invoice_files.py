"""The unit of an invoice that comes as a file is that of the order, by any code that means the same."""

from typing import Any

import pytest

from tests.builders.en16931 import VAT_ID, Line, an_invoice, cii, ubl
from tests.builders.invoice_files import PATH, entered, kept, refused
from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.purchase_orders import SUPPLIER, a_purchase_order, receive
from tests.checked import violations
from tests.erp import Erp


@pytest.fixture(autouse=True)
async def supplier(erp: Erp) -> None:
    """One with a VAT id."""
    await erp.post("/v1/suppliers", SUPPLIER | {"tax_number": VAT_ID})


async def ordered(erp: Erp, unit: str, **more: Any) -> Any:
    """An item that is kept in a unit, of which ten at 4.00 have come; or in another of its units."""
    await erp.post("/v1/items", {"code": "BELL", "name": "Bell", "tax_code": "S19", "unit": unit} | more)
    line = {"item_code": "BELL", "quantity": "10", "unit_price": "4.00"}
    wanted = line | ({"unit": more["units"][0]["unit"]} if "units" in more else {})
    order = await erp.post(ORDERS, a_purchase_order(lines=[wanted]))
    await receive(erp, order)
    return order


async def a_unit(erp: Erp, code: str, **more: str) -> None:
    """A unit of one's own."""
    await erp.post("/v1/units", {"code": code, "name": code.capitalize()} | more)


def billed_in(unit: str, order: Any) -> bytes:
    """All ten, in a unit."""
    return ubl(an_invoice(Line(unit=unit), order=order["order_number"]))


async def why_not(erp: Erp, content: bytes) -> tuple[str, str]:
    """Where the one thing is that keeps an invoice from being entered, and what it is."""
    path = f"{PATH}/{(await kept(erp, content))['file_id']}/invoice"
    answer = await erp.request("POST", path, {"posted_on": "2026-03-12"}, by="accountant")
    (error,) = answer.json()["errors"]
    return error["field"], error["message"]


@pytest.mark.parametrize("code", ["H87", "C62", "EA", "NAR", "XPP", "PCE", "piece"])
async def test_a_piece_by_whatever_name(erp: Erp, code: str) -> None:
    await a_unit(erp, "piece", un_code="H87")
    order = await ordered(erp, "piece")

    posted = await entered(erp, billed_in(code, order))

    assert (posted["status"], posted["matched"]) == ("posted", {"1": "10"})
    assert await violations(erp.company) == []


@pytest.mark.parametrize(("unit", "said"), [("each", {"un_code": "EA"}), ("EA", {})])
async def test_whichever_of_its_codes_a_piece_was_given(erp: Erp, unit: str, said: dict[str, str]) -> None:
    await a_unit(erp, unit, **said)
    order = await ordered(erp, unit)

    content = cii(an_invoice(Line(unit="H87"), order=order["order_number"]))

    assert (await entered(erp, content))["status"] == "posted"


@pytest.mark.parametrize(("unit", "code"), [("kg", "KGM"), ("pc", "H87"), ("pair", "NPR"), ("kWh", "KWH")])
async def test_a_usual_unit_is_known_without_a_code_of_its_own(erp: Erp, unit: str, code: str) -> None:
    order = await ordered(erp, unit)

    assert (await entered(erp, billed_in(code, order)))["status"] == "posted"


async def test_what_is_ordered_in_boxes_is_billed_in_boxes(erp: Erp) -> None:
    await a_unit(erp, "piece", un_code="H87")
    order = await ordered(erp, "piece", units=[{"unit": "box", "factor": "12"}])
    assert (await refused(erp, billed_in("H87", order)))[2] == ["lines.0.unit_code"]

    posted = await entered(erp, billed_in("XBX", order))

    assert (posted["status"], posted["matched"]) == ("posted", {"1": "10"})
    assert await violations(erp.company) == []


async def test_what_is_ordered_in_pieces_is_not_billed_in_boxes(erp: Erp) -> None:
    order = await ordered(erp, "pc")

    where, why = await why_not(erp, billed_in("XBX", order))

    assert where == "lines.0.unit_code"
    assert "BT-130 is XBX" in why
    assert "line 1 of the order is in pc (PC, H87, C62, EA, NAR, XPP, PCE)" in why


async def test_a_unit_without_a_code_is_given_one_and_the_file_is_entered(erp: Erp) -> None:
    await a_unit(erp, "tub")
    order = await ordered(erp, "tub")
    content = billed_in("XTB", order)
    where, why = await why_not(erp, content)
    assert where == "lines.0.unit_code"
    assert "is in tub (TUB)" in why
    assert "un_code" in why

    said = await erp.request("PATCH", "/v1/units/tub", {"un_code": "XTB"}, if_match="*")

    assert erp.accepted(said)["un_code"] == "XTB"
    assert (await entered(erp, content))["status"] == "posted"


async def test_the_code_that_a_unit_was_given_counts_and_not_the_usual_one(erp: Erp) -> None:
    erp.accepted(await erp.request("PATCH", "/v1/units/box", {"un_code": "XCT"}, if_match="*"))
    order = await ordered(erp, "box")
    assert (await refused(erp, billed_in("XBX", order)))[2] == ["lines.0.unit_code"]

    assert (await entered(erp, billed_in("xct", order)))["status"] == "posted"


@pytest.mark.parametrize("code", ["kgm", "K", "KGMX", "H 7", "H87\n", "Ä87"])
async def test_a_code_that_is_not_formed_as_one_is_refused(erp: Erp, code: str) -> None:
    answer = await erp.request("POST", "/v1/units", {"code": "piece", "name": "Piece", "un_code": code})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["un_code"]
    assert (await erp.request("GET", "/v1/units/piece")).status_code == 404


async def test_a_unit_has_its_code_and_the_usual_ones_say_none(erp: Erp) -> None:
    await a_unit(erp, "drum", un_code="XDR")

    units = {unit["code"]: unit["un_code"] for unit in (await erp.get("/v1/units", limit=200))["items"]}

    assert (units["drum"], units["pc"]) == ("XDR", "")
