"""The invoice that a PDF carries (Factur-X, ZUGFeRD): the file attached to it, and not what is printed."""

import io
from collections.abc import Mapping
from typing import Any

from pypdf import PdfReader, apply_configuration

from domains.payables.files.refusals import InvoiceFileMalformed, NoInvoiceInPdf
from domains.payables.files.xml import MOST_BYTES

NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""By Factur-X 1.0, ZUGFeRD 2.0 and XRechnung."""
_LIMITS: Mapping[str, Any] = {
    f"{name}_maximum_output_length": MOST_BYTES for name in ("zlib", "lzw", "run_length", "brotli")
}


def attached_invoice(content: bytes) -> bytes:
    """The attachment with one of the names of the standards, or else the only one that is XML.

    No other is unpacked, and nothing that is larger than an invoice. Refuses: NoInvoiceInPdf,
    InvoiceFileMalformed.
    """
    try:
        with apply_configuration(**_LIMITS):
            attached = [(one.name.lower(), one) for one in PdfReader(io.BytesIO(content)).attachment_list]
            named = [one for name, one in attached if name in NAMES]
            found = named or [one for name, one in attached if name.endswith(".xml")]
            if len(found) == 1:
                return bytes(found[0].content)
    except Exception as wrong:  # Whatever a damaged or hostile file makes the reader fail with.
        raise InvoiceFileMalformed(f"the PDF cannot be read: {wrong}"[:300]) from None
    names = ", ".join(name for name, _ in attached)[:200] or "nothing"
    raise NoInvoiceInPdf(f"attached to the PDF is {names}, and not one invoice: enter it by hand")
