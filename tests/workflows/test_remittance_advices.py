"""Remittance advices: a supplier is told once of each payment, and not of one that was rejected."""

import asyncio
import io
from typing import Any

import pytest
from pypdf import PdfReader

from tests.announcements import Announcing
from tests.api.test_rejected_payments import rejected
from tests.builders.payment_runs import PATH, owing, paid, proposed, ready
from tests.builders.status_reports import report
from tests.checked import violations
from tests.doubles.mail_server import taking_mail
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.workflows.runs.test_payment_runs import parked, repaired
from tests.workflows.test_letters import announcing, change, known_to, switch_on

LIST, ADVISE = "banking.list_payment_advices", "banking.advise_payment"
MAKE = "banking.make_payment_file"
__all__ = ["announcing", "known_to"]


async def advice(erp: Erp, run: Any, number: int) -> bytes | None:
    """The advice of a payment of a run, by its number; None while there is none."""
    answer = await erp.request("GET", f"{PATH}/{run['run_id']}/payments/{number}/advice")
    return answer.content if answer.status_code == 200 else None


async def advised(erp: Erp, run: Any) -> list[bytes]:
    """Those of all its payments, once they are written."""
    for _ in range(400):
        found = [await advice(erp, run, number + 1) for number in range(len(run["payments"]))]
        written = [one for one in found if one is not None]
        if len(written) == len(found):
            return written
        await asyncio.sleep(0.05)
    raise AssertionError(f"not all of {run['run_number']} is advised")


def text_of(pdf: bytes) -> str:
    """What can be read in it."""
    return PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


async def of_the_mill(erp: Erp) -> Any:
    """A run that pays the mill two invoices, with an address for advices and one for orders."""
    await ready(erp)
    mill = {"remittance_email": "Zahlung@Mühle.example", "email": "orders@mill.example", "language": "de"}
    await change(erp, "suppliers/MILL", **mill)
    for number in ("RE-1", "RE/2"):
        await owing(erp, number=number)
    return await proposed(erp)


async def test_the_advice_says_which_of_the_suppliers_invoices_are_paid(erp: Erp) -> None:
    run = await paid(erp, await of_the_mill(erp))

    (pdf,) = await advised(erp, run)

    said = text_of(pdf)
    (payment,) = run["payments"]
    numbers = [one["invoice_number"] for one in payment["invoices"]]
    for part in (
        "Zahlungsavis",
        payment["end_to_end_id"],
        "RE-1",
        "RE/2",
        *numbers,
        "127,30",
        "… 2051",
        "5030",
    ):
        assert part in said, part
    assert [one["supplier_number"] for one in payment["invoices"]] == ["RE-1", "RE/2"]
    file = await erp.request("GET", f"{PATH}/{run['run_id']}/file")
    assert f"<Ustrd>{numbers[0]} / RE-1, {numbers[1]} / RE/2</Ustrd>" in file.text
    await change(erp, "suppliers/MILL", name="Another", language="en")
    assert await advice(erp, run, 1) == pdf
    assert (await advice(erp, run, 2), await advice(erp, run, 0)) == (None, None)
    assert await violations(erp.company) == []


async def test_the_mail_goes_out_once_to_the_address_for_advices(
    erp: Erp, announcing: Announcing, known_to: Any, faults: FaultySteps
) -> None:
    for step in (MAKE, LIST, ADVISE):
        faults.repeated.add((erp.company, step))
    async with taking_mail() as server:
        known_to(server)
        await switch_on(erp, "remittance_advice")
        run = await paid(erp, await of_the_mill(erp))
        (sent,) = await announcing.until("sent")

    (mail,) = server.taken
    (payment,) = run["payments"]
    assert [one.lower() for one in mail.recipients] == ["zahlung@xn--mhle-0ra.example"]
    assert mail.message["Subject"] == f"Zahlungsavis {payment['end_to_end_id']}"
    assert "127,30" in mail.text
    (pdf,) = mail.message.iter_attachments()
    assert pdf.get_filename() == f"{payment['end_to_end_id']}.pdf"
    assert pdf.get_content() == await advice(erp, run, 1)
    assert sent["document"] == payment["end_to_end_id"]
    assert all(faults.has_repeated(erp.company, step) for step in (MAKE, LIST, ADVISE))
    assert await violations(erp.company) == []


async def test_a_supplier_without_an_address_for_advices_is_told_where_orders_go_or_not_at_all(
    erp: Erp, announcing: Announcing, known_to: Any
) -> None:
    async with taking_mail() as server:
        known_to(server)
        await switch_on(erp, "remittance_advice")
        await ready(erp)
        await change(erp, "suppliers/MILL", email="orders@mill.example")
        await owing(erp)
        await owing(erp, "DAIRY")
        await paid(erp, await proposed(erp))
        await announcing.until("sent")
        await announcing.until("unaddressed")

    assert [mail.recipients for mail in server.taken] == [("orders@mill.example",)]


async def test_a_rejection_sends_nothing_more_and_what_waits_is_not_sent(
    erp: Erp, announcing: Announcing, known_to: Any
) -> None:
    async with taking_mail() as server:
        known_to(server)
        await switch_on(erp, "remittance_advice")
        await ready(erp)
        await change(erp, "suppliers/MILL", email="orders@mill.example")
        await owing(erp)
        await owing(erp, "DAIRY")
        run = await paid(erp, await proposed(erp))
        await announcing.until("sent")
        (waiting,) = await announcing.until("unaddressed")
        await rejected(erp, report(run, group="RJCT"))
        await change(erp, "suppliers/DAIRY", email="milk@dairy.example")
        await erp.post(f"/v1/outgoing-messages/{waiting['message_id']}/resend", {}, by="operator")
        (failed,) = await announcing.until("failed")

    assert failed["last_error"].startswith("payment-not-made")
    assert len(server.taken) == 1
    assert [await advice(erp, run, number) is not None for number in (1, 2)] == [True, True]
    assert await violations(erp.company) == []


@pytest.mark.parametrize("step", [LIST, ADVISE])
async def test_what_is_refused_waits_until_it_can_be_done_and_the_run_is_paid_all_the_same(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    proposal = await of_the_mill(erp)
    faults.refused[erp.company, step] = 1_000

    run = await paid(erp, proposal)

    shown = await parked(erp)
    assert shown["failure"] == f"{step}: refused-by-the-test"
    assert await advice(erp, run, 1) is None
    faults.forget(erp.company)
    await repaired(erp, shown)
    assert len(await advised(erp, run)) == 1
    await erp.at_rest()
    assert await violations(erp.company) == []


async def test_a_payment_that_was_rejected_before_is_not_advised(erp: Erp, faults: FaultySteps) -> None:
    proposal = await of_the_mill(erp)
    faults.refused[erp.company, LIST] = 1_000
    run = await paid(erp, proposal)
    shown = await parked(erp)
    await rejected(erp, report(run, group="RJCT"))
    faults.forget(erp.company)
    await repaired(erp, shown)
    await erp.at_rest()

    assert await advice(erp, run, 1) is None
    assert await violations(erp.company) == []
