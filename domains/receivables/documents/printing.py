"""An invoice or a credit note of the books as it is printed."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from domains.ledger.queries import documents as ledger
from domains.ledger.queries.documents import RefundView
from domains.master_data import letterhead
from domains.master_data.letterhead import InvoicingCompany
from domains.receivables.documents.credit_note import CreditNoteDocument, CreditNoteRefund
from domains.receivables.documents.invoice import (
    InvoiceDelivery,
    InvoiceDiscount,
    InvoiceDocument,
    InvoiceInstalment,
    PrintedLine,
    PrintedTax,
)
from domains.receivables.queries import credit_notes, documents
from domains.receivables.queries.credit_notes import CreditNoteView
from domains.receivables.queries.documents import InvoiceLineView, InvoiceTaxView, InvoiceView
from foundation.database.transaction import Transaction


def printed(invoice: InvoiceView) -> InvoiceDocument:
    """Everything that is printed, as it was when it was billed.

    It is dated the day on which the last of what it bills had left: so that is the day of supply. A
    collective invoice says so of each delivery.
    """
    discount = None
    if invoice.discount_until is not None and invoice.discount_amount:
        discount = InvoiceDiscount(
            percent=invoice.discount_percent,
            until=invoice.discount_until,
            amount_to_pay=invoice.total_amount - invoice.discount_amount,
        )
    return InvoiceDocument(
        company=InvoicingCompany(**invoice.company),
        customer=letterhead.addressee(invoice.customer),
        invoice_number=invoice.invoice_number,
        invoiced_on=invoice.invoiced_on,
        order_number=invoice.order_number or "",
        customer_reference=invoice.customer_reference,
        supplied_on=invoice.invoiced_on if invoice.order_id else None,
        shipment_number=invoice.shipment_number,
        currency=invoice.currency,
        rate=invoice.rate,
        prices_include_tax=invoice.prices_include_tax,
        lines=tuple(
            _line(line, invoice).model_copy(update={"delivery": _delivery(line, invoice)})
            for line in invoice.lines
        ),
        taxes=_taxes(invoice.taxes),
        net_amount=invoice.net_amount,
        tax_amount=invoice.tax_amount,
        total_amount=invoice.total_amount,
        instalments=tuple(
            InvoiceInstalment(due_on=item.due_on, amount=item.amount) for item in invoice.open_items
        ),
        discount=discount,
        payment_terms_name=invoice.terms["name"],
    )


async def credit_note_to_print(tx: Transaction, credit_note_id: UUID) -> CreditNoteDocument:
    """A credit note with what was refunded of it so far. Refuses: NotFound."""
    note = await credit_notes.credit_note(tx, credit_note_id)
    invoice = await documents.invoice(tx, note.invoice_id)
    refunds = await ledger.REFUNDS.all(tx, "number", credit_note_id=credit_note_id)
    refunded = [refund for refund in refunds if refund.reversed_by is None]
    return printed_credit_note(note, invoice, refunded)


def printed_credit_note(
    note: CreditNoteView, invoice: InvoiceView, refunds: Iterable[RefundView]
) -> CreditNoteDocument:
    """Everything that is printed, as it was; the customer as it was when it was billed."""
    names = set(CreditNoteDocument.model_fields) & set(CreditNoteView.model_fields)
    same = {name: getattr(note, name) for name in names - {"company", "customer", "lines", "taxes"}}
    return CreditNoteDocument(
        company=InvoicingCompany(**note.company),
        customer=letterhead.addressee(note.customer),
        customer_reference=_reference(note, invoice),
        prices_include_tax=invoice.prices_include_tax,
        lines=tuple(_line(line, invoice) for line in note.lines),
        # A tax of which only the discount is reversed is not credited.
        taxes=_taxes(tax for tax in note.taxes if tax.base_amount or tax.tax_amount),
        refunds=tuple(
            CreditNoteRefund(
                refund_number=refund.refund_number, refunded_on=refund.refunded_on, amount=refund.amount
            )
            for refund in refunds
        ),
        **same,
    )


def _reference(note: CreditNoteView, invoice: InvoiceView) -> str:
    """The customer's, of the order that is credited."""
    of_order = (order.customer_reference for order in invoice.orders if order.order_id == note.order_id)
    return next(of_order, invoice.customer_reference)


def _taxes(taxes: Iterable[InvoiceTaxView]) -> tuple[PrintedTax, ...]:
    return tuple(
        PrintedTax(**{name: getattr(tax, name) for name in PrintedTax.model_fields}) for tax in taxes
    )


def _line(line: InvoiceLineView, invoice: InvoiceView) -> PrintedLine:
    rates = [tax.rate_percent for tax in invoice.taxes if tax.tax_code == line.tax_code]
    return PrintedLine(
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


def _delivery(line: InvoiceLineView, invoice: InvoiceView) -> InvoiceDelivery | None:
    """The delivery that a line of a collective invoice belongs to."""
    if line.delivered_on is None:
        return None
    (order,) = (order for order in invoice.orders if order.order_id == line.order_id)
    return InvoiceDelivery(
        order_number=order.order_number,
        customer_reference=order.customer_reference,
        shipment_number=line.shipment_number,
        delivered_on=line.delivered_on,
    )
