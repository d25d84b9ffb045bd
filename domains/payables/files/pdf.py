"""The invoice that a PDF carries (Factur-X, ZUGFeRD): the file attached to it, and not what is printed."""

import io

from pypdf import PdfReader

from domains.payables.files.refusals import InvoiceFileMalformed, NoInvoiceInPdf

NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""By Factur-X 1.0, ZUGFeRD 2.0 and XRechnung."""


def attached_invoice(content: bytes) -> bytes:
    """The attachment with one of the names of the standards, or else the only one that is XML.

    Refuses: NoInvoiceInPdf, InvoiceFileMalformed.
    """
    try:
        attached = [(one.name.lower(), one.content) for one in PdfReader(io.BytesIO(content)).attachment_list]
    except Exception as wrong:  # Whatever a damaged or hostile file makes the reader fail with.
        raise InvoiceFileMalformed(f"the PDF cannot be read: {wrong}"[:300]) from None
    named = [data for name, data in attached if name in NAMES]
    found = named or [data for name, data in attached if name.endswith(".xml")]
    if len(found) != 1:
        names = ", ".join(name for name, _ in attached)[:200] or "nothing"
        raise NoInvoiceInPdf(f"attached to the PDF is {names}, and not one invoice: enter it by hand")
    return found[0]
