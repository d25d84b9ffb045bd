"""Statements of banks: imported once and in their order, proven, listed, and taken back."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.builders.bank_statements import (
    ACCOUNT,
    DRY_RUN,
    IBAN,
    OTHERS_IBAN,
    PATH,
    SAVINGS,
    amounts,
    camt,
    entry,
    imported,
    lines_of,
    open_account,
    packed,
    refused,
    send,
)
from tests.checked import everything_agrees
from tests.erp import Erp

FIRST = camt(entry("119.00", "INV-1", name="Alice"), entry("-6.50", "Fee"), closing="112.50")
SECOND = camt(entry("1.00", day="2026-03-21"), opening="112.50", closing="113.50", number=2, day="2026-03-21")
THIRD = camt(entry("1.00", day="2026-03-22"), opening="113.50", closing="114.50", number=3, day="2026-03-22")


async def test_a_statement_is_imported_with_its_lines_and_its_file(erp: Erp) -> None:
    await open_account(erp)

    (statement,) = await imported(erp, FIRST)

    assert (statement["statement_number"], statement["lines"], statement["is_new"]) == (
        "SAVINGS-000001",
        2,
        True,
    )
    shown = await erp.get(f"{PATH}/{statement['statement_number']}")
    assert (shown["opening_amount"], shown["closing_amount"]) == ("0.00", "112.50")
    assert (shown["open_count"], shown["open_amount"], shown["sequence"]) == (2, "112.50", 1)
    lines = await lines_of(erp, statement)
    assert amounts(lines) == amounts(lines, "open_amount") == ["119.00", "-6.50"]
    assert (lines[0]["party_name"], lines[0]["text"]) == ("Alice", "INV-1")
    kept = await erp.request("GET", f"{PATH}/{statement['statement_id']}/file")
    assert kept.content == FIRST
    await everything_agrees(erp.company, "banking", "ledger")


async def test_what_comes_again_is_answered_with_as_it_was_imported(erp: Erp) -> None:
    await open_account(erp)
    (statement,) = await imported(erp, FIRST)

    again = await imported(erp, FIRST)
    in_another_file = await imported(erp, packed(FIRST, SECOND))
    once_more = await imported(erp, packed(FIRST, SECOND))

    assert again == [statement | {"is_new": False}]
    assert [one["is_new"] for one in in_another_file] == [False, True]
    assert [one["is_new"] for one in once_more] == [False, False]
    assert in_another_file[0]["statement_id"] == once_more[0]["statement_id"] == statement["statement_id"]
    assert len((await erp.get(PATH))["items"]) == 2


async def test_a_dry_run_says_what_would_be_imported(erp: Erp) -> None:
    await open_account(erp)

    answer = await send(erp, FIRST, key=DRY_RUN)

    assert (answer.status_code, answer.json()["imported"]) == (200, 1)
    assert (await erp.get(PATH))["items"] == []
    assert (await send(erp, THIRD + b"<", key=DRY_RUN)).status_code == 422


async def test_many_who_import_a_file_at_once_import_it_once(erp: Erp) -> None:
    await open_account(erp)

    answers = await asyncio.gather(*(send(erp, FIRST, key=f"{erp.company}-{n}") for n in range(5)))

    found = [erp.accepted(answer)["statements"][0] for answer in answers]
    assert sum(one["is_new"] for one in found) == 1
    assert len({one["statement_id"] for one in found}) == 1


async def test_a_gap_is_refused_by_name_and_filled_by_what_was_missing(erp: Erp) -> None:
    await open_account(erp)
    await imported(erp, FIRST)

    assert await refused(erp, THIRD) == (422, "statement-missing")
    others_amount = camt(entry("1.00"), opening="100.00", closing="101.00", number=2)
    assert await refused(erp, others_amount) == (422, "statement-missing")
    assert len((await erp.get(PATH))["items"]) == 1, "what is refused changes nothing"

    await imported(erp, packed(THIRD, SECOND))
    earlier = camt(entry("5.00", day="2026-03-01"), closing="5.00", number=None, day="2026-03-01")
    assert await refused(erp, earlier) == (422, "statement-missing")
    await everything_agrees(erp.company, "banking", "ledger")


async def test_banks_count_anew_each_year_and_some_with_gaps(erp: Erp) -> None:
    await open_account(erp)
    await imported(erp, FIRST)
    new_year = camt(entry("1.00", day="2027-01-02"), opening="112.50", closing="113.50", day="2027-01-02")
    await imported(erp, new_year)
    far = camt(
        entry("1.00", day="2027-01-09"), opening="113.50", closing="114.50", number=9, day="2027-01-09"
    )
    assert await refused(erp, far) == (422, "statement-missing")

    erp.accepted(
        await erp.request("PATCH", "/v1/bank-accounts/SAVINGS", {"consecutive_numbers": False}, if_match="*")
    )
    await imported(erp, far)


async def test_another_statement_with_its_number_is_refused(erp: Erp) -> None:
    await open_account(erp)
    await imported(erp, FIRST)

    other = camt(entry("120.00", "INV-1"), closing="120.00")
    assert await refused(erp, other) == (409, "statement-differs")


async def test_a_statement_that_does_not_add_up_is_refused(erp: Erp) -> None:
    await open_account(erp)

    assert await refused(erp, camt(entry("5.00"), closing="5.01")) == (422, "balance-differs")
    assert await refused(erp, camt(entry("5.005"), closing="5.005")) == (422, "balance-differs")


async def test_a_closing_amount_that_is_none_is_refused(erp: Erp) -> None:
    await open_account(erp)

    for none in ("1.23456", "NaN", "1e30"):
        assert await refused(erp, FIRST, closing_amount=none) == (422, "invalid")


async def test_a_file_for_no_account_of_ours_or_for_another_is_refused(erp: Erp) -> None:
    await open_account(erp)
    others = camt(entry("5.00"), closing="5.00", iban="NL91ABNA0417164300")

    assert await refused(erp, others) == (404, "not-found")
    assert await refused(erp, others, bank_account="SAVINGS") == (422, "not-the-accounts")
    assert await refused(erp, FIRST, bank_account="NOWHERE") == (404, "not-found")
    in_dollars = camt(entry("5.00", currency="USD"), closing="5.00", currency="USD")
    assert await refused(erp, in_dollars) == (422, "not-the-accounts")
    erp.accepted(await erp.request("PATCH", "/v1/bank-accounts/SAVINGS", {"blocked": True}, if_match="*"))
    assert await refused(erp, FIRST) == (422, "invalid")


async def test_only_the_last_statement_is_taken_back_and_then_imported_anew(erp: Erp) -> None:
    await open_account(erp)
    (first,) = await imported(erp, FIRST)
    (second,) = await imported(erp, SECOND)
    why = {"reason": "of a test system"}

    early = await erp.request("POST", f"{PATH}/{first['statement_id']}/reversal", why)
    await erp.post(f"{PATH}/{second['statement_id']}/reversal", why)
    twice = await erp.request("POST", f"{PATH}/{second['statement_id']}/reversal", why)

    for answer, named in ((early, second["statement_number"]), (twice, "of a test system")):
        assert answer.status_code == 409
        assert named in answer.json()["detail"]
    shown = await erp.get(f"{PATH}/{second['statement_id']}")
    assert (shown["reversed_because"], shown["open_count"]) == ("of a test system", 0)
    (anew,) = await imported(erp, SECOND)
    assert (anew["is_new"], anew["statement_number"]) == (True, "SAVINGS-000003")
    await everything_agrees(erp.company, "banking", "ledger")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"iban": "DE02120300000000202052"}, "iban"),
    ({"iban": ""}, "iban"),
    ({"iban": IBAN, "account_code": "1410"}, "iban"),
    ({"iban": "", "account_number": "1"}, "account_code"),
    ({"iban": "", "account_number": "1", "account_code": "9999"}, "account_code"),
    ({"iban": "", "account_number": "1", "account_code": "6430"}, "account_code"),
    ({"iban": "", "account_number": "1", "account_code": "1410", "encoding": "klingon"}, "encoding"),
    ({"iban": "", "account_number": "1", "account_code": "1410", "encoding": "undefined"}, "encoding"),
]


@pytest.mark.parametrize(("changes", "field"), WRONG)
async def test_what_is_no_bank_account_is_refused(erp: Erp, changes: dict[str, Any], field: str) -> None:
    await open_account(erp)

    answer = await erp.request("POST", "/v1/bank-accounts", ACCOUNT | {"code": "OTHER"} | changes)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_number_that_a_bank_writes_is_of_one_account(erp: Erp) -> None:
    await erp.post("/v1/accounts", SAVINGS)
    by_number = ACCOUNT | {"iban": "", "account_number": "12-3 45"}
    await erp.post("/v1/bank-accounts", by_number)

    again = by_number | {"code": "OTHER", "account_code": "1410", "account_number": "12345"}
    answer = await erp.request("POST", "/v1/bank-accounts", again)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["account_number"]


async def test_an_account_that_has_statements_keeps_what_they_stand_on(erp: Erp) -> None:
    await open_account(erp)
    await imported(erp, FIRST)

    for change in ({"account_code": "1410"}, {"currency": "USD"}):
        answer = await erp.request("PATCH", "/v1/bank-accounts/SAVINGS", change, if_match="*")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, next(iter(change)))
    erp.accepted(await erp.request("PATCH", "/v1/bank-accounts/SAVINGS", {"name": "Savings"}, if_match="*"))
    assert (await erp.get("/v1/bank-accounts/SAVINGS"))["account_code"] == SAVINGS["code"]


async def test_a_csv_file_is_imported_for_the_account_that_is_named(erp: Erp) -> None:
    columns = {"booked_on": "Day", "amount": "Amount", "text": "Text"}
    await open_account(erp, csv={"columns": columns, "date_format": "%Y-%m-%d", "decimal_mark": "."})
    content = b"Day;Amount;Text\n2026-03-20;5.00;Deposit\n"

    assert await refused(erp, content) == (422, "unknown-format")
    assert await refused(erp, content, bank_account="SAVINGS") == (422, "statement-malformed")
    (statement,) = await imported(erp, content, bank_account="SAVINGS", closing_amount="5.00")
    assert (statement["opening_amount"], statement["sequence"]) == ("0.00", None)


async def test_the_database_refuses_a_statement_that_is_not_proven(erp: Erp, owner_url: str) -> None:
    await open_account(erp)
    (statement,) = await imported(erp, FIRST)
    for changed, why in (
        ("opening_amount + 1, opening_amount + 1", "does not begin where"),
        ("closing_amount, closing_amount + 1", "do not explain"),
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=why):
            await write_another(owner_url, erp.company, statement["statement_id"], changed)
    assert [one["statement_id"] for one in (await erp.get(PATH))["items"]] == [statement["statement_id"]]


async def write_another(owner_url: str, company: str, statement: str, balances: str) -> None:
    """A second statement without lines, with such balances, as the owner of the database."""
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute(
            f"""
            INSERT INTO banking.bank_statement (id, company_id, number, bank_account_code, position,
                file_id, bank_number, page, from_on, until_on, currency, opening_amount, closing_amount,
                line_count, fingerprint)
            SELECT gen_random_uuid(), company_id, 'X', bank_account_code, 99, file_id, '', 1, from_on,
                until_on, currency, {balances}, 0, ''
            FROM banking.bank_statement WHERE id = '{statement}' AND company_id = '{company}'
            """
        )
    finally:
        await connection.close()


async def test_our_own_account_is_not_the_other_side_of_its_lines(erp: Erp) -> None:
    columns = {"booked_on": "Date", "amount": "Amount", "party_name": "Name", "party_iban": "IBAN"}
    mapping = {"columns": columns, "date_format": "%Y-%m-%d", "decimal_mark": "."}
    await open_account(erp, csv=mapping)
    content = f"Date;Amount;Name;IBAN\n2026-03-20;1.00;Ourselves;{IBAN}\n2026-03-20;2.00;B;{OTHERS_IBAN}\n"

    (statement,) = await imported(erp, content.encode(), bank_account=ACCOUNT["code"], closing_amount="3.00")

    lines = await lines_of(erp, statement)
    assert [(line["party_name"], line["party_iban"]) for line in lines] == [("", ""), ("B", OTHERS_IBAN)]
