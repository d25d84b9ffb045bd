"""The remittance advice that a supplier receives: which of its invoices a payment pays, in its language.

Nothing is computed here but sums: the figures are those of the file for the bank.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from domains.master_data import letterhead
from domains.master_data.views import CompanyView, SupplierView
from foundation.values.figures import Figures
from foundation.values.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceWording:
    """One language's words. Braces are filled in."""

    title: str
    end_to_end_id: str
    ordered_on: str
    account: str
    supplier_code: str
    salutation: str
    opening: str
    theirs: str
    ours: str
    invoiced: str
    discount: str
    paid: str
    invoices: str
    discounts: str
    total: str
    mail: str


WORDS: Final = {
    "de": AdviceWording(
        title="Zahlungsavis {number}",
        end_to_end_id="Zahlung",
        ordered_on="Ausführung am",
        account="Von unserem Konto",
        supplier_code="Lieferantennummer",
        salutation="Guten Tag,",
        opening="wir haben unsere Bank beauftragt, Ihnen am {day} den Betrag für die folgenden Rechnungen zu"
        " überweisen, auf Ihr Konto mit den letzten Ziffern {iban}.",
        theirs="Ihre Rechnung",
        ours="Unsere Nummer",
        invoiced="Betrag {currency}",
        discount="Skonto {currency}",
        paid="Zahlung {currency}",
        invoices="Rechnungen",
        discounts="Skonto",
        total="Zahlungsbetrag",
        mail="""Guten Tag,

wir haben unsere Bank beauftragt, Ihnen am {day} den Betrag von {total} zu überweisen (Zahlung {number}).
Welche Rechnungen er bezahlt, finden Sie im Anhang.

Mit freundlichen Grüßen
{company}
""",
    ),
    "en": AdviceWording(
        title="Remittance advice {number}",
        end_to_end_id="Payment",
        ordered_on="Paid on",
        account="From our account",
        supplier_code="Supplier number",
        salutation="Dear supplier,",
        opening="we have ordered our bank to transfer what is due for the following invoices to your account"
        " ending in {iban} on {day}.",
        theirs="Your invoice",
        ours="Our number",
        invoiced="Amount {currency}",
        discount="Discount {currency}",
        paid="Paid {currency}",
        invoices="Invoices",
        discounts="Cash discount",
        total="Payment",
        mail="""Dear supplier,

we have ordered our bank to transfer {total} to you on {day} (payment {number}).
Please find enclosed which invoices it pays.

Kind regards
{company}
""",
    ),
}


@dataclass(frozen=True)
class AdvisedInvoice:
    """An invoice that the payment pays, or a part of one: what is paid, and what is taken off."""

    invoice_number: str
    supplier_number: str
    amount: Decimal
    discount_amount: Decimal


@dataclass(frozen=True)
class RemittanceAdvice:
    """A payment as its supplier is told of it."""

    end_to_end_id: str
    ordered_on: date
    currency: str
    iban: str
    """The supplier's; `own_iban` is ours."""
    own_iban: str
    invoices: Sequence[AdvisedInvoice]

    @property
    def amount(self) -> Decimal:
        """What is paid."""
        return sum((one.amount for one in self.invoices), ZERO)

    @property
    def discount_amount(self) -> Decimal:
        """What is taken off in all."""
        return sum((one.discount_amount for one in self.invoices), ZERO)


def title(advice: RemittanceAdvice, supplier: SupplierView) -> str:
    """What the advice is called: the subject of its mail, too."""
    return WORDS[supplier.language].title.format(number=advice.end_to_end_id)


def mail_text(advice: RemittanceAdvice, company: CompanyView, supplier: SupplierView) -> str:
    """The mail that the advice comes with."""
    figures = letterhead.figures_in(supplier.language, advice.currency)
    return WORDS[supplier.language].mail.format(
        day=figures.day(advice.ordered_on),
        total=figures.amount(advice.amount),
        number=advice.end_to_end_id,
        company=company.name,
    )


def advice_pdf(advice: RemittanceAdvice, company: CompanyView, supplier: SupplierView) -> bytes:
    """The advice as a PDF, ready to send: A4, DIN 5008 form B, the address in the envelope's window."""
    return letterhead.rendered(letterhead.LETTER, _printed(advice, company, supplier), advice.ordered_on)


def _printed(advice: RemittanceAdvice, company: CompanyView, supplier: SupplierView) -> dict[str, Any]:
    own = letterhead.sender(company, advice.currency)
    reader = letterhead.addressee(supplier.model_dump())
    words, figures = WORDS[reader.language], letterhead.figures_in(reader.language, advice.currency)
    day = figures.day(advice.ordered_on)
    return {
        **letterhead.around(own, reader, figures),
        "title": title(advice, supplier),
        "facts": [
            [words.end_to_end_id, advice.end_to_end_id],
            [words.ordered_on, day],
            [words.account, f"… {advice.own_iban[-4:]}"],
            [words.supplier_code, supplier.code],
        ],
        "paragraphs": [words.salutation, words.opening.format(day=day, iban=advice.iban[-4:])],
        "heads": _heads(advice, words),
        "lines": [_line(one, advice, figures) for one in advice.invoices],
        "sums": _sums(advice, words, figures),
        "payment": "",
        "bank": [],
        "notes": [],
    }


def _heads(advice: RemittanceAdvice, words: AdviceWording) -> list[str]:
    money = [words.invoiced, words.discount, words.paid] if advice.discount_amount else [words.paid]
    return [words.theirs, words.ours, *(head.format(currency=advice.currency) for head in money)]


def _line(invoice: AdvisedInvoice, advice: RemittanceAdvice, figures: Figures) -> list[str]:
    """What the supplier calls the invoice comes first; where that is not known, our number stands alone."""
    numbers = [invoice.supplier_number or invoice.invoice_number, invoice.invoice_number]
    if not advice.discount_amount:
        return [*numbers, figures.plain_amount(invoice.amount)]
    whole = invoice.amount + invoice.discount_amount
    discount = figures.plain_amount(invoice.discount_amount) if invoice.discount_amount else ""
    return [*numbers, figures.plain_amount(whole), discount, figures.plain_amount(invoice.amount)]


def _sums(advice: RemittanceAdvice, words: AdviceWording, figures: Figures) -> list[list[str]]:
    """What it comes to, and last what is paid."""
    total = [words.total, figures.amount(advice.amount)]
    if not advice.discount_amount:
        return [total]
    whole = advice.amount + advice.discount_amount
    return [
        [words.invoices, figures.amount(whole)],
        [words.discounts, figures.amount(-advice.discount_amount)],
        total,
    ]
