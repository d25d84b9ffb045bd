"""The payslip as an employee reads it: in the person's language, with names for what the law asks for."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from domains.master_data.letterhead import InvoicingCompany
from domains.payroll.documents.payslip import PayslipDocument, PayslipSums, masked, payslip_pdf
from domains.payroll.documents.wording import WORDS
from domains.payroll.messages.payslips import PaidTo, PayslipLine, PayslipPerson
from domains.payroll.rules.law_words import words_of
from tests.domains.payroll.us_pay import a_line as us_line
from tests.domains.payroll.us_pay import a_person, paid

COMPANY = InvoicingCompany(
    name="Radwerk Freiburg GmbH",
    address="Basler Straße 1",
    postal_code="79100",
    city="Freiburg",
    country="DE",
    tax_number="DE811907980",
    iban="DE02120300000000202051",
    directors="Rita Rad",
)
GERMAN_DETAILS = {
    "born_on": "1988-04-05",
    "tax": {
        "wage_tax_class": 4,
        "factor": "0.935",
        "child_allowances": "0.5",
        "is_church_member": True,
        "yearly_allowance": "0",
    },
    "fund": {"code": "TK", "additional_percent": "2.69"},
    "health_group": "1",
    "pension_group": "1",
    "unemployment_group": "1",
    "care_group": "1",
}


def a_line(kind: str, code: str, name: str, amount: str, **more: Any) -> PayslipLine:
    """One line."""
    return PayslipLine.model_validate({"kind": kind, "code": code, "name": name, "amount": amount} | more)


GERMAN_LINES = (
    a_line("earning", "salary", "Monatsgehalt", "3450.00"),
    a_line("earning", "overtime", "Überstunden", "312.50", quantity="12.5", rate="25"),
    a_line("benefit_in_kind", "car", "Dienstwagen", "250.00"),
    a_line("pre_tax_deduction", "direct", "Direktversicherung", "100.00"),
    a_line("withheld", "wage_tax", "Wage tax", "412.33", base="3912.50"),
    a_line("withheld", "church_tax", "Church tax", "37.10", base="412.33"),
    a_line("withheld", "1000", "1000", "285.61", base="3912.50"),
    a_line("withheld", "0100", "0100", "363.86", base="3912.50"),
    a_line("withheld", "0010", "0010", "50.86", base="3912.50"),
    a_line("withheld", "0001", "0001", "93.90", base="3912.50"),
    a_line("post_tax_deduction", "canteen", "Kantine", "45.00"),
    a_line("garnished", "creditor", "Amtsgericht Freiburg 12 M 345/26", "120.00"),
    a_line("employer_owes", "1000", "1000", "285.61", base="3912.50"),
    a_line("employer_owes", "0100", "0100", "363.86", base="3912.50"),
    a_line("employer_owes", "U1", "U1", "58.69", base="3912.50"),
)


def a_payslip(language: str = "de", **changes: Any) -> PayslipDocument:
    """A payslip of March."""
    asked: dict[str, Any] = {
        "company": COMPANY,
        "country": "DE",
        "person": PayslipPerson(language=language, details=GERMAN_DETAILS),
        "payslip_number": "PY-000012/E-1007",
        "employee_code": "E-1007",
        "employee_name": "Jürgen Größmann",
        "pay_group": "Gehaltsempfänger",
        "starts_on": date(2026, 3, 1),
        "ends_on": date(2026, 3, 31),
        "paid_on": date(2026, 3, 31),
        "currency": "EUR",
        "lines": GERMAN_LINES,
        "paid_to": (
            PaidTo(iban="DE02120300000000202051", amount=Decimal("2053.84")),
            PaidTo(iban="DE89370400440532013000", amount=Decimal("200.00")),
        ),
        "sums": PayslipSums(
            gross=Decimal("3762.50"),
            deducted=Decimal("1508.66"),
            net=Decimal("2253.84"),
            employer=Decimal("708.16"),
            of_law={"insured_days": Decimal(30), "taxable_regular": Decimal("3912.50")},
        ),
        "year": PayslipSums(
            gross=Decimal("10975.00"),
            deducted=Decimal("4400.10"),
            net=Decimal("6574.90"),
            employer=Decimal("2100.00"),
            of_law={
                "wage_tax": Decimal("1236.99"),
                "month_03_taxed": Decimal("3912.50"),
                "solidarity_surcharge": Decimal(0),
            },
        ),
    }
    return PayslipDocument(**asked | changes)


def pages_of(pdf: bytes) -> list[str]:
    """What is read, page by page."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return [page.extract_text().replace("\N{NO-BREAK SPACE}", " ") for page in pages]


def read(document: PayslipDocument) -> str:
    """What is read on all pages."""
    return "\n".join(pages_of(payslip_pdf(document)))


def assert_says(said: str, *wanted: str) -> None:
    """All of it is read."""
    missing = [words for words in wanted if words not in said]
    assert not missing, f"{missing} in {said}"


def test_a_german_payslip_says_what_the_person_gets_and_why_in_german() -> None:
    said = read(a_payslip())

    assert_says(
        said,
        "Entgeltabrechnung 01.03.2026 – 31.03.2026",
        "Radwerk Freiburg GmbH",
        "Jürgen Größmann",
        "Personalnummer E-1007",
        "Abrechnungskreis Gehaltsempfänger",
        "Zahltag 31.03.2026",
        "Währung EUR",
        "Monatsgehalt 3.450,00",
        "Überstunden 12,5 × 25,00 312,50",
        "Dienstwagen 250,00",
        "Direktversicherung 100,00",
        "Lohnsteuer 3.912,50 412,33",
        "Krankenversicherung 3.912,50 285,61",
        "Kantine 45,00",
        "Amtsgericht Freiburg 12 M 345/26 120,00",
        "Bruttobezüge 3.762,50",
        "Summe der Abzüge -1.508,66",
        "Auszahlungsbetrag\n2.253,84 €",
        "IBAN DE02 •••• •••• •••• ••20 51 2.053,84",
        "Umlage U1, Entgeltfortzahlung 58,69",
        "Im Jahr 2026 bis 31.03.2026",
        "Lohnsteuer 1.236,99",
    )
    assert_says(
        said,
        *("Geburtsdatum 05.04.1988", "Steuerklasse 4", "Faktor 0,935", "Kinderfreibeträge 0,5"),
        *("Kirchensteuerpflichtig ja", "Beitragsgruppenschlüssel 1111", "Einzugsstelle TK", "SV-Tage 30"),
    )


def test_what_is_left_of_loans_and_garnishments_is_printed_beside_what_was_taken() -> None:
    lines = (
        a_line("loan_repaid", "L-1", "Vorschuss", "50.00", remaining="150.00"),
        a_line("garnished", "G-1", "Amtsgericht Freiburg", "120.00", remaining="2280.00"),
        a_line("garnished", "G-2", "Jugendamt Freiburg", "30.00"),
    )

    assert_says(
        read(a_payslip(lines=lines)),
        "Darlehen und Vorschüsse Restbetrag Betrag EUR",
        "Vorschuss 150,00 50,00",
        "Pfändungen Restbetrag Betrag EUR",
        "Amtsgericht Freiburg 2.280,00 120,00",
        "Jugendamt Freiburg 30,00",
        "Darlehen und Vorschüsse -50,00",
    )
    assert_says(read(a_payslip("en", lines=lines)), "Loans and advances Left after it Amount EUR")


def test_what_is_not_for_the_reader_is_not_printed() -> None:
    said = read(a_payslip())

    for hidden in ("0300000000", "0532013", "month", "Solidaritätszuschlag", "Steuerfreibetrag", "False"):
        assert hidden not in said, hidden


def test_the_same_payslip_in_english_has_english_names_and_figures() -> None:
    assert_says(
        read(a_payslip("en")),
        "Payslip 1 March 2026 – 31 March 2026",
        "Monatsgehalt 3,450.00",
        "Wage tax 3,912.50 412.33",
        "Health insurance 3,912.50 285.61",
        "Wage tax class 4",
        "Total deductions -1,508.66",
        "Net pay\n€2,253.84",
        "In 2026, up to 31 March 2026",
    )


def test_it_is_an_archivable_file_and_the_same_bytes_each_time() -> None:
    pdf = payslip_pdf(a_payslip())

    assert pdf == payslip_pdf(a_payslip())
    about = PdfReader(io.BytesIO(pdf)).xmp_metadata
    assert about is not None
    described = about.stream.get_data()
    assert b"<pdfaid:part>3</pdfaid:part>" in described and b"<pdfuaid:part>1</pdfuaid:part>" in described


def test_what_most_people_get_fits_on_one_page() -> None:
    seldom = ("car", "direct", "creditor")
    usual = tuple(line for line in GERMAN_LINES if line.code not in seldom)

    assert len(pages_of(payslip_pdf(a_payslip(lines=usual)))) == 1


def test_many_lines_go_on_on_a_second_page_below_their_heads_and_the_net_pay_stands_whole() -> None:
    bonuses = tuple(a_line("earning", f"b{n}", f"Prämie {n}", "1.00") for n in range(1, 41))

    pages = pages_of(payslip_pdf(a_payslip(lines=(*bonuses, *GERMAN_LINES))))

    assert len(pages) >= 2
    both = [page for page in pages if "Prämie" in page]
    assert len(both) == 2 and all("Bezüge" in page and "Betrag EUR" in page for page in both)
    (with_net,) = [page for page in pages if "Auszahlungsbetrag" in page]
    assert_says(with_net, "Summe der Abzüge", "2.253,84 €", "••30 00 200,00")


def test_long_names_and_large_figures_do_not_run_into_one_another() -> None:
    long = "Zulage für besonders schwierige Arbeiten unter erschwerten Bedingungen im Schichtbetrieb" * 2
    lines = (
        a_line("earning", "long", long, "1234567890.12", quantity="12345.678901", rate="123456.789"),
        a_line("earning", "one_word", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 2, "1.00"),
    )

    said = read(a_payslip(lines=lines, employee_name="Karl " * 20, pay_group="G" * 60))

    assert_says(said, "1.234.567.890,12", "12.345,678901 × 123.456,789")


def test_what_is_owed_from_before_is_called_so_in_the_language() -> None:
    line = a_line("post_tax_deduction", "negative_net", "Owed from before", "20.00")

    assert_says(read(a_payslip(lines=(line,))), "Überzahlung aus Vormonaten 20,00")


def test_what_is_of_a_closed_period_says_which_in_the_language() -> None:
    late = a_line("earning", "salary", "Monatsgehalt", "200.00", earned_in=date(2026, 2, 1))
    tax = a_line("withheld", "wage_tax", "Wage tax", "41.00", earned_in=date(2026, 2, 1))

    assert_says(
        read(a_payslip(lines=(late, tax))),
        "Monatsgehalt, Nachberechnung ab 01.02.2026 200,00",
        "Lohnsteuer, Nachberechnung ab 01.02.2026",
    )
    assert_says(read(a_payslip("en", lines=(late, tax))), "Wage tax, corrected from")


def test_who_gets_nothing_reads_so() -> None:
    nothing = PayslipSums(gross=Decimal(100), deducted=Decimal(100))

    assert_says(
        read(a_payslip(paid_to=(), sums=nothing)), "Auszahlungsbetrag\n0,00 €", "Es wird nichts ausgezahlt."
    )


def test_what_the_law_of_a_country_calls_by_no_name_keeps_its_own_words() -> None:
    line = a_line("withheld", "local_levy", "Local levy", "10.00", base="100.00")

    assert_says(read(a_payslip(country="XX", lines=(line,))), "Local levy 100,00 10,00")


@pytest.mark.parametrize("country", ["DE", "US"])
def test_every_word_of_a_country_is_there_in_every_language(country: str) -> None:
    law = words_of(country)
    sums = [one.names for one in (*law.year_to_date, *law.of_period)]
    details = [names for one in law.details for names in (one.names, *one.says.values())]

    for names in (*law.lines.values(), *sums, *details):
        assert names.keys() == WORDS.keys(), names


def test_every_line_and_printed_sum_of_the_united_states_is_one_that_the_pack_makes() -> None:
    persons = [
        a_person(state=state, state_unemployment_percent="2.7", supplemental_method="flat")
        for state in ("CA", "IL", "PA", "TX")
    ]
    asked = [paid(us_line("regular", 20_000), us_line("bonus", 300_000), person=person) for person in persons]

    codes = {line.code for one in asked for line in one.lines}
    added = {name for one in asked for name in one.added}
    law = words_of("US")
    assert law.lines.keys() - codes == {"futa_credit_reduction"}
    assert codes - law.lines.keys() == set()
    for one in law.year_to_date:
        beginning = one.name.removesuffix("*")
        assert any(name.startswith(beginning) for name in added), one.name


def test_an_iban_is_masked_whatever_its_length() -> None:
    assert masked("DE02120300000000202051") == "DE02 •••• •••• •••• ••20 51"
    assert masked("NO9386011117947") == "NO93 •••• •••7 947"
