"""What may be corrected by hand, and what belongs to a process that counts on it."""

from collections.abc import Sequence
from decimal import Decimal

from domains.ledger.rules.reversals import StandsOnIt
from foundation.values.errors import BusinessError


class BilledByProcess(BusinessError):
    """The invoice bills an order: what was delivered is taken back through the order's process."""

    status = 409


class WrittenByProcess(BusinessError):
    """A return or a cancellation wrote the credit note, and goods came back for it."""

    status = 409


class NothingWasCharged(BusinessError):
    """The dunning letter charged neither a fee nor interest: there is nothing to take back."""

    status = 409


def check_has_no_process(number: str, process_id: str, order_number: str | None) -> None:
    """Only what no order has billed is credited by quantity, or in full. Refuses: BilledByProcess."""
    if not process_id:
        return
    order = order_number or "several orders"
    raise BilledByProcess(
        f"{number} bills {order}: cancel it with POST /v1/sales-orders/{{order_id}}/cancellation, take its "
        "goods back with POST /v1/sales-orders/{order_id}/returns, or credit a value of the invoice with "
        "POST /v1/invoices/{invoice_id}/credit-notes"
    )


def check_no_allowance(number: str, allowances: Sequence[str]) -> None:
    """What was allowed on an invoice would be owed again when it is billed again. Refuses: StandsOnIt."""
    if allowances:
        raise StandsOnIt(
            f"{', '.join(allowances)} allows a value on {number} that would be billed again: reverse it "
            "first, with POST /v1/credit-notes/{credit_note_id}/reversal, and allow it on the new invoice"
        )


def check_written_by_hand(number: str, process_id: str | None, invoice_number: str) -> None:
    """What goods came back for is charged again, and not taken back. Refuses: WrittenByProcess."""
    if process_id:
        raise WrittenByProcess(
            f"{number} was written by {process_id}: goods came back for it, or what {invoice_number} billed "
            "is billed again. Charge more with POST /v1/invoices/{invoice_id}/debit-notes; a payment that "
            "bounced is reversed, POST /v1/payments/{payment_id}/reversal, and money that has gone back is a "
            "refund, POST /v1/credit-notes/{credit_note_id}/refund"
        )


def check_charged(number: str, charge_amount: Decimal) -> None:
    """Only what was charged is taken back. Refuses: NothingWasCharged."""
    if not charge_amount:
        raise NothingWasCharged(f"{number} charged nothing: there is nothing to take back")
