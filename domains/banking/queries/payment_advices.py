"""What a supplier is told of a payment, as it is read."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text

from domains.banking.documents.remittance_advice import AdvisedInvoice, RemittanceAdvice
from domains.banking.messages.payment_runs import RunInvoiceStatus
from domains.banking.tables import PaymentAdvice, PaymentRun, PaymentRunInvoice, PaymentRunPayment
from domains.ledger.queries.supplier_payments import standing_payments
from foundation.database.transaction import Row, Transaction

_PAYMENT = (
    select(
        PaymentRunPayment.id,
        PaymentRunPayment.run_id,
        PaymentRun.number.label("run_number"),
        PaymentRunPayment.end_to_end_id,
        PaymentRunPayment.supplier_code,
        PaymentRun.currency,
        PaymentRunPayment.iban,
        PaymentRun.iban.label("own_iban"),
        PaymentAdvice.ordered_on,
    )
    .join(PaymentRun, PaymentRun.id == PaymentRunPayment.run_id)
    .outerjoin(PaymentAdvice, PaymentAdvice.payment_id == PaymentRunPayment.id)
    .where(PaymentRunPayment.id == bindparam("payment", type_=Uuid))
)
_INVOICES = (
    select(
        PaymentRunInvoice.invoice_number,
        PaymentRunInvoice.supplier_number,
        PaymentRunInvoice.amount,
        PaymentRunInvoice.discount_amount,
        PaymentRunInvoice.supplier_payment_id,
    )
    .where(
        PaymentRunInvoice.payment_id == bindparam("payment", type_=Uuid),
        PaymentRunInvoice.status == RunInvoiceStatus.PAID.value,
    )
    .order_by(PaymentRunInvoice.due_on, PaymentRunInvoice.invoice_number)
)
_OF_RUN = text(
    """
    SELECT p.id, p.supplier_code FROM banking.payment_run_payment p
    WHERE p.run_id = :run AND EXISTS (
        SELECT FROM banking.payment_run_invoice i WHERE i.payment_id = p.id AND i.status = 'paid')
    ORDER BY p.supplier_code
    """
).bindparams(bindparam("run", type_=Uuid))
_NUMBERED = text(
    """
    SELECT p.id FROM banking.payment_run_payment p JOIN banking.payment_run r ON r.id = p.run_id
    WHERE r.id = :run AND p.end_to_end_id = :number
    """
).bindparams(bindparam("run", type_=Uuid))


@dataclass(frozen=True)
class PaymentToAdvise:
    """A payment of a run with what it pays, as the file for the bank has it."""

    id: UUID
    run_id: UUID
    run_number: str
    end_to_end_id: str
    supplier_code: str
    currency: str
    iban: str
    own_iban: str
    invoices: tuple[AdvisedInvoice, ...]
    stands: bool
    """Whether anything that it has paid was not taken back."""
    ordered_on: date | None
    """The day that the supplier was told, when it was."""

    def advice(self, ordered_on: date) -> RemittanceAdvice:
        """What the supplier is told."""
        of_file = self.currency, self.iban, self.own_iban, self.invoices
        return RemittanceAdvice(self.end_to_end_id, ordered_on, *of_file)


async def payment_to_advise(tx: Transaction, payment_id: UUID) -> PaymentToAdvise:
    """One payment of a run. Refuses: NotFound."""
    of = {"payment": payment_id}
    row = await tx.existing(_PAYMENT, f"payment {payment_id} of a run", of)
    paid = (await tx.execute(_INVOICES, of)).all()
    standing = await standing_payments(tx, [one.supplier_payment_id for one in paid])
    invoices = tuple(
        AdvisedInvoice(one.invoice_number, one.supplier_number, one.amount, one.discount_amount)
        for one in paid
    )
    return PaymentToAdvise(**row._asdict(), invoices=invoices, stands=bool(standing))


async def payments_to_advise(tx: Transaction, run_id: UUID) -> list[Row]:
    """What a run has paid, by supplier: `id` and `supplier_code`."""
    return (await tx.execute(_OF_RUN, {"run": run_id})).all()


async def payment_numbered(tx: Transaction, run_id: UUID, run_number: str, number: int) -> UUID | None:
    """The id of a payment by its number in its run."""
    found: UUID | None = await tx.scalar(_NUMBERED, {"run": run_id, "number": f"{run_number}-{number:05d}"})
    return found
