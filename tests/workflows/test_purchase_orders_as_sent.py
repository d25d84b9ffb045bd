"""What a supplier is told of an order: once when it is ordered, and again when that has changed."""

import asyncio
import io
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from foundation.database.connections import database
from tests.announcements import Announcing
from tests.builders.purchase_orders import PATH, SUPPLIER, a_purchase_order, priced, receive
from tests.checked import violations, violations_at_rest
from tests.doubles.mail_server import taking_mail
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.workflows.approving import a_policy, asked_about, decide, hire, level
from tests.workflows.test_letters import announcing, change, known_to, switch_on

ISSUE, RECALL = "procurement.issue_purchase_order", "procurement.recall_purchase_order"
GERMAN = SUPPLIER | {
    "name": "Obsthof Grün GmbH",
    "address": "Am Hain 3",
    "postal_code": "21129",
    "city": "Hamburg",
    "email": "bestellung@grove.example",
    "language": "de",
}
ITS_APPLES = {
    "code": "GROVE-APPLE",
    "supplier_code": "GROVE",
    "item_code": "APPLE",
    "supplier_item_number": "A-100",
    "unit_price": "4.00",
    "currency": "EUR",
}
WRITE = "procurement.write_purchase_order"
__all__ = ["announcing", "known_to"]


async def ordered(erp: Erp, supplier: Any = GERMAN, **more: Any) -> Any:
    """An order of a supplier that reads German."""
    await erp.post("/v1/suppliers", supplier)
    return await erp.post(PATH, a_purchase_order(**more))


async def pdf_of(erp: Erp, order: Any, version: int | None = None) -> bytes:
    """The order as it is sent."""
    named = "" if version is None else f"?version={version}"
    answer = await erp.request("GET", f"{PATH}/{order['order_id']}/pdf{named}")
    assert answer.status_code == 200, answer.text
    return answer.content


def text_of(pdf: bytes) -> str:
    """What can be read in it."""
    return " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


async def versions(erp: Erp, order: Any) -> Any:
    """What the supplier was told."""
    return await erp.get(f"{PATH}/{order['order_id']}/versions")


async def cancelled(erp: Erp, order: Any) -> None:
    """What has not come is wanted no more."""
    await erp.post(f"{PATH}/{order['order_id']}/cancellation", {"reason": "zu spät"})


async def test_the_order_says_in_the_suppliers_language_what_is_wanted_and_where_it_goes(erp: Erp) -> None:
    await change(
        erp, "warehouses/MAIN", name="Lager Süd", address="Hafen 1", postal_code="80331", city="München"
    )
    await erp.post("/v1/suppliers", GERMAN)
    await erp.post("/v1/supplier-items", ITS_APPLES)
    order = await erp.post(PATH, a_purchase_order(supplier_reference="Angebot 7"))

    pdf = await pdf_of(erp, order)

    said = text_of(pdf)
    for part in (
        f"Bestellung {order['order_number']}",
        "Obsthof Grün GmbH",
        "02.03.2026",
        "10.03.2026",
        "Angebot 7",
        "wir bestellen:",
        "(APPLE)",
        "Ihre Artikelnummer: A-100",
        "4,00",
        "40,00",
        "55,00",
        "Lieferanschrift: Lager Süd, Hafen 1, 80331 München",
        "zuzüglich der gesetzlichen Umsatzsteuer",
    ):
        assert part in said, part
    assert "Fassung" not in said
    await change(erp, "suppliers/GROVE", name="Another", language="en")
    assert await pdf_of(erp, order) == pdf == await pdf_of(erp, order, 1)
    async with database().read(erp.company) as tx:
        printed = text("SELECT name FROM foundation.operation WHERE name LIKE '%.print\\_%'")
        assert await tx.scalars(printed) == ["procurement.print_purchase_order"]
    assert await violations(erp.company) == []


async def test_another_price_is_told_with_what_it_was(erp: Erp) -> None:
    order = await ordered(erp)
    first = await pdf_of(erp, order)

    await priced(erp, order, (2, "3.30"))

    said = text_of(await pdf_of(erp, order))
    assert f"Geänderte Bestellung {order['order_number']}" in said
    assert "Position 2, Pear: Einzelpreis 3,30 statt 3,00" in said
    assert "Position 1," not in said
    assert "a mistake in the order" not in said
    assert "56,50" in said
    was, now = await versions(erp, order)
    assert (was["net_amount"], now["net_amount"], now["reason"]) == (
        "55.00",
        "56.50",
        "a mistake in the order",
    )
    (changed,) = now["changes"]
    assert (changed["unit_price_before"], changed["unit_price"]) == ("3.00", "3.30")
    assert (changed["quantity"], was["changes"]) == (None, [])
    assert await pdf_of(erp, order, 1) == first
    await priced(erp, order, (2, "3.30"))
    assert len(await versions(erp, order)) == 2
    assert await violations(erp.company) == []


async def test_of_an_order_whose_rest_is_cancelled_only_what_has_come_is_wanted(erp: Erp) -> None:
    order = await ordered(erp)
    await receive(erp, order, (1, "4"))

    await cancelled(erp, order)

    said = text_of(await pdf_of(erp, order))
    assert "Position 1, Apple: Menge 4 Stk. statt 10 Stk." in said
    assert "Position 2, Pear: storniert" in said
    (_, now) = await versions(erp, order)
    assert (now["net_amount"], now["is_cancelled"]) == ("16.00", False)
    assert [line["quantity"] for line in now["lines"]] == ["4", "0"]
    assert await violations(erp.company) == []


async def test_an_order_of_which_nothing_has_come_is_recalled(erp: Erp) -> None:
    order = await ordered(erp)
    await cancelled(erp, order)

    said = text_of(await pdf_of(erp, order))

    assert f"Stornierung der Bestellung {order['order_number']}" in said
    assert "zu spät" not in said
    (_, now) = await versions(erp, order)
    assert (now["is_cancelled"], now["net_amount"], now["reason"]) == (True, "0.00", "zu spät")
    await erp.at_rest()
    assert not await violations_at_rest(erp.company)


@pytest.mark.parametrize("yes", [True, False])
async def test_nobody_is_told_of_an_order_before_all_have_said_yes(erp: Erp, yes: bool) -> None:
    await hire(erp, "Bert", "buyer")
    await a_policy(erp, "ORDERS", level(1, "buyer"), kind="purchase_order")
    order = await ordered(erp)
    (asked,) = await asked_about(erp, order)

    refused = await erp.request("GET", f"{PATH}/{order['order_id']}/pdf")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-issued")
    await decide(erp, asked, "Bert", approved=yes)
    await erp.at_rest()

    assert [one["version"] for one in await versions(erp, order)] == ([1] if yes else [])
    answer = await erp.request("GET", f"{PATH}/{order['order_id']}/pdf")
    assert answer.status_code == (200 if yes else 409)
    assert await violations(erp.company) == []


async def test_a_version_that_there_is_not_is_not_shown(erp: Erp) -> None:
    order = await ordered(erp)

    answer = await erp.request("GET", f"{PATH}/{order['order_id']}/pdf?version=2")

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


async def test_each_version_goes_out_once_to_where_orders_go(
    erp: Erp, announcing: Announcing, known_to: Any, faults: FaultySteps
) -> None:
    for step in (ISSUE, WRITE):
        faults.repeated.add((erp.company, step))
    async with taking_mail() as server:
        known_to(server)
        await switch_on(erp, "purchase_order")
        order = await ordered(erp)
        await announcing.until("sent")
        await priced(erp, order, (1, "4.20"))
        await announcing.until("sent", 2)
        await cancelled(erp, order)
        await announcing.until("sent", 3)

    number = order["order_number"]
    assert [mail.message["Subject"] for mail in server.taken] == [
        f"Bestellung {number}",
        f"Geänderte Bestellung {number}",
        f"Stornierung der Bestellung {number}",
    ]
    for version, mail in enumerate(server.taken, start=1):
        assert mail.recipients == ("bestellung@grove.example",)
        (pdf,) = mail.message.iter_attachments()
        assert pdf.get_filename() == f"{number}.pdf"
        assert pdf.get_content() == await pdf_of(erp, order, version)
    assert "57,00" in server.taken[1].text
    assert all(faults.has_repeated(erp.company, step) for step in (ISSUE, WRITE))
    await erp.at_rest()
    assert not await violations_at_rest(erp.company)


async def test_a_supplier_without_an_address_is_told_nothing_and_the_order_goes_on(
    erp: Erp, announcing: Announcing, known_to: Any
) -> None:
    async with taking_mail() as server:
        known_to(server)
        await switch_on(erp, "purchase_order")
        order = await ordered(erp, SUPPLIER)
        (message,) = await announcing.until("unaddressed")

    assert (message["document"], server.taken) == (order["order_number"], [])
    await receive(erp, order)


async def test_an_order_that_cannot_be_told_is_not_ordered(erp: Erp, faults: FaultySteps) -> None:
    await erp.post("/v1/suppliers", GERMAN)
    faults.refused[erp.company, ISSUE] = 1

    answer = await erp.request("POST", PATH, a_purchase_order())

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/refused-by-the-test")
    (order,) = (await erp.get(PATH))["items"]
    assert (order["status"], await versions(erp, order)) == ("cancelled", [])
    await erp.at_rest()
    assert not await violations_at_rest(erp.company)


async def test_a_recall_whose_answer_gets_lost_is_told_once(erp: Erp, faults: FaultySteps) -> None:
    order = await ordered(erp)
    faults.repeated.add((erp.company, RECALL))

    await cancelled(erp, order)

    assert faults.has_repeated(erp.company, RECALL)
    assert [one["is_cancelled"] for one in await versions(erp, order)] == [False, True]
    await erp.at_rest()
    assert not await violations_at_rest(erp.company)


async def test_a_recall_that_is_refused_waits_until_the_others_are_taken_back(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await ordered(erp)
    faults.refused[erp.company, RECALL] = 1

    await cancelled(erp, order)

    assert [one["is_cancelled"] for one in await versions(erp, order)] == [False, True]
    await erp.at_rest()
    assert not await violations_at_rest(erp.company)


@pytest.mark.parametrize("what", ["price", "rest"])
async def test_a_change_that_cannot_be_told_waits_until_it_can(
    erp: Erp, faults: FaultySteps, what: str
) -> None:
    order = await ordered(erp)
    await receive(erp, order, (1, "4"))
    faults.refused[erp.company, ISSUE] = 1_000

    asking = asyncio.create_task(
        priced(erp, order, (1, "4.20")) if what == "price" else cancelled(erp, order)
    )
    parked = await until_parked(erp)
    assert "is refused by the test" in parked["exception"]
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await asking

    assert [one["version"] for one in await versions(erp, order)] == [1, 2]
    await erp.at_rest()
    assert not await violations_at_rest(erp.company)


async def until_parked(erp: Erp) -> Any:
    """Wait until a process shows what is in its way."""
    for _ in range(400):
        if found := (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no process is parked")
