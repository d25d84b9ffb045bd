"""What was sent stays as it was: company, customer, terms and item change, and every byte is the same."""

import hashlib
import io
from collections import Counter
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from activities.receivables import dunning
from domains.receivables.messages import RemindCustomer
from foundation.database.connections import database
from foundation.values.messages import Call, Caller
from tests.builders.bank_details import changed_at_once
from tests.erp import Erp, an_order
from tests.workflows.billing_together import billed, deliver

CHANGES: dict[str, dict[str, Any]] = {
    "customers/ALICE": {"name": "Alice & Daughters", "address": "Elsewhere 1", "tax_number": "DE123456788"},
    "items/APPLE": {"name": "Apple of another kind"},
    "payment-terms/NET30": {"name": "Thirty days"},
    "tax-codes/S19": {"components": [{"name": "Another tax", "rate_percent": "19"}]},
}
COMPANY = {"name": "Moved AG", "city": "Bremen", "iban": "DE02120300000000202051", "directors": "N. New"}


PRINTED = Counter(
    {
        "receivables.print_invoice": 2,
        "receivables.print_credit_note": 1,
        "receivables.print_dunning_letter": 1,
        "sales.print_order_confirmation": 1,
        "inventory.print_delivery_note": 1,
    }
)
"""Each document once, however often it is read."""


async def change(erp: Erp, path: str, changes: dict[str, Any]) -> None:
    """Change some fields of a record."""
    erp.accepted(await erp.request("PATCH", f"/v1/{path}", changes, if_match="*"))


async def change_everything(erp: Erp) -> None:
    """Whatever a document says is another afterwards."""
    await change(erp, f"companies/{erp.company}", COMPANY)
    for path, changes in CHANGES.items():
        await change(erp, path, changes)


async def printed(erp: Erp, path: str) -> bytes:
    """A document's PDF, whose ETag is its SHA-256."""
    answer = await erp.request("GET", f"/v1/{path}/pdf")
    assert (answer.status_code, answer.headers.get("content-type")) == (200, "application/pdf"), answer.text
    assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    return answer.content


def text_of(pdf: bytes) -> str:
    """What is read on all pages."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "\n".join(page.extract_text() for page in pages).replace("\N{NO-BREAK SPACE}", " ")


async def reminded(erp: Erp, invoice: Any) -> str:
    """The first letter about an invoice, seven days after it was due."""
    await erp.post("/v1/dunning-procedures/template", {}, by="accountant")
    (item,) = invoice["open_items"]
    caller = Caller(company=erp.company, actor="a schedule", correlation_id="a schedule")
    on = date(2026, 4, 20)
    remind = RemindCustomer(customer_code="ALICE", on=on, first_item_id=item["open_item_id"], today=on)
    told = await dunning.remind_customer(Call.direct(caller, f"{erp.company}/remind"), remind)
    return str(told.letters[0].letter_id)


@pytest.fixture
async def sent(erp: Erp) -> dict[str, str]:
    """The paths of an invoice, a collective invoice, a credit note and a dunning letter."""
    order = await erp.place()
    shipped = await erp.ship(order)
    invoice = await erp.get(f"/v1/invoices/{shipped['invoice_number']}")
    letter = await reminded(erp, invoice)
    back = {"reason": "faul", "lines": [{"line_number": 1, "quantity": "1"}]}
    returned = await erp.post(f"/v1/sales-orders/{order['order_id']}/returns", back, by="sales clerk")
    inspection = {"received_on": "2026-04-21"}
    await erp.post(f"/v1/returns/{returned['return_id']}/inspection", inspection, by="warehouse")
    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    collective = await billed(erp, await deliver(erp))
    (shipment, _) = (await erp.get("/v1/shipments", sort="number"))["items"]
    return {
        "invoice": f"invoices/{invoice['invoice_id']}",
        "credit note": f"credit-notes/{note['credit_note_id']}",
        "dunning letter": f"dunning-letters/{letter}",
        "collective invoice": f"invoices/{collective['invoice_id']}",
        "order confirmation": f"sales-orders/{order['order_id']}",
        "delivery note": f"shipments/{shipment['shipment_id']}",
    }


async def test_what_was_printed_is_the_same_byte_for_byte_whatever_was_changed(
    erp: Erp, sent: dict[str, str]
) -> None:
    before = {kind: await printed(erp, path) for kind, path in sent.items()}

    await change_everything(erp)

    assert {kind: await printed(erp, path) for kind, path in sent.items()} == before
    async with database().read(erp.company) as tx:
        done = await tx.scalars(text("SELECT name FROM foundation.operation WHERE name LIKE '%.print\\_%'"))
        kept = await tx.scalar(text("SELECT count(*) FROM foundation.attachment"))
    assert (Counter(done), kept) == (PRINTED, len(sent))


async def test_what_is_printed_late_says_what_was_so_when_it_was_posted(
    erp: Erp, sent: dict[str, str]
) -> None:
    await change_everything(erp)

    for kind in ("invoice", "collective invoice", "credit note", "dunning letter"):
        read = text_of(await printed(erp, sent[kind]))
        for known in (f"Trading {erp.company}", "Alice's Apples"):
            assert known in read, (kind, known)
        for new in ("Moved", "Bremen", "Daughters", "another kind", "Thirty", "Another tax", "New"):
            assert new not in read, (kind, new)


ABROAD: dict[str, dict[str, Any]] = {
    "customers/ALICE": {"language": "de", "tax_number": "DE129273398", "currency": "USD"},
    "tax-codes/S19": {
        "components": [{"name": "VAT 19 %", "rate_percent": "19", "names": {"de": "USt. 19 %"}}]
    },
    "tax-codes/EXPORT": {"exemption_reasons": {"de": "Steuerfreie Ausfuhrlieferung"}},
    "payment-terms/NET30": {"names": {"de": "30 Tage netto"}},
}
REGISTERED = {
    "tax_number": "DE811907980",
    "register_court": "Amtsgericht Freiburg",
    "register_number": "HRB 700123",
    "directors": "Rita Rad",
    "iban": "DE02120300000000202051",
    "bank_accounts": [
        {"currency": "USD", "iban": "DE02500105170137075030", "bic": "INGDDEFF", "bank": "Dollarbank"}
    ],
}


@pytest.fixture
async def abroad(erp: Erp) -> tuple[Any, Any]:
    """An order in dollars of a customer who reads German, taxed and exempt, and its shipment."""
    await changed_at_once(erp, f"/v1/companies/{erp.company}", REGISTERED)
    for path, changes in ABROAD.items():
        await change(erp, path, changes)
    lines = [
        {"item_code": "APPLE", "quantity": "10", "unit_price": "10.00"},
        {"item_code": "FIFO-NUT", "quantity": "2", "unit_price": "5.00", "tax_code": "EXPORT"},
    ]
    wanted = {"currency": "USD", "requested_on": "2026-03-09", "customer_reference": "PO 7"}
    order = await erp.place(an_order(lines=lines, **wanted))
    return order, await erp.ship(order)


def assert_says(pdf: bytes, *wanted: str) -> str:
    """All of it is read on the document."""
    read = text_of(pdf)
    missing = [words for words in wanted if words not in read]
    assert not missing, f"{missing} in {read}"
    return read


async def test_an_invoice_says_what_the_law_asks_for_in_the_customers_language(
    erp: Erp, abroad: tuple[Any, Any]
) -> None:
    _, shipped = abroad

    read = assert_says(
        await printed(erp, f"invoices/{shipped['invoice_number']}"),
        "Lieferdatum 05.03.2026",
        "Ihre USt-IdNr. DE129273398",
        "USt-IdNr. DE811907980",
        "Amtsgericht Freiburg, HRB 700123",
        "Geschäftsführung: Rita Rad",
        "10 Stk.",
        "USt. 19 % auf 100,00 $",
        "USt. 19 %: 15,83 € (1 EUR = 1,2 USD)",
        "Steuerfreie Ausfuhrlieferung",
        "Zahlungsbedingungen: 30 Tage netto",
        "Dollarbank",
        "DE02 5001 0517 0137 0750 30",
    )
    assert "DE02 1203" not in read, "the bank account of another currency"


async def test_a_confirmation_has_prices_dates_and_terms_and_a_delivery_note_has_none(
    erp: Erp, abroad: tuple[Any, Any]
) -> None:
    order, shipped = abroad
    goods = ("Apple", "10 Stk.", "Nut", "2 Stk.")
    (shipment,) = (await erp.get("/v1/shipments"))["items"]

    assert_says(
        await printed(erp, f"sales-orders/{order['order_number']}"),
        f"Auftragsbestätigung {order['order_number']}",
        "Wunschtermin 09.03.2026",
        "Ihr Zeichen PO 7",
        "Gesamtbetrag 129,00 $",
        "Zahlungsbedingungen: 30 Tage netto",
        *goods,
    )
    note = assert_says(
        await printed(erp, f"shipments/{shipment['shipment_number']}"),
        f"Lieferschein {shipped['shipment_number']}",
        "Lieferdatum 05.03.2026",
        "Sendungsnummer JD0001",
        *goods,
    )
    assert "$" not in note and "€" not in note and ",00" not in note


async def test_an_order_that_waits_for_a_decision_has_no_confirmation(erp: Erp) -> None:
    lines = [{"item_code": "APPLE", "quantity": "90", "unit_price": "100.00"}]
    order = await erp.place(an_order(customer_code="BOB", lines=lines))

    refused = await erp.request("GET", f"/v1/sales-orders/{order['order_id']}/pdf")

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-confirmed")


async def test_a_company_has_one_bank_account_for_each_currency(erp: Erp) -> None:
    twice = {"bank_accounts": [REGISTERED["bank_accounts"][0]] * 2}
    refused = await erp.request("PATCH", f"/v1/companies/{erp.company}", twice, if_match="*")

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "bank_accounts.1.currency")
