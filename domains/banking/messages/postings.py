"""What lines of statements are posted as, and how that is taken back."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID, uuid5

from pydantic import Field

from domains.ledger.messages import SettledInvoice
from foundation.process.run_messages import ListSome, RunProgress
from foundation.values.events import PublicEvent
from foundation.values.messages import Amount, Code, Message, ShownAmount, Text

BY_A_PERSON = "person"


class PostingAsked(Message):
    """What a line is: from a customer, for a supplier's invoice, on an account, in the books already, or
    money that the bank has sent back.
    """

    customer_code: Code | None = None
    """Whose money it is. It settles the invoice that is named, or stays on the customer's account."""
    invoice_id: UUID | None = None
    """The customer's invoice, or the dunning letter."""
    supplier_invoice_id: UUID | None = None
    """The supplier's invoice that was paid."""
    invoice_amount: Annotated[Amount, Field(gt=0)] | None = None
    """What of a supplier's invoice in another currency was paid, in its currency, as the bank has changed it;
    by the rates of the day when empty.
    """
    account_code: Code | None = None
    """The other account of an entry, such as fees or interest; no control account."""
    document_id: UUID | None = None
    """The payment, the refund or the entry that has moved this money in the books already; or the reversal of
    one, which the bank has sent back.
    """
    returned_document_id: UUID | None = None
    """The payment, or the refund, whose money the bank has sent back: it is reversed on the line's day."""
    returned_run_payment_id: UUID | None = None
    """The payment of a payment run whose money the bank has sent back, all of it: what it had paid is owed
    again from the line's day.
    """
    run_payment_id: UUID | None = None
    """The payment of a payment run that the bank has made."""
    payment_run_id: UUID | None = None
    """The payment run of which the bank has made all the payments that were left, and booked them as one."""
    amount: Annotated[Amount, Field(gt=0)] | None = None
    """All that is open of the line when empty; the rest stays open."""
    posted_on: date | None = None
    """The line's own day when empty, or that on which it was open again."""
    text: Text = ""
    """Of the entry on an account; the line's own when empty."""
    is_learned: bool = True
    """Whether later lines with the same other side are treated so as well."""


class PostLine(PostingAsked):
    """Post a line, or a part of it; with the ids of what is made."""

    POSTED_ON = "posted_on"

    posting_id: UUID
    line_id: UUID
    posted_on: date
    payment_id: UUID | None = None
    """Of the customer's payment that it is posted as."""
    supplier_payment_id: UUID | None = None
    """Of the payment to a supplier that it is posted as."""
    reversal_id: UUID | None = None
    """Of the reversal that it is posted as."""
    rule: Text = BY_A_PERSON
    """By which rule it was found."""

    @classmethod
    def of(
        cls, asked: PostingAsked, *, posting_id: UUID, line_id: UUID, posted_on: date, rule: str = BY_A_PERSON
    ) -> Self:
        """What is asked for, with its ids."""
        is_payment, is_paid_out = asked.customer_code is not None, asked.supplier_invoice_id is not None
        is_returned = asked.returned_document_id is not None
        own = {
            "posting_id": posting_id,
            "line_id": line_id,
            "posted_on": asked.posted_on or posted_on,
            "payment_id": uuid5(posting_id, "payment") if is_payment else None,
            "supplier_payment_id": uuid5(posting_id, "supplier payment") if is_paid_out else None,
            "reversal_id": uuid5(posting_id, "reversal") if is_returned else None,
            "rule": rule,
        }
        return cls(**{**dict(asked), **own})


class LinePosted(Message):
    """The document that the line is in the books, what that settled, and what is open of the line still."""

    posting_id: UUID
    line_id: UUID
    statement_number: str
    line_number: int
    bank_account_code: str
    currency: str
    amount: ShownAmount | None = None
    """Not said of a single wage payment that was made, or has come back."""
    document_type: str
    document_id: UUID
    document_number: str
    settled: tuple[SettledInvoice, ...]
    open_amount: ShownAmount
    reversal_ids: tuple[UUID, ...] = ()
    """By which what a payment of a run had paid is owed again."""


class ReversePosting(Message):
    """Take back what a line was posted as: the line is open again."""

    POSTED_ON = "reversed_on"

    posting_id: UUID
    reversal_id: UUID
    reversed_on: date
    reason: Annotated[Text, Field(min_length=1)]


class ListMatches(ListSome):
    """List what the open lines of a statement are, by the rules."""

    statement_id: UUID


class MatchingProgress(RunProgress):
    """How far the matching of a statement has come: of the lines that a rule knows, how many are posted."""

    statement_id: UUID
    run_id: str


class LinePostedEvent(PublicEvent, name="banking.line_posted"):
    """A line of a bank's statement was posted, or found in the books."""

    posting_id: UUID
    line_id: UUID
    statement_number: str
    line_number: int
    bank_account_code: str
    currency: str
    amount: ShownAmount | None
    document_type: str
    document_id: UUID
    document_number: str
    open_amount: ShownAmount


class LinePostingReversedEvent(PublicEvent, name="banking.line_posting_reversed"):
    """What a line was posted as was taken back: the line is open again."""

    posting_id: UUID
    reversal_id: UUID
    reversal_number: str
    document_type: str
    document_id: UUID
    document_number: str
