"""The credit note that a customer receives: laid out as the invoice is, which it names and takes back.

Nothing is computed here but what is left of the money on account when refunds are taken off.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from domains.master_data import letterhead
from domains.master_data.letterhead import figures_in
from domains.receivables.documents import invoice
from domains.receivables.documents.invoice import PrintedDocument
from domains.receivables.documents.wording import WORDING, Wording
from foundation.values.figures import Figures
from foundation.values.messages import Amount, Message, Text
from foundation.values.money import ZERO


class CreditNoteRefund(Message):
    """Money that went back to the customer, from what the credit note put on account."""

    refund_number: str
    refunded_on: date
    amount: Amount


class CreditNoteDocument(PrintedDocument):
    """Everything that is printed on a credit note; `invoice_number` and `invoiced_on` say what it corrects.

    It must refer to that invoice "specifically and unambiguously" (Directive 2006/112/EC, art. 219).
    """

    credit_note_number: str
    credited_on: date
    reason: Text
    settled_amount: Amount
    """By how much the invoice is less open. The rest had been settled: the four parts add up to the total."""
    on_account_amount: Amount
    discount_amount: Amount
    written_off_amount: Amount
    refunds: tuple[CreditNoteRefund, ...] = ()


def credit_note_pdf(document: CreditNoteDocument) -> bytes:
    """The credit note as a PDF, ready to send; the same document gives the same bytes."""
    return letterhead.rendered(invoice.LAYOUT, _printed(document), document.credited_on)


def settlement(document: CreditNoteDocument) -> list[str]:
    """What becomes of the amount, a sentence for each part of it, in the customer's language."""
    words = WORDING[document.customer.language]
    figures = figures_in(document.customer.language, document.currency)
    kept = document.on_account_amount - sum((refund.amount for refund in document.refunds), ZERO)
    refunds = [
        words.refunded.format(
            amount=figures.amount(refund.amount),
            day=figures.day(refund.refunded_on),
            number=refund.refund_number,
        )
        for refund in document.refunds
    ]

    def told(words: str, amount: Decimal) -> list[str]:
        return (
            [words.format(amount=figures.amount(amount), invoice=document.invoice_number)] if amount else []
        )

    sentences = [
        *told(words.off_open_item, document.settled_amount),
        *told(words.to_account, kept),
        *refunds,
        *told(words.was_discount, document.discount_amount),
        *told(words.was_small_difference, document.written_off_amount),
    ]
    return sentences or [words.nothing_credited]


def _printed(document: CreditNoteDocument) -> dict[str, Any]:
    """What the layout of the invoice prints, in its places."""
    words = WORDING[document.customer.language]
    figures = figures_in(document.customer.language, document.currency)
    return {
        **invoice.charged(document, words, figures, total=words.total_credited),
        "title": f"{words.credit_note} {document.credit_note_number}",
        "facts": _facts(document, words, figures),
        "opening": _opening(document, words, figures),
        "payment": {
            "title": words.how_settled,
            "terms": "",
            "sentences": settlement(document),
            "instalments": [],
            "instalment_heads": [],
            "bank": [],
        },
        "notes": "",
    }


def _facts(document: CreditNoteDocument, words: Wording, figures: Figures) -> list[list[str]]:
    facts = [
        [words.credit_note_number, document.credit_note_number],
        [words.credited_on, figures.day(document.credited_on)],
        *invoice.facts_of_invoice(document, words, figures),
        *invoice.facts_of_customer(document, words),
    ]
    return [fact for fact in facts if fact[1]]


def _opening(document: CreditNoteDocument, words: Wording, figures: Figures) -> list[str]:
    """Which invoice is corrected, and why."""
    reason = document.reason.strip()
    credits = words.credits.format(invoice=document.invoice_number, day=figures.day(document.invoiced_on))
    return [credits, *([words.reason.format(reason=reason)] if reason else [])]
