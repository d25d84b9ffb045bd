"""Invoices as files: read to what they say, and refused by name for what they break."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domains.payables.files import xml
from domains.payables.files.checks import check
from domains.payables.files.elements import find
from domains.payables.files.reading import read_invoice
from domains.payables.files.terms import UBL
from foundation.values.errors import BusinessError, Refusals
from tests.builders.en16931 import Invoice, Line, an_invoice, cii, pdf, ubl

OF_OTHERS = [
    found for folder in Path(__file__).parents if (found := folder / "shared/reference/formats").exists()
]
"""Invoices and tests of the standard, which we did not write."""
WITH_OTHERS = pytest.mark.skipif(not OF_OTHERS, reason="reference files lie beside the repository")
RULE = re.compile(r"BR-(?:CO-|CL-)?\d\d")
CHECKED = (
    *("BR-02", "BR-03", "BR-04", "BR-05", "BR-06", "BR-07", "BR-12", "BR-13", "BR-14", "BR-15", "BR-16"),
    *("BR-21", "BR-22", "BR-23", "BR-24", "BR-25", "BR-26", "BR-27", "BR-31", "BR-36", "BR-41", "BR-43"),
    *("BR-45", "BR-46", "BR-47", "BR-48", "BR-CL-01", "BR-CL-04", "BR-CO-04"),
    *(f"BR-CO-{number}" for number in (10, 11, 12, 13, 14, 15, 17, 18)),
)
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><Invoice>&c;</Invoice>"""
REACHES_OUT = (
    b"""<?xml version="1.0"?><!DOCTYPE i [<!ENTITY x SYSTEM "file:///etc/hostname">]><Invoice>&x;</Invoice>"""
)


def samples() -> list[Path]:
    """All that are invoices as a whole."""
    files = sorted(file for folder in OF_OTHERS for file in folder.glob("*/*.xml"))
    return [file for file in files if file.parent.name in ("en16931", "xrechnung") and not is_set(file)]


def is_set(file: Path) -> bool:
    """Whether it has fragments with the rules that each breaks or keeps."""
    return b"<testSet" in file.read_bytes()[:2000]


def why(content: bytes) -> tuple[str, list[tuple[str, str]]]:
    """What a file is refused for, by name, field and rule."""
    with pytest.raises(BusinessError) as refused:
        read_invoice(content)
    rules = [(one.field, "".join(RULE.findall(one.message)[-1:])) for one in refused.value.errors]
    return type(refused.value).type_name(), rules


@WITH_OTHERS
@pytest.mark.parametrize("file", samples(), ids=lambda file: file.name)
def test_invoices_of_others_are_read_as_they_add_up(file: Path) -> None:
    read = read_invoice(file.read_bytes())

    # What is said beside the elements that are read: by any name, whatever the syntax.
    texts = {(one.text or "").strip() for one in ElementTree.parse(file).iter()}
    assert {read.number, read.currency, read.type_code, read.seller.name} <= texts
    assert read.net_amount + read.tax_amount == read.total_amount
    assert read.total_amount - read.prepaid_amount + read.rounding_amount == read.due_amount
    assert sum(line.net_amount for line in read.lines) == read.lines_amount
    assert len(read.lines) == sum(
        one.tag.rpartition("}")[2] in ("InvoiceLine", "CreditNoteLine", "IncludedSupplyChainTradeLineItem")
        for one in ElementTree.parse(file).iter()
    )


@WITH_OTHERS
def test_an_invoice_says_the_same_in_both_formats() -> None:
    pairs = 0
    for file in samples():
        other = file.with_name(file.name.replace("_ubl", "_uncefact"))
        if file != other and other.exists():
            one, two = (read_invoice(each.read_bytes()) for each in (file, other))
            # UBL wants an order where only the seller's own is known: two of them have a dummy.
            told = {"syntax", "order_number"}
            assert one.model_dump(exclude=told) == two.model_dump(exclude=told), file.name
            pairs += 1
    assert pairs >= 7


@WITH_OTHERS
def test_the_tests_of_the_standard_agree() -> None:
    judged = set()
    for file in sorted(file for folder in OF_OTHERS for file in folder.glob("en16931/*.xml")):
        for test in ElementTree.parse(file).getroot().findall("{*}test"):
            *_, fragment = test
            broken = rules_broken_by(ElementTree.tostring(fragment))
            for verdict in test.findall("{*}assert/*"):
                rule = (verdict.text or "").strip()
                if rule in CHECKED:
                    is_broken = verdict.tag.rpartition("}")[2] in ("error", "fatal")
                    assert (rule in broken) is is_broken, (file.name, rule, ElementTree.tostring(fragment))
                    judged.add((rule, is_broken))
    assert judged == {(rule, is_broken) for rule in CHECKED for is_broken in (False, True)}


def rules_broken_by(fragment: bytes) -> set[str]:
    """By a part of an invoice, in UBL."""
    refusals, root = Refusals(), xml.parse(fragment)[1]
    check(find(root, UBL, refusals), root.tag, refusals)
    return {rule for error in refusals.errors for rule in RULE.findall(error.message)}


_figures = st.decimals(min_value=Decimal("0.01"), max_value=10**6, places=2).map(str)
_prices = st.decimals(min_value=0, max_value=10**4, places=4).map(str)
_texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=20)
_names = _texts.filter(bool)
_lines = st.builds(
    Line,
    quantity=st.decimals(min_value=Decimal("-1000"), max_value=10**5, places=3).map(str),
    price=_prices,
    per=st.sampled_from(["", "10", "0.5"]),
    allowance=st.one_of(st.just(""), _figures),
    charge=st.one_of(st.just(""), _figures),
    order_line=_texts,
    seller_item=_texts,
    buyer_item=_texts,
    gtin=_texts,
    unit=st.sampled_from(["C62", "KGM"]),
    name=_names,
    rate=st.sampled_from(["0", "7", "19", "5.5"]),
)
_invoices = st.builds(
    Invoice,
    lines=st.lists(_lines, min_size=1, max_size=4).map(tuple),
    number=_names,
    issued_on=st.dates().map(str),
    order=_texts,
    seller=_names,
    vat_id=_texts,
    iban=_texts,
    currency=st.sampled_from(["EUR", "USD"]),
    allowance=st.one_of(st.just(""), _figures),
    charge=st.one_of(st.just(""), _figures),
    prepaid=st.one_of(st.just(""), _figures),
)


@settings(max_examples=60, deadline=None)
@given(_invoices)
def test_what_is_written_is_read_back(invoice: Invoice) -> None:
    read, sums = read_invoice(ubl(invoice)), invoice.sums()

    assert read_invoice(cii(invoice)) == read.model_copy(update={"syntax": "CII"})
    assert (read.number, str(read.issued_on), read.currency) == (
        invoice.number,
        invoice.issued_on,
        invoice.currency,
    )
    assert (read.order_number, read.seller.name, read.seller.vat_id) == (
        invoice.order,
        invoice.seller,
        invoice.vat_id,
    )
    said = (read.lines_amount, read.net_amount, read.tax_amount, read.total_amount, read.due_amount)
    assert said == tuple(sums[name] for name in ("lines", "net", "tax", "total", "due"))
    for got, line in zip(read.lines, invoice.lines, strict=True):
        assert (got.quantity, got.price, got.net_amount) == (
            Decimal(line.quantity),
            Decimal(line.price),
            line.net,
        )
        assert (got.price_quantity, got.rate_percent) == (Decimal(line.per or 1), Decimal(line.rate))
        assert (got.order_line, got.seller_item, got.buyer_item, got.standard_item) == (
            line.order_line,
            line.seller_item,
            line.buyer_item,
            line.gtin,
        )


@pytest.mark.parametrize(
    ("name", "says", "rule"),
    [
        ("lines_amount", "lines", "BR-CO-10"),
        ("net_amount", "net", "BR-CO-13"),
        ("tax_amount", "tax", "BR-CO-14"),
        ("total_amount", "total", "BR-CO-15"),
        ("due_amount", "due", "BR-CO-16"),
    ],
)
@pytest.mark.parametrize("write", [ubl, cii])
def test_a_sum_that_is_wrong_is_named_with_both_figures(
    write: Callable[[Invoice], bytes], name: str, says: str, rule: str
) -> None:
    right = an_invoice()
    was = Decimal(right.sums()[says])
    wrong = replace(right, says={says: str(was + Decimal("0.01"))})

    with pytest.raises(BusinessError) as refused:
        read_invoice(write(wrong))

    (error, *_) = [one for one in refused.value.errors if one.field == name]
    assert rule in error.message
    assert f"{was:f}" in error.message and f"{was + Decimal('0.01'):f}" in error.message


@pytest.mark.parametrize("write", [ubl, cii])
def test_all_that_is_missing_is_named_at_once(write: Callable[[Invoice], bytes]) -> None:
    content = write(an_invoice(number="", seller="", says={"total": ""}))

    assert why(content) == (
        "invoice-file-invalid",
        [("number", "BR-02"), ("seller.name", "BR-06"), ("total_amount", "BR-14")],
    )


def test_allowances_charges_and_taxes_are_added_up() -> None:
    content = ubl(an_invoice(allowance="2.00", charge="3.00"))

    assert why(content.replace(b"2.00</cbc:AllowanceTotal", b"2.01</cbc:AllowanceTotal"))[1] == [
        ("allowances_amount", "BR-CO-11"),
        ("net_amount", "BR-CO-13"),
    ]
    assert why(content.replace(b"3.00</cbc:ChargeTotal", b"3.01</cbc:ChargeTotal"))[1] == [
        ("charges_amount", "BR-CO-12"),
        ("net_amount", "BR-CO-13"),
    ]
    assert why(content.replace(b"41.00</cbc:TaxableAmount>", b"51.00</cbc:TaxableAmount>"))[1] == [
        ("taxes.0.tax_amount", "BR-CO-17")
    ]


def deep(levels: int) -> bytes:
    """So many elements in each other."""
    return b"<a>" * levels + b"</a>" * levels


MANY_LINES = (
    b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'
    + b"<InvoiceLine/>" * 199_000
    + b"</Invoice>"
)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (LAUGHS, "invoice-declares-entities"),
        (REACHES_OUT, "invoice-declares-entities"),
        (deep(50), "invoice-file-malformed"),
        (deep(100_000), "invoice-file-malformed"),
        (b"<a>" + b"<b/>" * 250_000 + b"</a>", "invoice-file-too-large"),
        (b"<Invoice>" + b" " * 50_000_000 + b"</Invoice>", "invoice-file-too-large"),
        (b"<Invoice>", "invoice-file-malformed"),
        (b'<?xml version="1.0" encoding="EBCDIC-DE"?><Invoice/>', "invoice-encoding-wrong"),
        (b"<?xml version='1.0' encoding='UTF-8'?><Invoice>\xe4</Invoice>", "invoice-file-malformed"),
        (b"", "invoice-format-unknown"),
        (b"RE 1;47.60", "invoice-format-unknown"),
        (b"<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>", "invoice-format-unknown"),
        (b"<Invoice/>", "invoice-format-unknown"),
        (b"%PDF-1.7 and nothing more", "invoice-file-malformed"),
        (pdf(), "no-invoice-in-pdf"),
        (pdf(("a.xml", b"<a/>"), ("b.xml", b"<b/>")), "no-invoice-in-pdf"),
        (pdf(("factur-x.xml", LAUGHS)), "invoice-declares-entities"),
        (pdf(("factur-x.xml", b"<a>" + b" " * 6_000_000)), "invoice-file-too-large"),
        (pdf(("factur-x.xml", LAUGHS), ("Factur-X.xml", LAUGHS)), "no-invoice-in-pdf"),
        (MANY_LINES, "invoice-file-too-large"),
    ],
    ids=range(20),
)
def test_what_is_hostile_or_no_invoice_is_refused_by_name(content: bytes, name: str) -> None:
    began = time.monotonic()

    assert why(content)[0] == name
    assert time.monotonic() - began < 5


def test_what_stands_where_the_format_does_not_have_it_is_refused() -> None:
    content = ubl(an_invoice()).replace(b"<cbc:IssueDate>", b"<cbc:Colour>red</cbc:Colour><cbc:IssueDate>")

    with pytest.raises(BusinessError, match="Colour") as refused:
        read_invoice(content)

    assert refused.value.type_name() == "invoice-file-malformed"


@pytest.mark.parametrize(
    ("was", "now", "field"),
    [
        (b'currencyID="EUR">40.00</cbc:LineEx', b'currencyID="USD">40.00</cbc:LineEx', "lines_amount"),
        (b">2026-03-11<", b">11.03.2026<", "issued_on"),
        (b">2026-03-11<", b">2026-02-30<", "issued_on"),
        (b">10</cbc:Invoiced", b">1e1</cbc:Invoiced", "lines.0.quantity"),
        (b">10</cbc:Invoiced", b">NaN</cbc:Invoiced", "lines.0.quantity"),
        (b">10</cbc:Invoiced", b">1000000000000000</cbc:Invoiced", "lines.0.quantity"),
        (b">4.00</cbc:Price", b">-4.00</cbc:Price", "lines.0.price"),
        (b">380<", b">105<", "type_code"),
        (b">EUR</cbc:Doc", b">eur</cbc:Doc", "currency"),
    ],
)
def test_what_cannot_be_counted_with_is_refused_at_its_place(was: bytes, now: bytes, field: str) -> None:
    content = ubl(an_invoice())
    assert was in content

    name, errors = why(content.replace(was, now, 1))

    assert name == "invoice-file-invalid"
    assert field in [error[0] for error in errors]


def test_the_tax_may_be_said_in_the_currency_of_the_state_as_well() -> None:
    more = b'<cac:TaxTotal><cbc:TaxAmount currencyID="DKK">56.70</cbc:TaxAmount></cac:TaxTotal>'
    content = ubl(an_invoice()).replace(b"<cac:LegalMonetaryTotal>", more + b"<cac:LegalMonetaryTotal>")

    assert read_invoice(content).tax_amount == Decimal("7.60")
    assert why(content.replace(b"DKK", b"EUR"))[1] == [("tax_amount", "BR-CO-15")]


def test_a_pdf_is_read_by_what_is_attached_to_it() -> None:
    invoice = an_invoice(order="PO-1")
    attached = pdf(("terms.xml", b"<terms/>"), ("factur-x.xml", cii(invoice)), ("note.txt", b"!"))

    assert read_invoice(attached) == read_invoice(cii(invoice))


def test_a_credit_note_says_so() -> None:
    assert read_invoice(ubl(an_invoice(code="381"), credit=True)).type_code == "381"


def test_no_other_attachment_of_a_pdf_is_unpacked() -> None:
    attached = pdf(("factur-x.xml", cii(an_invoice())), ("drawing.dwg", bytes(80_000_000)))

    assert read_invoice(attached).number == "RE 1"


@pytest.mark.parametrize(("code", "credit"), [("380", True), ("381", False)])
def test_a_code_that_contradicts_the_document_is_refused(code: str, credit: bool) -> None:
    assert why(ubl(an_invoice(code=code), credit=credit))[1][0][0] == "type_code"


def test_what_the_sender_has_marked_as_a_test_is_no_invoice() -> None:
    marked = b"<ram:TestIndicator><udt:Indicator>true</udt:Indicator></ram:TestIndicator>"
    head = b"<rsm:ExchangedDocumentContext>"

    content = cii(an_invoice()).replace(head, head + marked.replace(b"ram:Test", b"ram:Test"))

    assert why(content)[1][0][0] == "is_test"


def test_a_hundred_lines_are_read_in_no_time() -> None:
    content = ubl(an_invoice(*[Line()] * 100))
    read_invoice(content)
    began = time.process_time()

    assert len(read_invoice(content).lines) == 100
    assert time.process_time() - began < 2
