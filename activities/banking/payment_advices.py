"""Remittance advices: one for each payment of a run, written when the file for the bank is, and once."""

from functools import partial

from domains.banking.documents import remittance_advice as documents
from domains.banking.messages.payment_advices import (
    AdvisePayment,
    ListPaymentAdvices,
    PaymentAdvised,
    PaymentAdvisedEvent,
)
from domains.banking.queries import payment_advices as queries
from domains.banking.queries.in_transit import lock_payments
from domains.banking.queries.payment_advices import PaymentToAdvise
from domains.banking.rules import payment_advices as rules
from domains.banking.tables import PaymentAdvice
from domains.master_data import queries as master_data
from domains.master_data.views import SupplierView
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.outbound import prints
from foundation.outbound.letters import Letter, WriteLetter, letter
from foundation.process.batch import ListedItem, add_items
from foundation.process.run_messages import Listed
from foundation.values.errors import NotFound
from foundation.values.money import ZERO

KIND = "remittance_advice"


@operation("banking.list_payment_advices")
async def list_payment_advices(tx: Transaction, ask: ListPaymentAdvices) -> Listed:
    """List the payments of a run of which suppliers are told, supplier by supplier."""
    items = [
        ListedItem(
            name=str(one.id),
            body={"payment_id": one.id, "ordered_on": ask.ordered_on},
            party=one.supplier_code,
        )
        for one in await queries.payments_to_advise(tx, ask.payment_run_id)
    ]
    return await add_items(tx, ask, items, is_all=True)


@operation("banking.advise_payment", event=PaymentAdvisedEvent)
async def advise_payment(tx: Transaction, advise: AdvisePayment) -> PaymentAdvised:
    """Write the remittance advice of a payment: all that the file for the bank pays the supplier. None of one
    that was rejected, or taken back, meanwhile. Refuses: NotFound.
    """
    await lock_payments(tx, advise.payment_id)
    payment = await queries.payment_to_advise(tx, advise.payment_id)
    name = ""
    if payment.stands:
        company = await master_data.company(tx)
        advice, supplier = payment.advice(advise.ordered_on), await _supplier(tx, payment)
        render = partial(documents.advice_pdf, advice, company, supplier)
        name = (await prints.print_once(tx, KIND, payment.id, payment.end_to_end_id, render)).name
        write_document(tx, {PaymentAdvice: advise.model_dump()})
    return PaymentAdvised(
        payment_id=payment.id,
        run_id=payment.run_id,
        run_number=payment.run_number,
        end_to_end_id=payment.end_to_end_id,
        supplier_code=payment.supplier_code,
        currency=payment.currency,
        amount=sum((one.amount for one in payment.invoices), ZERO),
        ordered_on=advise.ordered_on,
        file_name=name,
    )


@letter("remittance_advice", after=PaymentAdvisedEvent, about="payment_id")
@operation("banking.write_remittance_advice")
async def write_remittance_advice(tx: Transaction, write: WriteLetter) -> Letter:
    """Write the mail that a remittance advice comes with, in the supplier's language; the PDF is the one that
    is kept. Refuses: NotFound, PaymentNotMade.
    """
    payment = await queries.payment_to_advise(tx, write.about_id)
    file = await prints.kept(tx, prints.file_id(KIND, payment.id))
    if payment.ordered_on is None or file is None:
        raise NotFound(f"there is no remittance advice of {payment.end_to_end_id}")
    rules.check_is_made(payment.end_to_end_id, stands=payment.stands)
    advice, supplier = payment.advice(payment.ordered_on), await _supplier(tx, payment)
    enclosed = prints.FilePrinted(file_id=prints.file_id(KIND, payment.id), name=file.name)
    return Letter(
        document=payment.end_to_end_id,
        recipient=supplier.told_of_payments_at,
        recipient_name=supplier.name,
        subject=documents.title(advice, supplier),
        text=documents.mail_text(advice, await master_data.company(tx), supplier),
        enclosures=(prints.enclosed(enclosed),),
    )


async def _supplier(tx: Transaction, payment: PaymentToAdvise) -> SupplierView:
    supplier = await master_data.supplier(tx, payment.supplier_code)
    assert supplier is not None, "a payment names one that there is"
    return supplier
