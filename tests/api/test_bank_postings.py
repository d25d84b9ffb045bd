"""Lines of statements: matched, posted by the ledger's own ways, assigned by people, learned, taken back."""

import asyncio
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from tests.builders import purchase_orders
from tests.builders.bank_statements import (
    OTHERS_IBAN,
    PATH,
    SAVINGS,
    amounts,
    an_invoice,
    assign,
    camt,
    entry,
    imported,
    lines_of,
    match,
    open_account,
)
from tests.checked import everything_agrees, violations
from tests.erp import Erp

FEES = "6430"


async def state(erp: Erp, *entries: str, **more: Any) -> tuple[Any, list[Any]]:
    """A statement that was imported, and its lines."""
    total = sum((Decimal(one.split(">")[2].split("<")[0]) * sign_of(one) for one in entries), Decimal(0))
    closing = f"{Decimal(more.get('opening', '0.00')) + total:.2f}"
    (statement,) = await imported(erp, camt(*entries, **more, closing=closing))
    return statement, await lines_of(erp, statement)


def sign_of(one: str) -> int:
    """What went out is less."""
    return 1 if ">CRDT<" in one else -1


async def refused(erp: Erp, line: Any, **asked: Any) -> tuple[int, str]:
    """What an assignment is refused for."""
    path = f"/v1/bank-statement-lines/{line['line_id']}/postings"
    answer = await erp.request("POST", path, asked, by="accountant")
    return answer.status_code, answer.json().get("type", "").rpartition("/")[2]


async def open_of(erp: Erp, statement: Any) -> list[str]:
    """What is open of a statement's lines."""
    return amounts(await lines_of(erp, statement), "open_amount")


async def agrees(erp: Erp) -> None:
    """Bank and books, on the last day as well."""
    days = {"from": "2026-03-19", "to": "2026-03-31", "bank_account": "SAVINGS"}
    report = await erp.get("/v1/reports/bank-balances", **days)
    assert {day["difference"] for day in report["days"]} == {"0.00"}
    await everything_agrees(erp.company, "banking", "ledger")


async def test_lines_that_name_their_invoices_are_posted_as_payments(erp: Erp) -> None:
    await open_account(erp)
    first, second = await an_invoice(erp), await an_invoice(erp, "50.00")
    lines = (
        entry("119.00", f"Invoice {first['invoice_number']}"),
        entry("20.00", second["invoice_number"]),
        entry("7.00", "Something"),
    )
    statement, _ = await state(erp, *lines)

    run = await match(erp, statement)

    assert (run["items"], run["done"], run["exceptions"], run["is_done"]) == (2, 2, 0, True)
    assert await open_of(erp, statement) == ["0.00", "0.00", "7.00"]
    paid = await erp.get(f"/v1/invoices/{first['invoice_id']}")
    in_part = await erp.get(f"/v1/invoices/{second['invoice_id']}")
    assert (paid["open_amount"], in_part["open_amount"]) == ("0.00", "39.50")
    (posting, _) = (await erp.get("/v1/bank-postings", sort="-amount"))["items"]
    payment = await erp.get(f"/v1/payments/{posting['document_id']}")
    assert (posting["rule"], posting["document_number"]) == (
        "number of a document",
        payment["payment_number"],
    )
    assert (payment["account_code"], payment["received_on"]) == (SAVINGS["code"], "2026-03-20")
    (open_line,) = (await erp.get("/v1/bank-statement-lines", only_open="true"))["items"]
    assert open_line["amount"] == "7.00"
    assert (await match(erp, statement))["items"] == 0, "what was posted is posted once"
    await agrees(erp)


async def test_a_supplier_invoice_that_was_paid_is_settled(erp: Erp) -> None:
    await open_account(erp)
    await erp.post("/v1/suppliers", purchase_orders.SUPPLIER)
    order = await erp.post(purchase_orders.PATH, purchase_orders.a_purchase_order())
    await purchase_orders.receive(erp, order)
    invoice = await purchase_orders.billed(erp, order, "RE-4711", "63.65")
    statement, (line,) = await state(erp, entry("-63.65", "A supplier", name="Grove", iban=OTHERS_IBAN))

    assert await refused(erp, line, customer_code="ALICE") == (422, "other-direction")
    assert await refused(erp, line, supplier_invoice_id=line["line_id"]) == (404, "not-found")
    posted = await assign(erp, line, supplier_invoice_id=invoice["invoice_id"])

    assert (posted["document_type"], posted["amount"]) == ("supplier_payment", "-63.65")
    assert posted["settled"][0]["open_amount"] == "0.00"
    assert await open_of(erp, statement) == ["0.00"]
    (learned,) = (await erp.get("/v1/bank-counterparties"))["items"]
    assert (learned["known_as"], learned["party_code"]) == (OTHERS_IBAN, "GROVE")
    await agrees(erp)


async def test_what_a_person_has_said_is_learned_and_forgotten_with_it(erp: Erp) -> None:
    await open_account(erp)
    invoice, later = await an_invoice(erp), await an_invoice(erp, "50.00")
    _, (fee, money) = await state(
        erp, entry("-6.50", "Fee", name="Savings Bank"), entry("119.00", "?", iban=OTHERS_IBAN)
    )
    to_fees = await assign(erp, fee, account_code=FEES)
    await assign(erp, money, customer_code="ALICE", invoice_id=invoice["invoice_id"])
    other = entry("-7.00", "Fee", name="Savings Bank", day="2026-03-21")
    of_alice = entry("59.50", "?", iban=OTHERS_IBAN, day="2026-03-21")
    statement, _ = await state(erp, other, of_alice, opening="112.50", number=2, day="2026-03-21")

    run = await match(erp, statement)

    assert (run["done"], run["exceptions"]) == (2, 0)
    assert (await erp.get(f"/v1/invoices/{later['invoice_id']}"))["open_amount"] == "0.00"
    rules = {one["amount"]: one["rule"] for one in (await erp.get("/v1/bank-postings"))["items"]}
    assert (rules["-7.00"], rules["59.50"]) == ("account learned", "party and amount")
    wrong = {"reason": "no fee", "reversed_on": "2026-03-22"}
    await erp.post(f"/v1/bank-postings/{to_fees['posting_id']}/reversal", wrong, by="accountant")
    assert [one["account_code"] for one in (await erp.get("/v1/bank-counterparties"))["items"]] == [None]
    await everything_agrees(erp.company, "banking", "ledger")


async def test_a_line_is_posted_in_parts_and_never_more_than_it_is(erp: Erp) -> None:
    await open_account(erp)
    invoice = await an_invoice(erp)
    statement, (line,) = await state(erp, entry("150.00", "Both"))

    part = await assign(
        erp, line, customer_code="ALICE", invoice_id=invoice["invoice_id"], amount="119.00", is_learned=False
    )
    assert (part["open_amount"], await open_of(erp, statement)) == ("31.00", ["31.00"])
    assert await refused(erp, line, account_code=FEES, amount="31.01") == (422, "more-than-the-line")
    assert await refused(erp, line, account_code=FEES, amount="1.001") == (422, "invalid")
    assert await refused(erp, line, account_code=FEES, posted_on="2026-03-19") == (422, "too-early")
    assert await refused(erp, line, account_code="1200") == (422, "invalid")
    await assign(erp, line, account_code=FEES)
    assert await refused(erp, line, account_code=FEES) == (409, "line-posted-already")
    assert (await erp.get("/v1/bank-counterparties"))["items"] == [], "the bank has told nobody"
    await agrees(erp)


WRONG: list[dict[str, Any]] = [
    {},
    {"customer_code": "ALICE", "account_code": FEES},
    {"invoice_id": "00000000-0000-4000-8000-000000000000"},
    {"account_code": FEES, "amount": "0.00"},
]


@pytest.mark.parametrize("asked", WRONG)
async def test_a_line_is_one_thing(erp: Erp, asked: dict[str, Any]) -> None:
    await open_account(erp)
    _, (line,) = await state(erp, entry("150.00", "Both"))

    assert (await refused(erp, line, **asked))[0] == 422


async def test_money_that_is_in_the_books_already_is_found_there_once(erp: Erp) -> None:
    await open_account(erp)
    asked = {"customer_code": "ALICE", "amount": "119.00", "currency": "EUR", "received_on": "2026-03-19"}
    paid = await erp.post("/v1/payments", asked | {"account_code": SAVINGS["code"]}, by="accountant")
    of_cash = await erp.post("/v1/payments", asked | {"account_code": "1450"}, by="accountant")
    statement, (line, other) = await state(erp, entry("119.00", "A"), entry("119.00", "B"))

    assert await refused(erp, line, document_id=of_cash["payment_id"]) == (404, "not-found")
    assert await refused(erp, line, document_id=paid["payment_id"], amount="1.00") == (422, "not-the-money")
    found = await assign(erp, line, document_id=paid["payment_id"])
    assert (found["document_number"], await open_of(erp, statement)) == (
        paid["payment_number"],
        ["0.00", "119.00"],
    )
    assert await refused(erp, other, document_id=paid["payment_id"]) == (422, "not-the-money")

    wrong = {"reason": "the other", "reversed_on": "2026-03-22"}
    await erp.post(f"/v1/bank-postings/{found['posting_id']}/reversal", wrong, by="accountant")
    assert (await erp.get(f"/v1/payments/{paid['payment_id']}"))["reversed_by"] is None
    await assign(erp, other, document_id=paid["payment_id"])
    assert await open_of(erp, statement) == ["119.00", "0.00"]
    await everything_agrees(erp.company, "banking", "ledger")


async def test_a_payment_that_is_in_the_books_is_matched_with_its_line(erp: Erp) -> None:
    await open_account(erp)
    asked = {"customer_code": "ALICE", "amount": "119.00", "currency": "EUR", "received_on": "2026-03-19"}
    asked |= {"account_code": SAVINGS["code"], "reference": "Transfer 4711"}
    paid = await erp.post("/v1/payments", asked, by="accountant")
    statement, _ = await state(erp, entry("119.00", "TRANSFER 4711"), entry("119.00", "TRANSFER 4711"))

    run = await match(erp, statement)

    assert (run["done"], await open_of(erp, statement)) == (1, ["0.00", "119.00"])
    (posting,) = (await erp.get("/v1/bank-postings"))["items"]
    assert (posting["document_id"], posting["is_found"]) == (paid["payment_id"], True)
    assert (await match(erp, statement))["items"] == 0
    await everything_agrees(erp.company, "banking", "ledger")


async def test_what_is_taken_back_by_any_way_is_open_again(erp: Erp) -> None:
    await open_account(erp)
    invoice = await an_invoice(erp)
    statement, (fee, money) = await state(erp, entry("-6.50", "Fee"), entry("119.00", "?"))
    to_fees = await assign(erp, fee, account_code=FEES)
    paid = await assign(erp, money, customer_code="ALICE", invoice_id=invoice["invoice_id"])
    why = {"reason": "returned", "reversed_on": "2026-03-25"}
    in_use = await erp.request("POST", f"{PATH}/{statement['statement_id']}/reversal", {"reason": "a test"})

    await erp.post(f"/v1/payments/{paid['document_id']}/reversal", why, by="accountant")
    assert await open_of(erp, statement) == ["0.00", "119.00"]
    assert (await erp.get(f"/v1/invoices/{invoice['invoice_id']}"))["open_amount"] == "119.00"
    await erp.post(f"/v1/bank-postings/{to_fees['posting_id']}/reversal", why, by="accountant")

    assert await open_of(erp, statement) == ["-6.50", "119.00"]
    assert (in_use.status_code, in_use.json()["type"]) == (409, "/problems/statement-in-use")
    again = f"/v1/bank-postings/{paid['posting_id']}/reversal"
    assert (await erp.request("POST", again, why, by="accountant")).status_code == 409
    await assign(erp, fee, account_code=FEES)
    await assign(erp, money, customer_code="ALICE", invoice_id=invoice["invoice_id"])
    assert await open_of(erp, statement) == ["0.00", "0.00"]
    await everything_agrees(erp.company, "banking", "ledger")


async def test_the_account_of_another_bank_account_is_refused(erp: Erp) -> None:
    await open_account(erp)
    await open_account(erp, code="GIRO", iban="", account_number="77", account_code="1456")
    _, (line,) = await state(erp, entry("-50.00", "To our other account"))
    path = f"/v1/bank-statement-lines/{line['line_id']}/postings"

    answer = await erp.request("POST", path, {"account_code": "1456"}, by="accountant")

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"]) == (422, "account_code")
    assert "transit account" in error["message"]


async def test_an_account_is_learned_from_a_whole_line_only(erp: Erp) -> None:
    await open_account(erp)
    _, (line,) = await state(erp, entry("-150.00", "Both", name="Savings Bank"))

    await assign(erp, line, account_code=FEES, amount="31.00")
    await assign(erp, line, account_code=FEES)

    assert (await erp.get("/v1/bank-counterparties"))["items"] == []


async def test_a_supplier_invoice_is_not_paid_before_its_day(erp: Erp) -> None:
    await open_account(erp)
    await erp.post("/v1/suppliers", purchase_orders.SUPPLIER)
    order = await erp.post(purchase_orders.PATH, purchase_orders.a_purchase_order())
    await purchase_orders.receive(erp, order)
    invoice = await purchase_orders.billed(erp, order, "RE-4711", "63.65")
    _, (line,) = await state(erp, entry("-63.65", "?", day="2026-03-10"), day="2026-03-10")
    path = f"/v1/bank-statement-lines/{line['line_id']}/postings"

    answer = await erp.request("POST", path, {"supplier_invoice_id": invoice["invoice_id"]})

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "/problems/too-early")
    assert [error["field"] for error in problem["errors"]] == ["posted_on"]
    await assign(erp, line, supplier_invoice_id=invoice["invoice_id"], posted_on="2026-03-12")


async def test_of_many_who_post_a_line_at_once_one_does(erp: Erp) -> None:
    await open_account(erp)
    statement, (line,) = await state(erp, entry("-6.50", "Fee"))

    answers = await asyncio.gather(*(refused(erp, line, account_code=FEES) for _ in range(5)))

    assert sorted(status for status, _ in answers) == [201, 409, 409, 409, 409]
    assert await open_of(erp, statement) == ["0.00"]
    assert len((await erp.get("/v1/bank-postings"))["items"]) == 1


async def test_a_line_is_posted_again_from_the_day_on_which_it_was_open_again(erp: Erp) -> None:
    await open_account(erp)
    _, (line, _) = await state(erp, entry("-6.50", "Fee"), entry("-7.00", "Fee"))
    wrong = await assign(erp, line, account_code=FEES)
    back = {"reason": "no fee", "reversed_on": "2026-03-25"}
    await erp.post(f"/v1/bank-postings/{wrong['posting_id']}/reversal", back)

    # Until then the first posting was in the books as well.
    assert await refused(erp, line, account_code=FEES, posted_on="2026-03-24") == (422, "too-early")
    again = await assign(erp, line, account_code=FEES)

    posted = await erp.get(f"/v1/bank-postings/{again['posting_id']}")
    assert posted["posted_on"] == "2026-03-25"
    assert await violations(erp.company) == []


async def test_the_database_refuses_more_than_the_line_and_a_document_twice(erp: Erp, owner_url: str) -> None:
    await open_account(erp)
    _, (first, _) = await state(erp, entry("-6.50", "Fee"), entry("-7.00", "Fee"))
    posted = await assign(erp, first, account_code=FEES)

    for line, amount, why in (
        ("line_id", "-0.01", "more is posted of line"),
        (OTHER_LINE, "-7.01", "more is posted of line"),
        (OTHER_LINE, "7.00", "more is posted of line"),
        (OTHER_LINE, "-7.00", "is another line already"),
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=why):
            await write_another(owner_url, posted["posting_id"], line, amount)
    assert len((await erp.get("/v1/bank-postings"))["items"]) == 1


OF_ITS_COMPANY = """
    SELECT set_config('perpetual.company', company_id, true) FROM banking.line_posting WHERE id = $1
"""
OTHER_LINE = "(SELECT o.line_id FROM banking.open_line o WHERE o.company_id = p.company_id)"


async def write_another(owner_url: str, posting: str, line: str, amount: str) -> None:
    """The same document for another line, or amount, as the owner of the database."""
    connection = await asyncpg.connect(owner_url)
    try:
        async with connection.transaction():
            await connection.execute(OF_ITS_COMPANY, posting)
            await connection.execute(
                f"""
                INSERT INTO banking.line_posting (id, company_id, line_id, statement_id,
                    bank_account_code, posted_on, currency, amount, document_type, document_id,
                    document_number, is_found, rule)
                SELECT gen_random_uuid(), p.company_id, {line}, statement_id,
                    bank_account_code, posted_on, currency, {amount}, document_type, document_id,
                    document_number, is_found, rule
                FROM banking.line_posting p WHERE id = $1
                """,
                posting,
            )
    finally:
        await connection.close()


async def test_a_dry_run_says_what_would_be_posted(erp: Erp) -> None:
    await open_account(erp)
    statement, (line,) = await state(erp, entry("-6.50", "Fee"))
    path = f"/v1/bank-statement-lines/{line['line_id']}/postings"

    answer = await erp.request("POST", path, {"account_code": FEES}, by="accountant", dry_run="true")

    assert (answer.status_code, answer.json()["open_amount"]) == (200, "0.00")
    assert await open_of(erp, statement) == ["-6.50"]


async def test_bank_and_books_are_compared_for_each_day(erp: Erp) -> None:
    await open_account(erp)
    _, (fee, _) = await state(erp, entry("-6.50", "Fee"), entry("119.00", "?"), opening="10.00")
    await assign(erp, fee, account_code=FEES, posted_on="2026-03-21")

    days = {"from": "2026-03-19", "to": "2026-03-21", "bank_account": "SAVINGS"}
    report = await erp.get("/v1/reports/bank-balances", **days)

    figures = ("bank_amount", "open_amount", "books_amount", "difference")
    assert [[day[name] for name in figures] for day in report["days"]] == [
        ["10.00", "0.00", "0.00", "10.00"],
        ["122.50", "119.00", "0.00", "3.50"],
        ["122.50", "119.00", "-6.50", "10.00"],
    ]
    assert report["stated_until"] == "2026-03-20"
    missing = await erp.request("GET", "/v1/reports/bank-balances", bank_account="NONE")
    assert missing.status_code == 404


async def test_what_was_posted_in_another_currency_is_on_an_account_of_the_company_s_own(erp: Erp) -> None:
    await open_account(erp)
    await erp.post("/v1/exchange-rates", {"currency": "CHF", "valid_from": "2026-03-01", "rate": "0.80"})
    lines = [{"account_code": "1455", "amount": "80.00"}, {"account_code": FEES, "amount": "-80.00"}]
    day = {"posted_on": "2026-03-20", "text": "The bank has changed francs", "currency": "CHF"}
    await erp.post("/v1/journal-entries", day | {"lines": lines}, by="accountant")
    await state(erp, entry("100.00", "?"))

    days = {"from": "2026-03-20", "to": "2026-03-20", "bank_account": "SAVINGS"}
    (report,) = (await erp.get("/v1/reports/bank-balances", **days))["days"]

    assert (report["bank_amount"], report["books_amount"]) == ("100.00", "100.00")
