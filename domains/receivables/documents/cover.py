"""What is written in the mail that an invoice or a credit note comes with, in the customer's language."""

from domains.master_data.letterhead import figures_in
from domains.receivables.documents.credit_note import CreditNoteDocument, settlement
from domains.receivables.documents.invoice import InvoiceDocument
from domains.receivables.documents.wording import WORDING
from foundation.values.figures import Figures

TEXT = {
    "de": """Guten Tag,

im Anhang finden Sie unsere Rechnung {number} vom {day} über {total}{order}.
{payment}

Mit freundlichen Grüßen
{company}
""",
    "en": """Dear customer,

please find enclosed our invoice {number} of {day} for {total}{order}.
{payment}

Kind regards
{company}
""",
}
ORDER = {"de": " zu Ihrem Auftrag {order}", "en": " for your order {order}"}

CREDIT_NOTE_TEXT = {
    "de": """Guten Tag,

im Anhang finden Sie unsere Rechnungskorrektur {number} vom {day} über {total} zur Rechnung {invoice}.
{settlement}

Mit freundlichen Grüßen
{company}
""",
    "en": """Dear customer,

please find enclosed our credit note {number} of {day} for {total} on invoice {invoice}.
{settlement}

Kind regards
{company}
""",
}


def subject(document: InvoiceDocument) -> str:
    """The subject of the mail."""
    return f"{WORDING[document.customer.language].invoice} {document.invoice_number}"


def text(document: InvoiceDocument) -> str:
    """The mail: which invoice this is, over how much, and when to pay."""
    language = document.customer.language
    figures = figures_in(document.customer.language, document.currency)
    order = ORDER[language].format(order=document.order_number) if document.order_number else ""
    return TEXT[language].format(
        number=document.invoice_number,
        day=figures.day(document.invoiced_on),
        total=figures.amount(document.total_amount),
        order=order,
        payment=_payment(document, figures),
        company=document.company.name,
    )


def _payment(document: InvoiceDocument, figures: Figures) -> str:
    words = WORDING[document.customer.language]
    if document.total_amount <= 0 or not document.instalments:
        return words.nothing_due
    if len(document.instalments) > 1:
        return words.due_in_instalments.format(count=len(document.instalments)).rstrip(":") + "."
    return words.due.format(due_on=figures.day(document.instalments[0].due_on))


def credit_note_subject(document: CreditNoteDocument) -> str:
    """The subject of the mail."""
    return f"{WORDING[document.customer.language].credit_note} {document.credit_note_number}"


def credit_note_text(document: CreditNoteDocument) -> str:
    """The mail: which invoice is corrected, by how much, and what becomes of it."""
    language = document.customer.language
    figures = figures_in(document.customer.language, document.currency)
    return CREDIT_NOTE_TEXT[language].format(
        number=document.credit_note_number,
        day=figures.day(document.credited_on),
        total=figures.amount(document.total_amount),
        invoice=document.invoice_number,
        settlement="\n".join(settlement(document)),
        company=document.company.name,
    )
