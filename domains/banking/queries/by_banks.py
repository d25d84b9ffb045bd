"""What banks say of a payment of a run, as columns beside it: the lines of statements, and a rejection."""

from typing import Any

from sqlalchemy import Boolean, Label, func, select

from domains.banking.tables import (
    LinePosting,
    PaymentConfirmation,
    PaymentRejection,
    PaymentReturn,
    PaymentRunPayment,
)

_CONFIRMED_BY = (
    select(LinePosting.document_number)
    .join(PaymentConfirmation, PaymentConfirmation.posting_id == LinePosting.id)
    .where(
        PaymentConfirmation.payment_id == PaymentRunPayment.id,
        ~func.banking.is_taken_back(
            LinePosting.document_type, LinePosting.document_id, LinePosting.id, type_=Boolean
        ),
    )
    .scalar_subquery()
)
_RETURNED_BY = (
    select(LinePosting.document_number)
    .join(PaymentReturn, PaymentReturn.posting_id == LinePosting.id)
    .where(PaymentReturn.payment_id == PaymentRunPayment.id)
    .scalar_subquery()
)
_REJECTED_ON = (
    select(PaymentRejection.rejected_on)
    .where(PaymentRejection.payment_id == PaymentRunPayment.id)
    .scalar_subquery()
)
BY_BANKS: tuple[Label[Any], ...] = (
    _CONFIRMED_BY.label("confirmed_by"),
    _RETURNED_BY.label("returned_by"),
    _REJECTED_ON.label("rejected_on"),
)
