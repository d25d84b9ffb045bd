"""What others may be told of invoices, credit notes and dunning."""

from datetime import date
from typing import Literal
from uuid import UUID

from domains.ledger.messages.events import SettledDocument
from domains.receivables.messages.collective import Month
from foundation.values.events import EventPart, PublicEvent
from foundation.values.messages import ShownAmount


class InvoicePostedEvent(PublicEvent, name="receivables.invoice_posted"):
    """An order was billed, wholly or in part."""

    invoice_id: UUID
    invoice_number: str
    order_id: UUID
    order_number: str
    shipment_id: UUID | None = None
    shipment_number: str | None = None
    customer_code: str
    invoiced_on: date
    due_on: date
    """The last instalment's due date."""
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount


class CollectiveInvoicePostedEvent(
    PublicEvent, name="receivables.collective_invoice_posted", only_with="invoice_id"
):
    """A customer's orders of a month were billed together."""

    invoice_id: UUID
    invoice_number: str
    customer_code: str
    month: Month
    due_on: date
    """The last instalment's due date."""
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount


class DirectInvoicePostedEvent(PublicEvent, name="receivables.direct_invoice_posted"):
    """A customer was charged without an order; also by a debit note, which charges more on an invoice."""

    invoice_id: UUID
    invoice_number: str
    corrects_id: UUID | None = None
    """The invoice on which a debit note charges more."""
    customer_code: str
    invoiced_on: date
    due_on: date
    """The last instalment's due date."""
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount


class ReceivableWrittenOffEvent(PublicEvent, name="receivables.receivable_written_off"):
    """What was open was written off: a small difference, or a bad debt with its output tax."""

    write_off_id: UUID
    write_off_number: str
    kind: Literal["small_difference", "bad_debt"]
    document_type: str
    document_id: UUID
    document_number: str
    customer_code: str
    written_off_on: date
    currency: str
    amount: ShownAmount
    """Negative of a customer's money on account."""
    tax_amount: ShownAmount
    settled: SettledDocument | None = None


class ReceivableReversedEvent(PublicEvent, name="receivables.document_reversed"):
    """A credit note, a dunning letter's charge or a write-off was reversed."""

    reversal_id: UUID
    reversal_number: str
    document_type: str
    """`credit_note`, `dunning_letter` or `write_off`."""
    document_id: UUID
    document_number: str
    reversed_on: date


class CreditNotePostedEvent(
    PublicEvent, name="receivables.credit_note_posted", only_with="credit_note_number"
):
    """An invoice was credited, wholly or in part."""

    credit_note_id: UUID
    credit_note_number: str
    invoice_id: UUID
    invoice_number: str
    credited_on: date
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
    settled: SettledDocument | None = None
    """What it did to the invoice; empty when nothing was open on it."""
    on_account_amount: ShownAmount
    """What the customer had paid of it and has on account now."""


class DunningLetterPosted(EventPart):
    """A dunning letter in one currency: what it demands in all, with its fee and interest."""

    letter_id: UUID
    letter_number: str
    currency: str
    fee_amount: ShownAmount
    interest_amount: ShownAmount
    total_amount: ShownAmount


class CustomerRemindedEvent(PublicEvent, name="receivables.customer_reminded", only_with="letters"):
    """Dunning letters to a customer were posted, one for each currency."""

    dunning_id: UUID
    customer_code: str
    level: int
    letters: tuple[DunningLetterPosted, ...]


class DunningDisputedEvent(PublicEvent, name="receivables.dunning_disputed"):
    """A customer disputes what is overdue: no dunning letter speaks of it."""

    dunning_id: UUID
    invoice_id: UUID | None = None
    """The invoice that is disputed; all of them when empty."""


class DunningPromisedEvent(PublicEvent, name="receivables.dunning_promised"):
    """A customer has promised to pay by a day."""

    dunning_id: UUID
    until: date


class DunningResumedEvent(PublicEvent, name="receivables.dunning_resumed"):
    """Disputes and promises are over: dunning letters are written again."""

    dunning_id: UUID


class DunningEndedEvent(PublicEvent, name="receivables.dunning_ended"):
    """A person has ended a dunning: no more letters are written. One that is paid ends unannounced."""

    dunning_id: UUID
    ended_on: date
    outcome: Literal["paid", "excluded", "stopped"]
