"""Every document, at every stage: taken back with all books as if it never was, or refused by name.

On the day of the reversal and later nothing of the document is left: accounts, open items and discounts are
as before it. Of an invoice that was paid the customer's money is left, on account.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from activities.receivables.dunning import remind_customer
from domains.receivables.messages import RemindCustomer
from tests.activities.ledger.what_stands import Standing, standing
from tests.api.test_direct_invoices import ADVICE
from tests.api.test_finance import ENTRY, accountant, door
from tests.builders.finance import Accountant
from tests.checked import everything_agrees
from tests.erp import Erp, an_order
from tests.workflows.billing_together import billed, deliver

__all__ = ["accountant", "door"]

ON, LATER = "2026-06-01", "2026-08-31"
NOTHING_LEFT, UNDONE, MONEY_LEFT = "nothing left", "nothing left when all is undone", "money left"
STAND = "stands-on-it"
Document = dict[str, Any]


@dataclass
class Books:
    """The books of a test, by the door."""

    door: Erp
    accountant: Accountant
    customer: str = "C1"
    before: Standing = field(default_factory=dict)
    """What stood before the document."""

    async def post(self, path: str, **body: Any) -> Document:
        """A document is asked for; where it is, as `at`."""
        answer = await self.door.request("POST", f"/v1/{path}", body)
        document: Document = self.door.accepted(answer)
        return document | {"at": answer.headers.get("Location", "").removeprefix("/v1/")}

    async def mark(self) -> None:
        """From here on it is the document's effect."""
        self.before = await standing(self.door.company)

    async def invoice(self, **changes: Any) -> Document:
        """161.80 of March."""
        await self.mark()
        return await self.post("invoices", **ADVICE | {"customer_code": self.customer} | changes)

    async def debit_note(self) -> Document:
        """11.90 more on an invoice."""
        invoice = await self.invoice()
        line = {"description": "Surcharge", "unit_price": "10", "tax_code": "T19"}
        asked: Document = {"invoiced_on": ON, "reason": "forgotten", "lines": [line]}
        await self.mark()
        return await self.post(f"{invoice['at']}/debit-notes", **asked)

    async def payment(self, amount: str = "100", **more: Any) -> Document:
        """Money of the customer, on account unless it names an invoice."""
        money = {"customer_code": self.customer, "amount": amount, "currency": "EUR", "received_on": ON}
        await self.mark()
        return await self.post("payments", **money | more)

    async def pay(self, document: Document, amount: str, on: str = ON) -> Document:
        """An invoice, or what a dunning letter charges, is paid."""
        names = document.get("invoice_id") or document["letter_id"]
        marked = self.before
        paid = await self.payment(amount, invoice_id=names, received_on=on)
        self.before = marked
        return paid

    async def use(self, money: Document, amount: str | None = None) -> Document:
        """Money on account is used for an invoice; the allocation."""
        marked = self.before
        invoice = await self.invoice()
        asked = {"invoice_id": invoice["invoice_id"], "amount": amount, "allocated_on": ON}
        await self.mark()
        await self.post(f"{money['at']}/allocations", **asked)
        (found,) = (await self.door.get("/v1/allocations", document_id=invoice["invoice_id"]))["items"]
        self.before = marked or self.before
        return {**found, "at": f"allocations/{found['allocation_id']}", "invoice": invoice}

    async def allocation(self) -> Document:
        """50 of a payment are used."""
        payment = await self.payment()
        self.before = {}
        return await self.use(payment, "50")

    async def refund(self, money: Document | None = None, amount: str = "50") -> Document:
        """Money on account goes back."""
        if money is None:
            money = await self.payment()
            await self.mark()
        paid = await self.post(f"{money['at']}/refund", amount=amount, refunded_on=ON)
        return paid | {"at": f"refunds/{paid['refund_id']}"}

    async def entry(self) -> Document:
        """A person's entry."""
        await self.mark()
        posted = await self.post("journal-entries", **ENTRY)
        return posted | {"at": f"journal-entries/{posted['entry_id']}"}

    async def allowance(
        self, invoice: Document | None = None, net: str = "10", on: str = "2026-03-05"
    ) -> Document:
        """A value of an invoice is credited while a discount may be taken: it is less then."""
        if invoice is None:
            invoice = await self.invoice(payment_terms_code="DISC")
            await self.mark()
        asked: Document = {
            "credited_on": on,
            "reason": "too dear",
            "lines": [{"line_number": 1, "net_amount": net}],
        }
        note = await self.post(f"{invoice['at']}/credit-notes", **asked)
        return note | {"invoice": invoice}

    async def allowance_on_what_is_paid(self) -> Document:
        """The same on account: the invoice had been paid."""
        invoice = await self.invoice()
        await self.pay(invoice, "161.80")
        await self.mark()
        return await self.allowance(invoice, on=ON)

    async def write_off(self, kind: str = "bad_debt", document: Document | None = None) -> Document:
        """What is open is given up."""
        is_new = document is None
        document = document or await self.invoice()
        if kind == "small_difference":
            await self.limit("0.05")
            await self.pay(document, "161.74")
            await self.limit("0.06")
        if is_new:
            await self.mark()
        names = document.get("invoice_id") or document["letter_id"]
        asked = {"kind": kind, "invoice_id": names, "written_off_on": ON, "reason": "insolvent"}
        return await self.post("write-offs", **asked) | {"invoice": document}

    async def limit(self, amount: str) -> None:
        """What is small."""
        path = f"/v1/companies/{self.door.company}"
        known = await self.door.request("GET", path)
        changed = {"small_difference_limit": amount}
        await self.door.request("PATCH", path, changed, if_match=known.headers["etag"])

    async def small_difference(self) -> Document:
        """Six cents are."""
        return await self.write_off("small_difference")

    async def dunning_letter(self) -> Document:
        """The second letter, which charges a fee."""
        await self.door.post("/v1/dunning-procedures/template", {})
        await self.invoice()
        for on in (date(2026, 5, 10), date(2026, 6, 1)):
            await self.mark()
            remind = RemindCustomer(customer_code=self.customer, on=on, first_item_id=uuid4(), today=on)
            await remind_customer(self.accountant.call(), remind)
        letters = (await self.door.get("/v1/dunning-letters", customer=self.customer))["items"]
        (letter,) = (one for one in letters if Decimal(one["charge_amount"]))
        return {**letter, "at": f"dunning-letters/{letter['letter_id']}"}

    async def reverse(self, document: Document, *, on: str = LATER, reason: str = "a mistake") -> str:
        """It is taken back: the name of the refusal, or nothing."""
        asked = {"reversed_on": on, "reason": reason}
        answer = await self.door.request("POST", f"/v1/{document['at']}/reversal", asked)
        return "" if answer.is_success else str(answer.json()["type"]).removeprefix("/problems/")

    async def set_off(self, note: Document) -> list[Document]:
        """Where a credit note's money was used for its own invoice, because what had paid that never came."""
        if "credit_note_id" not in note:
            return []
        found = (await self.door.get("/v1/allocations", document_id=note["invoice"]["invoice_id"]))["items"]
        own = [one for one in found if one["money_id"] == note["credit_note_id"]]
        return [{"at": f"allocations/{one['allocation_id']}"} for one in own]

    async def is_left(self) -> str:
        """What is left of the document."""
        now = await standing(self.door.company)
        if now == self.before:
            return NOTHING_LEFT
        accounts = {account for account, *_ in now["accounts"] ^ self.before["accounts"]}
        return MONEY_LEFT if accounts == {"1400", "2100"} else f"left on {sorted(accounts)}, or open"


Make = Callable[[Books], Awaitable[Document]]
Then = Callable[[Books, Document], Awaitable[Document | None]]


async def nothing(books: Books, document: Document) -> None:
    """It stays as it was made."""
    del books, document


MATRIX: dict[str, tuple[Make, dict[str, tuple[Then, str]]]] = {
    "payment": (
        Books.payment,
        {
            "fresh": (nothing, NOTHING_LEFT),
            "partly settled": (lambda books, it: books.use(it, "40"), STAND),
            "settled": (lambda books, it: books.use(it), STAND),
            "later document": (lambda books, it: books.refund(it, "10"), STAND),
        },
    ),
    "allocation": (
        Books.allocation,
        {
            "fresh": (nothing, NOTHING_LEFT),
            "settled": (lambda books, it: books.pay(it["invoice"], "111.80"), UNDONE),
            "later document": (lambda books, it: books.allowance(it["invoice"], "100", ON), UNDONE),
        },
    ),
    "refund": (Books.refund, {"fresh": (nothing, NOTHING_LEFT)}),
    "journal entry": (Books.entry, {"fresh": (nothing, NOTHING_LEFT)}),
    "invoice": (
        Books.invoice,
        {
            "fresh": (nothing, NOTHING_LEFT),
            "partly settled": (lambda books, it: books.pay(it, "61.80"), MONEY_LEFT),
            "settled": (lambda books, it: books.pay(it, "161.80"), MONEY_LEFT),
            "credited in part": (lambda books, it: books.allowance(it), NOTHING_LEFT),
            "a bad debt": (lambda books, it: books.write_off("bad_debt", it), STAND),
            "a small difference": (lambda books, it: books.write_off("small_difference", it), MONEY_LEFT),
        },
    ),
    "debit note": (
        Books.debit_note,
        {
            "fresh": (nothing, NOTHING_LEFT),
            "partly settled": (lambda books, it: books.pay(it, "5"), MONEY_LEFT),
            "settled": (lambda books, it: books.pay(it, "11.90"), MONEY_LEFT),
            "later document": (lambda books, it: books.write_off("bad_debt", it), STAND),
        },
    ),
    "credit note": (
        Books.allowance,
        {
            "fresh": (nothing, NOTHING_LEFT),
            "partly settled": (lambda books, it: books.pay(it["invoice"], "100"), UNDONE),
            "settled": (lambda books, it: books.pay(it["invoice"], "149.90"), UNDONE),
            "less a discount": (lambda books, it: books.pay(it["invoice"], "134.91", "2026-03-10"), STAND),
            "later document": (lambda books, it: books.allowance(it["invoice"], "5"), STAND),
            "a bad debt": (lambda books, it: books.write_off("bad_debt", it["invoice"]), STAND),
        },
    ),
    "credit note on what was paid": (
        Books.allowance_on_what_is_paid,
        {
            "fresh": (nothing, NOTHING_LEFT),
            "partly settled": (lambda books, it: books.use(it, "5"), STAND),
            "settled": (lambda books, it: books.use(it), STAND),
            "later document": (lambda books, it: books.refund(it, "1"), STAND),
        },
    ),
    "bad debt": (Books.write_off, {"fresh": (nothing, NOTHING_LEFT)}),
    "small difference": (
        Books.small_difference,
        {
            "fresh": (nothing, NOTHING_LEFT),
            "later document": (lambda books, it: books.allowance(it["invoice"], on=ON), UNDONE),
        },
    ),
    "dunning letter": (
        Books.dunning_letter,
        {
            "fresh": (nothing, NOTHING_LEFT),
            "partly settled": (lambda books, it: books.pay(it, "1"), STAND),
            "settled": (lambda books, it: books.pay(it, it["charge_amount"]), STAND),
            "later document": (lambda books, it: books.write_off("bad_debt", it), STAND),
        },
    ),
}


@pytest.mark.parametrize("kind", MATRIX)
async def test_a_document_is_taken_back_as_a_whole_or_refused_by_name(
    kind: str, door: Erp, accountant: Accountant
) -> None:
    make, stages = MATRIX[kind]
    found: dict[str, str] = {}
    books = Books(door, accountant)
    for number, (stage, (then, expected)) in enumerate(stages.items(), start=2):
        books.customer = f"C{number}"
        await accountant.customer(books.customer)
        document = await make(books)
        followed = await then(books, document)
        found[stage] = await books.reverse(document)
        if expected == UNDONE and followed is not None and not found[stage]:
            for used in await books.set_off(followed):
                assert await books.reverse(used) == ""
            assert await books.reverse(followed) == ""
            found[stage] = UNDONE if await books.is_left() == NOTHING_LEFT else await books.is_left()
        found[stage] = found[stage] or await books.is_left()
        if stage == "fresh":
            again = await books.reverse(document)
            assert again == "reversed-already"
    await accountant.everything_agrees()

    assert found == {stage: expected for stage, (_, expected) in stages.items()}, found
    books.customer = "C1"
    document = await make(books)
    assert await books.reverse(document, on="2026-01-01") == "too-early"
    assert await books.reverse(document, reason="") == "invalid"
    await accountant.year(2026, locked_through=LATER)
    assert await books.reverse(document) == "period-locked"


async def test_what_a_process_billed_or_credited_goes_back_through_the_process(erp: Erp) -> None:
    """An order's invoice, a collective invoice, and the credit note of a return."""
    together = await deliver(erp, "1")
    order = await erp.place(an_order(lines=[{"item_code": "APPLE", "quantity": "2", "unit_price": "10.00"}]))
    await erp.ship(order)
    asked = {
        "reason": "broken",
        "resolution": "on_account",
        "lines": [{"line_number": 1, "quantity": "1"}],
    }
    back = await erp.post(f"/v1/sales-orders/{order['order_id']}/returns", asked)
    inspected: Document = {"received_on": "2026-04-01", "lines": []}
    await erp.post(f"/v1/returns/{back['return_id']}/inspection", inspected)
    collective = await billed(erp, together)
    (invoice,) = (await erp.get("/v1/invoices", order_id=order["order_id"]))["items"]
    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    reversal = {"reversed_on": LATER, "reason": "a mistake"}

    for path, name, says in (
        (f"invoices/{collective['invoice_id']}", "billed-by-process", "/returns"),
        (f"credit-notes/{note['credit_note_id']}", "written-by-process", "/debit-notes"),
    ):
        answer = await erp.request("POST", f"/v1/{path}/reversal", reversal)
        problem = answer.json()
        assert (answer.status_code, problem["type"]) == (409, f"/problems/{name}")
        assert says in problem["detail"]

    allowed = {"credited_on": LATER, "reason": "too dear", "lines": [{"line_number": 1, "net_amount": "1"}]}
    for path, changes in (
        (f"invoices/{invoice['invoice_id']}", {}),
        (f"invoices/{collective['invoice_id']}", {"order_id": together["order_id"]}),
    ):
        credited = await erp.post(f"/v1/{path}/credit-notes", allowed | changes)
        assert credited["total_amount"] == "1.19"
        await erp.post(f"/v1/credit-notes/{credited['credit_note_id']}/reversal", reversal)
    left = await erp.post(f"/v1/invoices/{invoice['invoice_id']}/reversal", reversal)
    assert left["total_amount"] == "11.90", "the other half has come back"
    assert await erp.stage_of(order) == "waiting to be billed"


async def test_an_order_whose_claim_is_given_up_is_closed_and_stays_so_when_it_is_owed_again(
    erp: Erp,
) -> None:
    order = await erp.place()
    await erp.ship(order)
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    asked = {"kind": "bad_debt", "invoice_id": invoice["invoice_id"], "reason": "insolvent"}

    written = await erp.post("/v1/write-offs", asked, by="credit manager")
    await erp.until(order, "closed")
    back = {"reversed_on": "2099-01-01", "reason": "paid after all"}
    refused = await erp.request("POST", f"/v1/write-offs/{written['write_off_id']}/reversal", back)
    await erp.post(f"/v1/write-offs/{written['write_off_id']}/reversal", {"reason": "paid after all"})

    assert refused.json()["type"] == "/problems/no-fiscal-year"
    assert (written["amount"], written["tax_amount"]) == ("119.00", "19.00")
    assert await erp.stage_of(order) == "closed"
    assert (await erp.get(f"/v1/invoices/{invoice['invoice_id']}"))["open_amount"] == "119.00"
    await erp.at_rest()
    await everything_agrees(erp.company, "ledger", "orders", "processes")
