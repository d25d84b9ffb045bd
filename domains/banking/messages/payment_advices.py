"""Remittance advices: what a supplier is told of a payment. Amounts are in the run's currency."""

from datetime import date
from uuid import UUID

from foundation.process.run_messages import ListSome
from foundation.values.events import PublicEvent
from foundation.values.messages import Message, ShownAmount


class AdvisePayments(Message):
    """Write the advices of a payment run whose file is written."""

    payment_run_id: UUID
    run_number: str
    ordered_on: date
    """The day on which the bank is to pay."""


class ListPaymentAdvices(ListSome):
    """List the payments of a run of which suppliers are told."""

    payment_run_id: UUID
    ordered_on: date


class AdvisePayment(Message):
    """Write the advice of a payment, once."""

    payment_id: UUID
    ordered_on: date


class PaymentAdvised(Message):
    """The advice is among the files that went out; without a name there is none, since nothing is paid."""

    payment_id: UUID
    run_id: UUID
    run_number: str
    end_to_end_id: str
    supplier_code: str
    currency: str
    amount: ShownAmount
    ordered_on: date
    file_name: str = ""


class PaymentAdvisedEvent(PublicEvent, name="banking.payment_advised", only_with="file_name"):
    """The remittance advice of a payment was written."""

    payment_id: UUID
    run_id: UUID
    run_number: str
    supplier_code: str
    currency: str
    amount: ShownAmount
    ordered_on: date
