"""Money that a bank sends back: the payment is reversed, and both of its lines are explained."""

from typing import Any

from tests.api.test_bank_postings import FEES, agrees, open_of, refused, state
from tests.builders import purchase_orders
from tests.builders.bank_statements import (
    IBAN,
    OTHERS_IBAN,
    PATH,
    SAVINGS,
    an_invoice,
    assign,
    entry,
    lines_of,
    match,
    open_account,
)
from tests.checked import everything_agrees
from tests.erp import Erp

LATER = "2026-03-23"


async def a_bill(erp: Erp) -> Any:
    """What we owe a supplier."""
    await erp.post("/v1/suppliers", purchase_orders.SUPPLIER)
    order = await erp.post(purchase_orders.PATH, purchase_orders.a_purchase_order())
    await purchase_orders.receive(erp, order)
    return await purchase_orders.billed(erp, order, "RE-4711", "63.65")


async def paid_and_returned(erp: Erp, text: str = "Rueckgabe") -> tuple[Any, Any, Any, Any]:
    """A bill, the line that has paid it, what that was posted as, and the line that brings the money back."""
    await open_account(erp)
    bill = await a_bill(erp)
    _, (out,) = await state(erp, entry("-63.65", "RE-4711", name="Grove", iban=OTHERS_IBAN))
    paid = await assign(erp, out, supplier_invoice_id=bill["invoice_id"])
    back = entry("63.65", text, day=LATER)
    _, (line,) = await state(erp, back, opening="-63.65", number=2, day=LATER)
    return bill, out, paid, line


async def open_amounts(erp: Erp, *lines: Any) -> list[str]:
    """What is open of lines by now."""
    found = []
    for line in lines:
        now = await lines_of(erp, line)
        found += [one["open_amount"] for one in now if one["line_id"] == line["line_id"]]
    return found


async def test_a_payment_to_a_supplier_that_comes_back_is_owed_again(erp: Erp) -> None:
    bill, out, paid, line = await paid_and_returned(erp)

    back = await assign(erp, line, returned_document_id=paid["document_id"])

    assert (back["document_type"], back["amount"]) == ("reversal", "63.65")
    assert await open_amounts(erp, out, line) == ["0.00", "0.00"]
    invoice = await erp.get(f"/v1/supplier-invoices/{bill['invoice_id']}")
    assert invoice["open_amount"] == "63.65"
    payment = await erp.get(f"/v1/supplier-payments/{paid['document_id']}")
    assert payment["reversed_by"] == back["document_number"]
    reversal = await erp.get(f"/v1/reversals/{back['document_id']}")
    assert reversal["reversed_on"] == LATER
    (learned,) = (await erp.get("/v1/bank-counterparties"))["items"]
    assert (learned["party_code"], learned["comes_in"]) == ("GROVE", False)
    await agrees(erp)


async def test_what_does_not_come_back_is_refused(erp: Erp) -> None:
    await open_account(erp)
    bill = await a_bill(erp)
    _, (out,) = await state(erp, entry("-63.65", "RE-4711"), day="2026-03-20")
    paid = (await assign(erp, out, supplier_invoice_id=bill["invoice_id"], posted_on="2026-03-24"))[
        "document_id"
    ]
    entries = entry("63.65", day=LATER), entry("-6.50", day=LATER), entry("6.50", day=LATER)
    _, (line, fee, other) = await state(erp, *entries, opening="-63.65", number=2, day=LATER)
    to_fees = await assign(erp, fee, account_code=FEES)

    assert await refused(erp, line, returned_document_id=bill["invoice_id"]) == (404, "not-found")
    assert await refused(erp, line, returned_document_id=paid, amount="1.00") == (422, "not-the-money")
    assert await refused(erp, other, returned_document_id=to_fees["document_id"]) == (422, "not-the-money")
    assert await refused(erp, line, returned_document_id=paid, account_code=FEES) == (422, "invalid")
    path = f"/v1/bank-statement-lines/{line['line_id']}/postings"
    answer = await erp.request("POST", path, {"returned_document_id": paid}, by="accountant")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/too-early")
    assert [one["field"] for one in answer.json()["errors"]] == ["posted_on"]
    await assign(erp, line, returned_document_id=paid, posted_on="2026-03-24")
    _, (again,) = await state(
        erp, entry("63.65", day="2026-03-24"), opening="0.00", number=3, day="2026-03-24"
    )
    assert await refused(erp, again, returned_document_id=paid) == (422, "not-the-money")


async def test_what_was_said_to_have_come_back_can_be_corrected(erp: Erp) -> None:
    bill, out, paid, line = await paid_and_returned(erp)
    back = await assign(erp, line, returned_document_id=paid["document_id"])
    wrong = {"reason": "another's money", "reversed_on": "2026-03-24"}

    first = await erp.request("POST", f"/v1/bank-postings/{paid['posting_id']}/reversal", wrong)
    assert (first.status_code, first.json()["type"]) == (409, "/problems/stands-on-it")
    await erp.post(f"/v1/bank-postings/{back['posting_id']}/reversal", wrong, by="accountant")

    assert await open_amounts(erp, out, line) == ["-63.65", "63.65"]
    await everything_agrees(erp.company, "banking", "ledger")
    again = await assign(erp, out, supplier_invoice_id=bill["invoice_id"], posted_on="2026-03-24")
    await assign(erp, line, account_code=FEES)
    assert again["settled"][0]["open_amount"] == "0.00"
    assert await open_amounts(erp, out, line) == ["0.00", "0.00"]
    await everything_agrees(erp.company, "banking", "ledger")


async def test_a_payment_that_was_reversed_before_its_money_came_back_is_found(erp: Erp) -> None:
    _, out, paid, line = await paid_and_returned(erp)
    why = {"reason": "the bank has written", "reversed_on": "2026-03-22"}
    reversal = await erp.post(f"/v1/supplier-payments/{paid['document_id']}/reversal", why, by="accountant")
    assert await open_amounts(erp, out, line) == ["-63.65", "63.65"]

    assert await refused(erp, line, returned_document_id=paid["document_id"]) == (422, "not-the-money")
    in_part = await assign(erp, out, account_code=FEES, amount="1.00")
    asked = {"document_id": reversal["reversal_id"]}
    assert await refused(erp, line, **asked) == (409, "line-posted-already")
    wrong = {"reason": "no fee", "reversed_on": "2026-03-22"}
    await erp.post(f"/v1/bank-postings/{in_part['posting_id']}/reversal", wrong, by="accountant")
    found = await assign(erp, line, **asked)

    assert found["document_number"] == reversal["reversal_number"]
    assert await open_amounts(erp, out, line) == ["0.00", "0.00"]
    await everything_agrees(erp.company, "banking", "ledger")
    await erp.post(f"/v1/bank-postings/{found['posting_id']}/reversal", wrong | {"reversed_on": LATER})
    assert await open_amounts(erp, out, line) == ["-63.65", "63.65"]
    await everything_agrees(erp.company, "banking", "ledger")


async def test_a_return_is_one_also_when_both_statements_were_imported_again(erp: Erp) -> None:
    _, out, paid, line = await paid_and_returned(erp)
    back = await assign(erp, line, returned_document_id=paid["document_id"])
    wrong = {"reason": "another's money", "reversed_on": LATER}
    await erp.post(f"/v1/bank-postings/{back['posting_id']}/reversal", wrong, by="accountant")
    for one in (line, out):
        of_test = {"reason": "of a test system"}
        await erp.post(f"{PATH}/{one['statement_id']}/reversal", of_test, by="accountant")

    _, (out,) = await state(erp, entry("-63.65", "RE-4711", name="Grove", iban=OTHERS_IBAN))
    _, (line,) = await state(
        erp, entry("63.65", "Rueckgabe", day=LATER), opening="-63.65", number=2, day=LATER
    )
    await assign(erp, line, document_id=back["document_id"])
    assert await open_amounts(erp, out, line) == ["-63.65", "0.00"]
    await assign(erp, out, document_id=paid["document_id"])

    assert await open_amounts(erp, out, line) == ["0.00", "0.00"]
    await everything_agrees(erp.company, "banking", "ledger")


async def test_a_payment_is_found_in_the_books_also_when_it_has_come_back(erp: Erp) -> None:
    await open_account(erp)
    asked = {"customer_code": "ALICE", "amount": "119.00", "currency": "EUR", "received_on": "2026-03-19"}
    paid = await erp.post("/v1/payments", asked | {"account_code": SAVINGS["code"]}, by="accountant")
    statement, (came, went) = await state(erp, entry("119.00", "A cheque"), entry("-119.00", "bounced"))

    await assign(erp, went, returned_document_id=paid["payment_id"])
    await assign(erp, came, document_id=paid["payment_id"])

    assert await open_of(erp, statement) == ["0.00", "0.00"]
    await everything_agrees(erp.company, "banking", "ledger")


async def test_a_returned_debit_is_matched_with_the_payment_that_it_names(erp: Erp) -> None:
    await open_account(erp)
    invoice = await an_invoice(erp)
    debit = entry("119.00", invoice["invoice_number"], name="Alice", end_to_end="D-2026-7")
    first, _ = await state(erp, debit)
    await match(erp, first)
    returned = entry("-119.00", "MD06", name="Alice", end_to_end="D-2026-7", day=LATER)
    second, _ = await state(erp, returned, opening="119.00", number=2, day=LATER)

    run = await match(erp, second)

    assert (run["done"], run["exceptions"]) == (1, 0)
    assert (await open_of(erp, first), await open_of(erp, second)) == (["0.00"], ["0.00"])
    (posting, _) = (await erp.get("/v1/bank-postings"))["items"]
    assert (posting["rule"], posting["document_type"]) == ("returned by the bank", "reversal")
    assert (await erp.get(f"/v1/invoices/{invoice['invoice_id']}"))["open_amount"] == "119.00"
    assert (await match(erp, first))["items"] == (await match(erp, second))["items"] == 0
    await agrees(erp)


async def test_an_account_of_ours_is_learned_as_no_party(erp: Erp) -> None:
    await open_account(erp)
    await open_account(erp, code="GIRO", iban=OTHERS_IBAN, account_code="1456")
    ours = entry("5.00", "A", name="Ourselves", iban=IBAN), entry("6.00", "B", iban=OTHERS_IBAN)
    transfer = entry("-7.00", "C", iban=OTHERS_IBAN)
    _, (own, other, moved) = await state(erp, *ours, transfer)

    for line in (own, other):
        await assign(erp, line, customer_code="ALICE")
    await assign(erp, moved, account_code=FEES)

    (learned,) = (await erp.get("/v1/bank-counterparties"))["items"]
    assert (learned["known_as"], learned["account_code"], learned["party_code"]) == (
        OTHERS_IBAN,
        FEES,
        None,
    )
