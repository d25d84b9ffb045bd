"""Which format the file of an invoice has, and what it says."""

import logging
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from facturx import xml_check_xsd

from domains.payables.files.checks import check
from domains.payables.files.elements import TermsFound, Values, find
from domains.payables.files.pdf import attached_invoice
from domains.payables.files.refusals import (
    InvoiceFileInvalid,
    InvoiceFileMalformed,
    InvoiceFormatUnknown,
)
from domains.payables.files.terms import CII, UBL, Syntax
from domains.payables.files.xml import parse
from domains.payables.messages.invoice_files import (
    ReadInvoice,
    ReadInvoiceCharge,
    ReadInvoiceLine,
    ReadInvoiceParty,
    ReadInvoiceTax,
)
from foundation.values.errors import Refusals
from foundation.values.money import ONE, ZERO

_UBL = "urn:oasis:names:specification:ubl:schema:xsd"
_SYNTAXES: Mapping[tuple[str, str], tuple[Syntax, str]] = {
    (f"{_UBL}:Invoice-2", "Invoice"): (UBL, "ubl-2.1-invoice"),
    (f"{_UBL}:CreditNote-2", "CreditNote"): (UBL, "ubl-2.1-creditnote"),
    ("urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100", "CrossIndustryInvoice"): (
        CII,
        "factur-x",
    ),
}
"""By namespace and element: how it is read, and what the library calls its schema."""
_CHECK_XSD: Callable[..., object] = xml_check_xsd
"""The library has no types for it."""
_WIDEST = "extended"
"""The level of Factur-X whose schema has all that the others have; UBL has no levels."""
_XML_BEGINS = (b"<", b"\xff\xfe", b"\xfe\xff")
_UTF8_BOM = b"\xef\xbb\xbf"
# The library writes to the log what a file breaks: it is our answer, and no error of ours.
logging.getLogger("factur-x").setLevel(logging.CRITICAL)


def read_invoice(content: bytes) -> ReadInvoice:
    """What the file of an invoice or credit note says; each of its rules that it breaks is named at once.

    Refuses: InvoiceFormatUnknown, NoInvoiceInPdf, InvoiceDeclaresEntities, InvoiceEncodingWrong,
    InvoiceFileTooLarge, InvoiceFileMalformed, InvoiceFileInvalid.
    """
    xml = attached_invoice(content) if content.startswith(b"%PDF-") else content
    if not xml.removeprefix(_UTF8_BOM).lstrip().startswith(_XML_BEGINS):
        raise InvoiceFormatUnknown(
            "the file is neither XML nor PDF: an invoice is UBL 2.1, CII, or a PDF with CII"
        )
    namespace, root = parse(xml)
    syntax, schema = _syntax_of(namespace, root)
    refusals = Refusals()
    found = find(root, syntax, refusals)
    check(found, root.tag, refusals)
    refusals.raise_if_any(InvoiceFileInvalid)
    _check_schema(xml, schema)
    return _message(found, syntax)


def _syntax_of(namespace: str, root: Element) -> tuple[Syntax, str]:
    known = _SYNTAXES.get((namespace, root.tag))
    if known is None:
        what = f"{root.tag} of {namespace or 'no namespace'}"[:200]
        raise InvoiceFormatUnknown(f"the file is {what}: read are Invoice and CreditNote of UBL 2.1, and CII")
    return known


def _check_schema(xml: bytes, schema: str) -> None:
    """Refuses: InvoiceFileMalformed, with the first element that stands where it must not."""
    try:
        _CHECK_XSD(xml, flavor=schema, level=_WIDEST)
    except Exception as wrong:  # The library has no class of its own for it.
        why = str(wrong.__cause__ or wrong)[:500]
        raise InvoiceFileMalformed(f"the file is not valid by the schema of its format: {why}") from None


def _message(found: TermsFound, syntax: Syntax) -> ReadInvoice:
    head = {name: value for name, value in found.head.items() if "." not in name and name != "is_test"}
    return ReadInvoice(
        **_without_none(head | {"tax_amount": found.head["tax_amount"] or ZERO}),
        syntax=syntax.name,
        seller=_party(found.head, "seller"),
        buyer=_party(found.head, "buyer"),
        lines=tuple(_line(line) for line in found.lines),
        charges=tuple(ReadInvoiceCharge(**_without_none(charge)) for charge in found.charges),
        taxes=tuple(
            ReadInvoiceTax(**_without_none(tax | {"rate_percent": tax["rate_percent"] or ZERO}))
            for tax in found.taxes
        ),
    )


def _party(head: Values, name: str) -> ReadInvoiceParty:
    return ReadInvoiceParty(name=head[f"{name}.name"], vat_id=head[f"{name}.vat_id"])


def _line(line: Values) -> ReadInvoiceLine:
    charges = tuple(ReadInvoiceCharge(**_without_none(charge)) for charge in line["charges"])
    rate, count = line["rate_percent"] or ZERO, line["price_quantity"] or ONE
    return ReadInvoiceLine(
        **_without_none(line | {"rate_percent": rate, "price_quantity": count, "charges": charges})
    )


def _without_none(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
