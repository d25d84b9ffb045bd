"""An invoice of the books as it is printed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domains.finance.documents.invoice import (
    InvoiceDiscount,
    InvoiceDocument,
    InvoiceInstalment,
    InvoiceLine,
    InvoiceTax,
)
from domains.finance.documents.letterhead import InvoicedCustomer, InvoicingCompany
from domains.finance.queries.documents import InvoiceLineView, InvoiceView
from domains.master_data.views import CompanyView, PaymentTermsView

OF_A_PARTY = ("name", "address", "postal_code", "city", "country", "tax_number")


def sender(company: CompanyView) -> InvoicingCompany:
    """The company at the head and the foot of a letter."""
    names = (*OF_A_PARTY, "iban", "bic", "email")
    return InvoicingCompany(**{name: getattr(company, name) for name in names})


def recipient(customer: Mapping[str, Any]) -> InvoicedCustomer:
    """Who a letter goes to, as it was when it was written."""
    return InvoicedCustomer(**{name: customer[name] for name in (*OF_A_PARTY, "code", "language")})


def printed(invoice: InvoiceView, company: CompanyView, terms: PaymentTermsView | None) -> InvoiceDocument:
    """Everything that is printed; the customer as it was when it was billed."""
    discount = None
    if terms is not None and invoice.discount_until is not None and invoice.discount_amount:
        discount = InvoiceDiscount(
            percent=terms.discount_percent,
            until=invoice.discount_until,
            amount_to_pay=invoice.total_amount - invoice.discount_amount,
        )
    return InvoiceDocument(
        company=sender(company),
        customer=recipient(invoice.customer),
        invoice_number=invoice.invoice_number,
        invoiced_on=invoice.invoiced_on,
        order_number=invoice.order_number,
        customer_reference=invoice.customer_reference,
        shipment_number=invoice.shipment_number,
        currency=invoice.currency,
        prices_include_tax=invoice.prices_include_tax,
        lines=tuple(_line(line, invoice) for line in invoice.lines),
        taxes=tuple(
            InvoiceTax(**{name: getattr(tax, name) for name in InvoiceTax.model_fields})
            for tax in invoice.taxes
        ),
        net_amount=invoice.net_amount,
        tax_amount=invoice.tax_amount,
        total_amount=invoice.total_amount,
        instalments=tuple(
            InvoiceInstalment(due_on=item.due_on, amount=item.amount) for item in invoice.open_items
        ),
        discount=discount,
        payment_terms_name=terms.name if terms else "",
    )


def _line(line: InvoiceLineView, invoice: InvoiceView) -> InvoiceLine:
    rates = [tax.rate_percent for tax in invoice.taxes if tax.tax_code == line.tax_code]
    return InvoiceLine(
        line_number=line.line_number,
        item_code=line.item_code,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent.quantize(Decimal("0.0001")),
        amount=line.net_amount + line.tax_amount if invoice.prices_include_tax else line.net_amount,
        tax_code=line.tax_code,
        tax_rate_percent=rates[0] if len(rates) == 1 else None,
    )
