"""Why the file of an invoice is refused before what it says is looked at, or for what it says."""

from foundation.values.errors import BusinessError


class InvoiceFormatUnknown(BusinessError):
    """The file is none of those that are read: UBL 2.1, UN/CEFACT CII, or a PDF with one of them in it."""


class NoInvoiceInPdf(BusinessError):
    """The PDF has no invoice in it that a program can read, or more than one: enter it by hand."""


class InvoiceDeclaresEntities(BusinessError):
    """The file declares a document type: with it come entities, which no invoice needs."""


class InvoiceEncodingWrong(BusinessError):
    """The file's characters are not those of the encoding that it says."""


class InvoiceFileTooLarge(BusinessError):
    """The file, or the invoice in it, is larger than an invoice may be."""

    status = 413


class InvoiceFileMalformed(BusinessError):
    """The file breaks the rules of its format: the refusal says where."""


class InvoiceFileInvalid(BusinessError):
    """What the file says is incomplete or contradicts itself; `errors` names every business term (BT) and
    group (BG) of EN 16931 that is missing or wrong, with the rule (BR) that it breaks.
    """
