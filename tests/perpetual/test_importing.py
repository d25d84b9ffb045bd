"""Files of others become messages of ours; what is wrong is told with its row and its column."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from api.imports.mapping import read_mapping
from api.imports.preparing import Prepared, RowError, prepare
from api.imports.sources import FileRefused, NumberCell, SourceTables
from api.imports.targets import MappingRefused, target_named
from api.imports.values import WrongValue, decimal_of
from domains.ledger.messages import EntryAsked, PutAccount, declared_roles
from domains.master_data.messages import InstalmentKind, PutCustomer, PutItem, PutPaymentTerms, PutTaxCode
from domains.sales.messages import OrderAsked

COMPANY = Path("perpetual/company")
HAVELRAD = Path("perpetual/demo/havelrad.toml")


def tables(**files: str | bytes) -> SourceTables:
    """CSV files, given as name=text."""
    return SourceTables(
        (f"{name}.csv", text if isinstance(text, bytes) else text.encode()) for name, text in files.items()
    )


def import_of(mapping: str, **files: str | bytes) -> Prepared:
    """The only import of a mapping, applied to some files."""
    (prepared,) = prepare(tables(**files), read_mapping(mapping))
    return prepared


def customers(csv: str) -> Prepared:
    """The customers in a CSV file whose columns are called like the fields."""
    (prepared,) = prepare(tables(customers=csv), None)
    return prepared


A_CUSTOMER = "code,name,country,currency,payment_terms_code,credit_limit\n"


def test_a_file_with_our_column_names_needs_no_mapping() -> None:
    prepared = customers(A_CUSTOMER + "C-1,Alice,DE,EUR,NET30,1000.50\nC-2,Bob,CH,CHF,NET30,\n")

    alice, bob = (record.message for record in prepared.records)
    assert isinstance(alice, PutCustomer)
    assert isinstance(bob, PutCustomer)
    assert (alice.code, alice.credit_limit) == ("C-1", Decimal("1000.50"))
    assert bob.credit_limit is None
    assert prepared.errors == []


def test_every_wrong_value_is_told_with_its_row_and_column_and_the_good_rows_are_kept() -> None:
    prepared = customers(
        A_CUSTOMER
        + "C-1,Alice,DE,EUR,NET30,much\n"
        + "C-2,Bob,Germany,EUR,,1\n"
        + "C-3,Carl,DE,EUR,NET30,1\n"
    )

    assert [record.key for record in prepared.records] == ["C-3"]
    assert [(error.row, error.column, error.value) for error in prepared.errors] == [
        (2, "credit_limit", "much"),
        (3, "country", "Germany"),
        (3, "payment_terms_code", ""),
    ]
    assert prepared.errors[0].message == "is not a figure"
    assert prepared.errors[2].message == "is needed"


def test_a_line_number_is_that_of_the_file_also_after_a_cell_with_a_line_break() -> None:
    prepared = customers(
        A_CUSTOMER + 'C-1,"Alice\nand Sons",DE,EUR,NET30,1\n\nC-2,Bob,DE,EUR,NET30,minus one\n'
    )

    assert [error.row for error in prepared.errors] == [5]


def test_a_record_that_comes_twice_is_told_and_the_first_is_taken() -> None:
    prepared = customers(A_CUSTOMER + "C-1,Alice,DE,EUR,NET30,1\nC-1,Alicia,DE,EUR,NET30,1\n")

    assert len(prepared.records) == 1
    assert (prepared.errors[0].row, prepared.errors[0].message) == (
        3,
        "the same key as line 2; the second is left out",
    )


def test_a_mistyped_column_is_refused_and_the_right_one_named() -> None:
    with pytest.raises(MappingRefused, match="did you mean 'country'"):
        customers("code,name,cuontry\nC-1,Alice,DE\n")


@pytest.mark.parametrize(
    "content",
    [
        "code;name;currency\nL-1;Großhändler;EUR\n".encode("utf-8-sig"),
        "code\tname\tcurrency\nL-1\tGroßhändler\tEUR\n".encode("cp1252"),
        "code,name,currency\r\nL-1,Großhändler,EUR\r\n".encode("utf-16"),
    ],
    ids=["semicolons and a byte order mark", "tabs in an old Windows encoding", "UTF-16"],
)
def test_csv_files_are_read_as_the_programs_of_this_world_write_them(content: bytes) -> None:
    (prepared,) = prepare(tables(price_lists=content), None)

    assert prepared.records[0].message.model_dump()["name"] == "Großhändler"


@pytest.mark.parametrize(
    ("written", "decimal", "figure"),
    [
        ("5.000", "comma", "5000"),
        ("5.000", "point", "5.000"),
        ("5,000", "point", "5000"),
        ("1.234.567,5", "comma", "1234567.5"),
        ("-1 234,5", "comma", "-1234.5"),
        ("0.500", None, "0.500"),
        ("1234.500", None, "1234.500"),
        ("5.00", None, "5.00"),
        (NumberCell("5.125"), "comma", "5.125"),
        (NumberCell("5.125"), None, "5.125"),
    ],
)
def test_a_figure_is_read_as_it_was_declared(written: str, decimal: Any, figure: str) -> None:
    assert decimal_of(written, decimal) == Decimal(figure)


@pytest.mark.parametrize(
    ("written", "decimal", "why"),
    [
        ("5.000", None, "may be 5000 or 5.000: say how figures are written"),
        ("5,000", None, "may be 5000 or 5.000"),
        ("5,5", None, "is not a figure"),
        # The dot stands where no thousands end.
        ("5.00", "comma", "is not a figure with a decimal comma"),
        ("1,23,456", "point", "is not a figure with a decimal point"),
        ("", "comma", "is not a figure"),
    ],
)
def test_a_figure_that_may_be_another_is_refused(written: str, decimal: Any, why: str) -> None:
    with pytest.raises(WrongValue, match=why):
        decimal_of(written, decimal)


def test_figures_and_days_are_read_as_the_mapping_says() -> None:
    prepared = import_of(
        """
        [[import]]
        target = "sales-orders"
        source = "auftraege"
        key = "nr"
        group_by = "nr"
        date = "%d.%m.%Y"
        decimal = "comma"
        [import.fields]
        customer_code = "kunde"
        ordered_on = "datum"
        currency = { constant = "EUR" }
        freight_amount = { column = "fracht", decimals = 2, default = "0" }
        [import.parts.lines.fields]
        item_code = { column = "artikel", replace = { alt = "NEU" } }
        quantity = "menge"
        discount_percent = { column = "rabatt", factor = 100, decimals = 2 }
        """,
        auftraege="nr;kunde;datum;fracht;artikel;menge;rabatt\n"
        "7;K1;31.01.2026;12,3456;alt;1.000,5;0,05000000075\n"
        "7;K1;31.01.2026;;neu-2;2;\n"
        "8;K1;01.02.2026;;A;3;0\n",
    )

    first, second = (record.message for record in prepared.records)
    assert isinstance(first, OrderAsked)
    assert isinstance(second, OrderAsked)
    assert str(first.ordered_on) == "2026-01-31"
    assert first.freight_amount == Decimal("12.35")
    assert [(line.item_code, line.quantity, line.discount_percent) for line in first.lines] == [
        ("NEU", Decimal("1000.5"), Decimal("5.00")),
        ("neu-2", Decimal("2"), Decimal("0")),
    ]
    assert second.freight_amount == Decimal(0)
    assert [record.key for record in prepared.records] == ["7", "8"]


ORDERS_AND_LINES = """
    [[import]]
    target = "sales-orders"
    source = "orders"
    key = { template = "SHOP-{id}" }
    skip = { state = ["draft", "deleted"] }
    [import.fields]
    customer_code = { column = "buyer", lookup = { source = "buyers", by = "id", give = "number" } }
    delivery = { column = "split", map = { yes = "partial", no = "complete" } }
    [import.parts.lines]
    source = "lines"
    joined_by = { id = "order" }
    [import.parts.lines.fields]
    item_code = "sku"
    quantity = "count"
"""


def test_lines_come_from_a_file_of_their_own_and_codes_from_a_third() -> None:
    prepared = import_of(
        ORDERS_AND_LINES,
        orders="id,buyer,split,state\n1,b1,yes,open\n2,b1,no,draft\n",
        buyers="id,number\nb1,C-1\n",
        lines="order,sku,count\n1,A,2\n2,A,1\n1,B,3\n",
    )

    (record,) = prepared.records
    assert record.key == "SHOP-1"
    assert record.message.model_dump(mode="json", exclude_unset=True) == {
        "customer_code": "C-1",
        "delivery": "partial",
        "lines": [{"item_code": "A", "quantity": "2"}, {"item_code": "B", "quantity": "3"}],
    }


def test_a_wrong_line_is_told_with_the_row_of_the_file_of_lines() -> None:
    prepared = import_of(
        ORDERS_AND_LINES,
        orders="id,buyer,split,state\n1,b1,perhaps,open\n2,b9,yes,open\n",
        buyers="id,number\nb1,C-1\n",
        lines="order,sku,count\n2,A,1\n1,A,2\n1,B,-3\n",
    )

    assert prepared.records == []
    assert [
        (error.source, error.row, error.column, error.field, error.message) for error in prepared.errors
    ] == [
        ("orders", 2, "split", "delivery", "is none of the known values yes, no"),
        ("lines", 4, "count", "lines.1.quantity", "Input should be greater than 0"),
        ("orders", 3, "buyer", "customer_code", "is not in the column id of buyers"),
    ]


def test_a_list_in_a_cell_is_json_and_a_list_in_columns_is_numbered() -> None:
    terms = 'code,name,instalments\nHALF,Half,"[{""kind"": ""percent_of_total"", ""value"": ""50""}, {}]"\n'
    taxes = (
        "code,name,components.0.name,components.0.rate_percent,components.1.name,components.1.rate_percent\n"
        "TWO,Two taxes,First,5,Second,2.5\nONE,One tax,First,5,,\n"
    )
    taxes_prepared, terms_prepared = prepare(tables(payment_terms=terms, tax_codes=taxes), None)

    half = terms_prepared.records[0].message
    assert isinstance(half, PutPaymentTerms)
    assert [part.kind for part in half.instalments] == [
        InstalmentKind.PERCENT_OF_TOTAL,
        InstalmentKind.REMAINDER,
    ]
    two, one = (record.message for record in taxes_prepared.records)
    assert isinstance(two, PutTaxCode)
    assert isinstance(one, PutTaxCode)
    assert [part.rate_percent for part in two.components] == [Decimal(5), Decimal("2.5")]
    assert len(one.components) == 1


def test_all_rows_of_a_file_can_be_one_journal_entry_with_debit_and_credit() -> None:
    prepared = import_of(
        """
        [[import]]
        target = "journal-entries"
        source = "balances"
        key = { constant = "opening" }
        group_by = []
        [import.fields]
        posted_on = { constant = "2026-01-01" }
        text = { constant = "Opening" }
        [import.parts.lines.fields]
        account_code = "account"
        amount = { total = ["debit", "-credit"] }
        """,
        balances="account,debit,credit\n1000,10.50,\n2000,,10.50\n",
    )

    entry = prepared.records[0].message
    assert isinstance(entry, EntryAsked)
    assert [line.amount for line in entry.lines] == [Decimal("10.50"), Decimal("-10.50")]


def test_a_workbook_is_read_sheet_by_sheet_and_its_cells_as_they_are_meant() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("items")
    sheet.write_row(0, 0, ["code", "name", "weight_kg", "blocked"])
    sheet.write_row(1, 0, [4711, "Bell", 0.1, True])
    sheet.write_row(2, 0, [4712, "Horn", 12, False])
    book.add_worksheet("an empty one")
    rates = book.add_worksheet("exchange_rates")
    rates.write_row(0, 0, ["currency", "valid_from", "rate"])
    rates.write_row(1, 0, ["CHF", "2026-01-01", 0.931])
    book.close()

    rates_prepared, items_prepared = prepare(SourceTables([("book.xlsx", buffer.getvalue())]), None)

    bell, horn = (record.message for record in items_prepared.records)
    assert isinstance(bell, PutItem)
    assert isinstance(horn, PutItem)
    assert (bell.code, bell.weight_kg, bell.blocked) == ("4711", Decimal("0.1"), True)
    assert (horn.code, horn.weight_kg, horn.blocked) == ("4712", Decimal(12), False)
    assert rates_prepared.records[0].key == "CHF/2026-01-01"
    assert rates_prepared.errors == []


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("x.pdf", b"%PDF", "neither a CSV file nor a workbook"),
        ("items.csv", b"  \n", "empty"),
        ("items.csv", b"code,code\n1,2\n", "two columns are called code"),
        ("items.csv", b"code,name\n1,2,3\n", "line 2: 3 cells, but 2 columns"),
        ("items.csv", b'code,name\n1,"2\n', "line 2"),
        ("items.xlsx", b"no workbook", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_with_the_reason(
    name: str, content: bytes, why: str
) -> None:
    with pytest.raises(FileRefused, match=why):
        SourceTables([(name, content)])


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ("[[import]", "not TOML"),
        (
            "[[import]]\ntarget = 'items'\nsource = 'x'\nfields = {code = {column = 'a', constant = 'b'}}",
            "one of",
        ),
        ("[[import]]\ntarget = 'things'\nsource = 'x'\nfields = {}", "there is no target 'things'"),
        ("[[import]]\ntarget = 'items'\nsource = 'y'\nfields = {}", "there is no file or sheet 'y'"),
        ("[[import]]\ntarget = 'items'\nsource = 'x'\nfields = {code = 'b'}", "x has no column b; it has: a"),
        ("[[import]]\ntarget = 'items'\nsource = 'x'\nfields = {cod = 'a'}", "did you mean 'code'"),
        ("[[import]]\ntarget = 'payments'\nsource = 'x'\nfields = {}", "say the key"),
    ],
)
def test_a_mapping_that_names_what_is_not_there_is_refused_before_anything_is_read(
    mapping: str, why: str
) -> None:
    with pytest.raises(MappingRefused, match=why):
        prepare(tables(x="a\n1\n"), read_mapping(mapping))


def test_a_template_reads_cells_and_nothing_else() -> None:
    with pytest.raises(MappingRefused, match=r"no column a\.__class__"):
        import_of(
            "[[import]]\ntarget = 'items'\nsource = 'x'\n"
            "fields = {code = 'a', name = {template = '{a.__class__}'}}",
            x="a\n1\n",
        )


def test_the_demo_company_can_be_read_without_an_error_in_the_order_in_which_it_is_written() -> None:
    files = [(path.name, path.read_bytes()) for path in sorted(COMPANY.glob("*.csv"))]
    prepared = prepare(SourceTables(files), read_mapping(HAVELRAD.read_text()))

    errors: list[RowError] = [error for one in prepared for error in one.errors]
    assert errors == []
    assert [one.target.name for one in prepared][:2] == ["companies", "accounts"]
    assert {one.target.name: len(one.records) for one in prepared} == {
        "companies": 1,
        "accounts": 75,
        "fiscal-years": 1,
        "exchange-rates": 54,
        "units": 6,
        "tax-codes": 7,
        "payment-terms": 8,
        "warehouses": 2,
        "items": 80,
        "price-lists": 4,
        "customers": 60,
        "suppliers": 25,
        "journal-entries": 1,
        "stock-receipts": 2,
    }
    accounts = [one.message for one in next(x.records for x in prepared if x.target.name == "accounts")]
    roles = {one.role for one in accounts if isinstance(one, PutAccount) and one.role}
    ours = {role.value for role in declared_roles().values() if type(role).__module__.startswith("domains.")}
    assert roles == ours, "a domain that tests declare is none of the demo's"
    (entry,) = next(one.records for one in prepared if one.target == target_named("journal-entries"))
    assert isinstance(entry.message, EntryAsked)
    assert sum(line.amount for line in entry.message.lines) == 0
