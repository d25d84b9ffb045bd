"""Letters by mail: once in our books, recognisable outside, and nobody waits for a mail server."""

import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pypdf import PdfReader

from foundation.runtime.settings import settings
from tests.announcements import Announcing, listen_often
from tests.doubles.mail_server import Fault, MailServer, taking_mail
from tests.erp import Erp
from tests.workflows.conftest import LongTimes


@pytest.fixture
async def announcing(monkeypatch: pytest.MonkeyPatch, erp: Erp) -> AsyncIterator[Announcing]:
    """A company with an address, and a customer who reads German and has one too."""
    listen_often(monkeypatch)
    announcing = Announcing(erp)
    await change(erp, f"companies/{erp.company}", email="office@trading.example")
    await change(erp, "customers/ALICE", email="alice@apples.example", language="de")
    yield announcing
    await announcing.stop()


@pytest.fixture
def known_to(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Tells the worker which mail server there is."""

    def tell(server: MailServer) -> None:
        monkeypatch.setattr(settings(), "mail_host", "127.0.0.1")
        monkeypatch.setattr(settings(), "mail_port", server.port)
        monkeypatch.setattr(settings(), "mail_security", "none")
        monkeypatch.setattr(settings(), "mail_timeout_seconds", 2.0)

    return tell


async def change(erp: Erp, path: str, **changes: Any) -> None:
    """Change some fields of a record."""
    seen = await erp.request("GET", f"/v1/{path}")
    etag = seen.headers["etag"]
    erp.accepted(await erp.request("PATCH", f"/v1/{path}", changes, if_match=etag))


async def switch_on(erp: Erp, letter: str, **more: Any) -> None:
    """Let a letter go out by mail."""
    await erp.post("/v1/mail-rules", {"letter": letter, "active": True, **more}, by="operator")


async def test_order_confirmation_and_invoice_go_out_in_the_customers_language(
    erp: Erp, announcing: Announcing, known_to: Any
) -> None:
    async with taking_mail() as server:
        known_to(server)
        await switch_on(erp, "order_confirmation")
        await switch_on(
            erp, "invoice", sender="billing@trading.example", blind_copy="archive@trading.example"
        )
        order = await erp.place()
        (confirmed,) = await announcing.until("sent")
        shipped = await erp.ship(order)
        await announcing.until("sent", 2)

    confirmation, invoice = server.taken
    assert (confirmation.sender, confirmation.recipients) == (
        "office@trading.example",
        ("alice@apples.example",),
    )
    assert confirmation.message["Subject"] == f"Auftragsbestätigung {order['order_number']}"
    assert "Gesamtbetrag: 119,00" in confirmation.text
    assert confirmation.message["Message-ID"] == confirmed["external_id"]
    assert (confirmed["recipient"], confirmed["document"]) == ("alice@apples.example", order["order_number"])

    assert (invoice.sender, invoice.recipients) == (
        "billing@trading.example",
        ("alice@apples.example", "archive@trading.example"),
    )
    assert "archive" not in str(invoice.message.items())
    (pdf,) = invoice.message.iter_attachments()
    assert pdf.get_filename() == f"{shipped['invoice_number']}.pdf"
    assert shipped["invoice_number"] in PdfReader(io.BytesIO(pdf.get_content())).pages[0].extract_text()


async def test_a_credit_note_goes_out_with_what_becomes_of_the_money(
    erp: Erp, announcing: Announcing, known_to: Any
) -> None:
    async with taking_mail() as server:
        known_to(server)
        order = await erp.place()
        shipped = await erp.ship(order)
        await switch_on(erp, "credit_note")
        path = f"/v1/sales-orders/{order['order_id']}/returns"
        returned = await erp.post(path, {"reason": "faul", "lines": []}, by="sales clerk")
        inspection = {"received_on": "2026-04-01"}
        await erp.post(f"/v1/returns/{returned['return_id']}/inspection", inspection, by="warehouse")
        (message,) = await announcing.until("sent")

    (mail,) = server.taken
    number = message["document"]
    assert mail.message["Subject"] == f"Rechnungskorrektur {number}"
    assert f"mindern den offenen Betrag der Rechnung {shipped['invoice_number']}." in mail.text
    (pdf,) = mail.message.iter_attachments()
    assert pdf.get_filename() == f"{number}.pdf"
    assert "Grund: faul" in PdfReader(io.BytesIO(pdf.get_content())).pages[0].extract_text()


async def test_an_order_ends_while_the_mail_server_is_down_and_a_day_later_its_mail_arrives_once(
    announcing: Announcing, known_to: Any, long_times: LongTimes
) -> None:
    announcing = Announcing(erp := long_times.erp)
    async with long_times.at_work(), taking_mail() as server:
        known_to(server)
        await switch_on(erp, "invoice")
        await server.down()
        await announcing.stop()
        order = await erp.place()
        await erp.ship(order)
        await erp.pay(order, "119.00")
        assert await erp.stage_of(order) == "closed"

        (intended,) = await announcing.write_down()
        process = await announcing.send(intended)
        await long_times.pass_by(days=1)
        shown = await announcing.until_parked()
        (waiting,) = await announcing.messages()  # An attempt that was under way has been counted.
        assert (waiting["status"], shown["id"]) == ("intended", process.id)
        assert "Send mail: 127.0.0.1" in shown["exception"]

        await server.up()
        await long_times.pass_by(hours=1)
        assert await process.result() == "sent"

    (message,) = await announcing.messages()
    assert (message["status"], message["attempts"]) == ("sent", waiting["attempts"] + 1)
    assert waiting["attempts"] > 20
    (mail,) = server.taken
    assert mail.message["X-Perpetual-Attempt"] == str(message["attempts"])
    assert await announcing.exceptions() == []


@pytest.mark.parametrize("fault", ["defer", "hang"])
async def test_what_the_mail_server_defers_is_tried_again(
    erp: Erp, announcing: Announcing, known_to: Any, fault: Fault
) -> None:
    async with taking_mail(fault) as server:
        known_to(server)
        await switch_on(erp, "order_confirmation")
        await erp.place()
        (message,) = await announcing.until("sent")

    assert message["attempts"] == 2
    assert len(server.taken) == 1


async def test_a_mail_whose_yes_was_lost_goes_out_again_and_can_be_recognised(
    erp: Erp, announcing: Announcing, known_to: Any
) -> None:
    async with taking_mail("drop after data") as server:
        known_to(server)
        await switch_on(erp, "order_confirmation")
        await erp.place()
        (message,) = await announcing.until("sent")

    first, again = server.taken
    assert first.message["Message-ID"] == again.message["Message-ID"] == message["external_id"]
    assert (first.text, first.message["Date"]) == (again.text, again.message["Date"])
    assert [one.message["X-Perpetual-Attempt"] for one in server.taken] == ["1", "2"]


@pytest.mark.parametrize(("fault", "code"), [("refuse recipient", "550"), ("refuse message", "554")])
async def test_what_the_mail_server_refuses_for_good_has_failed_and_shows(
    erp: Erp, announcing: Announcing, known_to: Any, fault: Fault, code: str
) -> None:
    async with taking_mail(fault) as server:
        known_to(server)
        await switch_on(erp, "order_confirmation")
        await erp.place()
        (message,) = await announcing.until("failed")
        shown = await announcing.until_parked()
        assert (message["attempts"], code in message["last_error"]) == (1, True)
        assert (shown["outcome"], code in shown["exception"]) == ("failed", True)

        await erp.post(f"/v1/outgoing-messages/{message['message_id']}/resend", by="operator")
        await announcing.until("sent")

    assert len(server.taken) == 1


async def test_a_customer_without_an_address_gets_no_mail_and_is_no_failure(
    erp: Erp, announcing: Announcing, known_to: Any
) -> None:
    async with taking_mail() as server:
        known_to(server)
        await switch_on(erp, "order_confirmation")
        await change(erp, "customers/ALICE", email="")
        await erp.place()
        (message,) = await announcing.until("unaddressed")

    assert "has no e-mail address" in message["last_error"]
    assert (server.taken, await announcing.exceptions()) == ([], [])


async def test_a_letter_that_is_switched_off_does_not_go_out(
    erp: Erp, announcing: Announcing, known_to: Any
) -> None:
    async with taking_mail() as server:
        known_to(server)
        await switch_on(erp, "order_confirmation")
        await switch_on(erp, "invoice")
        await erp.post("/v1/mail-rules", {"letter": "order_confirmation", "active": False})
        await erp.ship(await erp.place())
        (message,) = await announcing.until("sent")

    assert message["letter"] == "invoice"
    rules = (await erp.get("/v1/mail-rules"))["items"]
    assert [rule["letter"] for rule in rules if rule["active"]] == ["invoice"]


async def test_there_is_no_rule_for_a_letter_that_nobody_writes(erp: Erp) -> None:
    response = await erp.request("POST", "/v1/mail-rules", {"letter": "love", "active": True})

    assert response.json()["type"] == "/problems/unknown-letter"
