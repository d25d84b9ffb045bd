"""How a payment run is written down that somebody has proposed, of invoices or of wages."""

from domains.banking.messages.payment_runs import PaymentRunKept, PaymentRunStatus, ProposePaymentRun
from domains.banking.rules.payment_runs import PaidFrom
from domains.banking.tables import PaymentRun
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction


def write_proposed(
    tx: Transaction, ask: ProposePaymentRun, kept: PaymentRunKept, paid_from: PaidFrom, **more: str
) -> None:
    """Its head: what was asked for, what it comes to, and from which account it is to be paid."""
    head = {
        "id": ask.run_id,
        "number": kept.run_number,
        "status": PaymentRunStatus.PROPOSED.value,
        "paid_on": None,
        "released_on": None,
        "iban": paid_from.iban,
        "bic": paid_from.bic,
        **kept.model_dump(include={"version", "content_hash", "currency", "amount", "discount_amount"}),
        **more,
    }
    write_document(tx, {PaymentRun: ask.model_dump(exclude={"run_id"}) | head})
