"""CSV files of banks: read by the mapping of their account."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from domains.banking.files.statements import StatementMalformed
from domains.banking.messages import CsvMapping
from foundation.values.errors import BusinessError
from tests.domains.banking.test_files import Account, one

WITHOUT_BALANCES = {"columns": {"booked_on": "Tag", "amount": "Betrag"}}
WITH_BALANCES = {"columns": {"booked_on": "Tag", "amount": "Betrag", "balance": "Saldo"}}


def test_a_csv_file_is_read_by_the_mapping_of_its_account() -> None:
    columns = {"booked_on": "Buchungstag", "amount": "Betrag", "balance": "Saldo", "text": "Zweck"}
    german = Account(CsvMapping.model_validate({"columns": columns, "rows_before_header": 1}))
    written = (
        "Konto;202051\nBuchungstag;Betrag;Saldo;Zweck\n"
        "20.03.2026;-6,50;1.112,50;Gebühr\n19.03.2026;1.119,00;1.119,00;INV-1\n"
    )

    newest_first = one(written.encode("cp1252"), german)

    assert (newest_first.opening_amount, newest_first.closing_amount) == (Decimal("0.00"), Decimal("1112.50"))
    assert [line.text for line in newest_first.lines] == ["INV-1", "Gebühr"]
    sides = {"booked_on": "Date", "credit_amount": "In", "debit_amount": "Out"}
    english = Account(
        CsvMapping.model_validate(
            {"columns": sides, "delimiter": ",", "decimal_mark": ".", "date_format": "%Y-%m-%d"}
        )
    )
    told = one('Date,In,Out\n2026-03-20,"1,000.00",\n2026-03-20,,6.50\n', english, closing="1000.00")
    assert told.opening_amount == Decimal("6.50")


def test_a_column_without_a_name_is_of_nothing_that_is_not_mapped() -> None:
    statement = one(
        "Tag;Betrag;\n20.03.2026;5,00;S\n",
        Account(CsvMapping.model_validate(WITHOUT_BALANCES)),
        closing="5.00",
    )

    assert (statement.opening_amount, statement.lines[0].code) == (Decimal(0), "")


def test_a_csv_file_of_one_day_is_in_the_order_of_its_balances() -> None:
    newest_first = "Tag;Betrag;Saldo\n20.03.2026;-6,50;93,50\n20.03.2026;100,00;100,00\n"

    statement = one(newest_first, Account(CsvMapping.model_validate(WITH_BALANCES)))

    assert (statement.opening_amount, statement.closing_amount) == (Decimal(0), Decimal("93.50"))
    assert [line.amount for line in statement.lines] == [Decimal("100.00"), Decimal("-6.50")]


@pytest.mark.parametrize(
    ("written", "amount"),
    [("1.234,56", "1234.56"), ("1.234.567", "1234567"), ("1234,5", "1234.5"), ("-1.000,00 ", "-1000")],
)
def test_figures_in_groups_of_three_are_an_amount(written: str, amount: str) -> None:
    content = f"Tag;Betrag\n20.03.2026;{written}\n"

    statement = one(content, Account(CsvMapping.model_validate(WITHOUT_BALANCES)), closing=amount)

    assert [line.amount for line in statement.lines] == [Decimal(amount)]


@pytest.mark.parametrize("written", ["1_000", "1e3", "--5", "5-", "\u0661", "NaN", "5 EUR"])
def test_what_a_program_would_read_as_a_number_is_no_amount(written: str) -> None:
    content = f"Tag;Betrag\n20.03.2026;{written}\n"

    with pytest.raises(BusinessError):
        one(content, Account(CsvMapping.model_validate(WITHOUT_BALANCES)), closing="1")


@pytest.mark.parametrize(
    "written", ["1.5", "12.34", "1.2345", "1,234.56", "1234.567", "0.500", "-0.123", ".123.456"]
)
def test_figures_that_another_mark_divides_are_no_amount(written: str) -> None:

    with pytest.raises(BusinessError, match="is no amount with decimals after ','"):
        one(
            f"Tag;Betrag\n20.03.2026;{written}\n",
            Account(CsvMapping.model_validate(WITHOUT_BALANCES)),
            closing="1",
        )


SIDES = {"columns": {"booked_on": "Tag", "amount": "Betrag", "debit_or_credit": "S/H"}}


@pytest.mark.parametrize(
    ("mark", "amount"),
    [
        *((mark, "-6.5") for mark in ("S", "Soll", "D", "DR", "DBIT", "Debit", "Af", "-")),
        *((mark, "6.5") for mark in ("h", "HABEN", "C", "Cr.", "CRDT", "Credit", "Bij", "+")),
    ],
)
def test_a_column_of_its_own_says_whether_an_amount_is_debit_or_credit(mark: str, amount: str) -> None:
    content = f"Tag;Betrag;S/H\n20.03.2026;6,50;{mark}\n"

    statement = one(content, Account(CsvMapping.model_validate(SIDES)), closing="0.00")

    assert [line.amount for line in statement.lines] == [Decimal(amount)]


def test_an_amount_that_has_its_sign_besides_the_mark_has_it_once() -> None:
    statement = one(
        "Tag;Betrag;S/H\n20.03.2026;-6,50;S\n", Account(CsvMapping.model_validate(SIDES)), closing="0.00"
    )

    assert [line.amount for line in statement.lines] == [Decimal("-6.5")]


@pytest.mark.parametrize("written", ["6,50;X", "6,50;", "-6,50;H"])
def test_a_mark_that_is_neither_debit_nor_credit_is_refused(written: str) -> None:
    content = f"Tag;Betrag;S/H\n19.03.2026;1,00;S\n20.03.2026;{written}\n"

    with pytest.raises(StatementMalformed, match="row 3, column S/H"):
        one(content, Account(CsvMapping.model_validate(SIDES)), closing="0.00")


def test_a_mark_is_of_a_column_with_amounts() -> None:
    sides = {"booked_on": "Tag", "credit_amount": "In", "debit_amount": "Out", "debit_or_credit": "S/H"}

    with pytest.raises(ValidationError, match="debit_or_credit"):
        CsvMapping.model_validate({"columns": sides})


@pytest.mark.parametrize(
    ("columns", "rows", "named"),
    [
        ({"amount": "Betrag"}, "Tag;Betrag\n20.03.2026;1,00\n20.03.2026;\n", "row 3, column Betrag"),
        (
            {"credit_amount": "In", "debit_amount": "Out"},
            "Tag;In;Out\n20.03.2026;1,00;\n20.03.2026;;\n",
            "row 3, column In, Out",
        ),
        ({"amount": "Betrag", "debit_or_credit": "S/H"}, "Tag;Betrag;S/H\n20.03.2026;;S\n", "column Betrag"),
        ({"amount": "Betrag"}, "Tag;Betrag\n20.03.2026\n", "row 2, column Betrag"),
    ],
)
def test_a_line_without_an_amount_is_refused_and_named(
    columns: dict[str, str], rows: str, named: str
) -> None:
    mapping = CsvMapping.model_validate({"columns": {"booked_on": "Tag"} | columns})

    with pytest.raises(StatementMalformed, match=named):
        one(rows, Account(mapping), closing="1.00")
