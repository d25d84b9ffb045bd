"""Money of banks that would be in the books twice: bounced, there already, or posted by two at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from tests.api.test_bank_postings import FEES, open_of, refused, state
from tests.builders.bank_statements import PATH, SAVINGS, an_invoice, assign, entry, match, open_account
from tests.erp import Erp


async def test_a_line_whose_posting_was_taken_back_waits_for_a_person(erp: Erp) -> None:
    await open_account(erp)
    invoice = await an_invoice(erp)
    statement, (line,) = await state(erp, entry("119.00", invoice["invoice_number"]))
    await match(erp, statement)
    (posting,) = (await erp.get("/v1/bank-postings"))["items"]
    bounced = {"reason": "bounced", "reversed_on": "2026-03-25"}
    await erp.post(f"/v1/payments/{posting['document_id']}/reversal", bounced, by="accountant")

    assert (await match(erp, statement))["items"] == 0

    assert await open_of(erp, statement) == ["119.00"]
    assert (await erp.get(f"/v1/invoices/{invoice['invoice_id']}"))["open_amount"] == "119.00"
    await assign(erp, line, customer_code="ALICE")


async def test_money_in_the_books_is_not_posted_once_more_while_the_invoice_is_open(erp: Erp) -> None:
    await open_account(erp)
    invoice = await an_invoice(erp)
    asked = {"customer_code": "ALICE", "amount": "119.00", "currency": "EUR", "received_on": "2026-03-19"}
    asked |= {"account_code": SAVINGS["code"], "reference": "E-4711"}
    paid = await erp.post("/v1/payments", asked, by="accountant")
    statement, _ = await state(erp, entry("119.00", f"{invoice['invoice_number']} E-4711"))

    await match(erp, statement)

    (posting,) = (await erp.get("/v1/bank-postings"))["items"]
    assert (posting["document_id"], posting["is_found"]) == (paid["payment_id"], True)
    assert len((await erp.get("/v1/payments"))["items"]) == 1


async def test_a_payment_that_an_early_line_is_already_is_no_later_line(erp: Erp) -> None:
    await open_account(erp)
    asked = {"customer_code": "ALICE", "amount": "119.00", "currency": "EUR", "received_on": "2026-03-20"}
    asked |= {"account_code": SAVINGS["code"], "reference": "E-4711"}
    paid = await erp.post("/v1/payments", asked, by="accountant")
    _, (early,) = await state(erp, entry("119.00", "E-4711", day="2026-03-02"), day="2026-03-02")
    await assign(erp, early, document_id=paid["payment_id"])
    later = entry("119.00", "E-4711", day="2026-03-25")
    statement, _ = await state(erp, later, opening="119.00", number=2, day="2026-03-25")

    run = await match(erp, statement)

    assert (run["items"], await open_of(erp, statement)) == (0, ["119.00"])


async def test_of_two_lines_that_are_one_document_at_once_one_is(erp: Erp, owner_url: str) -> None:
    await open_account(erp)
    asked = {"customer_code": "ALICE", "amount": "119.00", "currency": "EUR", "received_on": "2026-03-19"}
    paid = await erp.post("/v1/payments", asked | {"account_code": SAVINGS["code"]}, by="accountant")
    _, lines = await state(erp, entry("119.00", "A"), entry("119.00", "B"))

    async with while_held(owner_url, OF_DOCUMENT, paid["payment_id"]):
        both = [asyncio.create_task(refused(erp, line, document_id=paid["payment_id"])) for line in lines]
        done, _ = await asyncio.wait(both, timeout=1)
        assert not done, "whoever takes the document back comes first"

    assert sorted(await asyncio.gather(*both)) == [(201, ""), (422, "not-the-money")]


async def test_a_statement_is_not_taken_back_while_a_line_is_posted(erp: Erp, owner_url: str) -> None:
    await open_account(erp)
    statement, (line,) = await state(erp, entry("-6.50", "Fee"))
    path, why = f"{PATH}/{statement['statement_id']}/reversal", {"reason": "a test"}

    async with while_held(owner_url, OF_LINE, line["line_id"]):
        posting = asyncio.create_task(refused(erp, line, account_code=FEES))
        await asyncio.sleep(1)  # It waits for the line, and the other one comes after it.
        taking_back = asyncio.create_task(erp.request("POST", path, why))
        await asyncio.sleep(1)

    assert await posting == (201, "")
    answer = await taking_back
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/statement-in-use")
    assert await open_of(erp, statement) == ["0.00"]


OF_DOCUMENT = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
OF_LINE = "SELECT FROM banking.open_line WHERE line_id = CAST($1 AS text)::uuid FOR UPDATE"


@asynccontextmanager
async def while_held(owner_url: str, lock: str, of: str) -> AsyncIterator[None]:
    """Somebody holds a lock meanwhile."""
    connection = await asyncpg.connect(owner_url)
    try:
        async with connection.transaction():
            await connection.execute(lock, of)
            yield
    finally:
        await connection.close()
