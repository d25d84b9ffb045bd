"""What a line may be posted as: no more than is open of it, and money that came in as what came in."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from domains.banking.messages.postings import PostLine
from domains.ledger.messages.money import MoneyMoved
from domains.ledger.rules.journal import AccountFacts
from domains.ledger.rules.reversals import StandsOnIt
from foundation.values.days import check_not_before
from foundation.values.errors import BusinessError, Conflict, Invalid, NotFound
from foundation.values.money import ZERO, rounded

ONE_OF = (
    *("customer_code", "supplier_invoice_id", "account_code", "document_id"),
    *("returned_document_id", "returned_run_payment_id", "run_payment_id", "payment_run_id"),
)
"""What a line may be."""
RETURNABLE = ("payment", "supplier_payment", "refund")
"""The types of documents whose money a bank sends back."""
SHORTEST_NUMBER = 5
_NOT_IN_NUMBERS = re.compile(r"[^A-Z0-9]")


class LinePostedAlready(Conflict):
    """Nothing is open of the line: what it was posted as is taken back first."""


class MoreThanTheLine(BusinessError):
    """More is to be posted than is open of the line."""


class OtherDirection(BusinessError):
    """Money that came in is from a customer, or of a payment run and has come back; what went out is for a
    supplier's invoice or of a payment run.
    """


class NotTheMoney(BusinessError):
    """The document has moved another amount on the account, was taken back, or is another line."""


@dataclass(frozen=True)
class LineFacts:
    """A line under its lock, with what is open of it and what it is of."""

    id: UUID
    statement_id: UUID
    statement_number: str
    line_number: int
    bank_account_code: str
    account_code: str
    """Of the books."""
    currency: str
    booked_on: date
    amount: Decimal
    open_amount: Decimal
    text: str
    end_to_end_id: str
    party_name: str
    party_iban: str
    code: str = ""
    again_on: date | None = None
    """The day since when it is open again, when what it was posted as was taken back."""

    @property
    def number(self) -> str:
        """What people call it."""
        return f"{self.statement_number}/{self.line_number}"

    @property
    def known_as(self) -> str:
        """By which whoever is on the other side is known again; empty when the bank does not say it."""
        return known_as(self.party_iban, self.party_name)


def check_is_one_thing(post: PostLine) -> None:
    """Exactly one of what a line may be is named, and an invoice with its customer, or what of it was paid
    with the supplier's. Refuses: Invalid.
    """
    named = [name for name in ONE_OF if getattr(post, name) is not None]
    if len(named) != 1:
        why = f"name one of {', '.join(ONE_OF)}"
        raise Invalid(f"{named[-1] if named else ONE_OF[0]}: {why}", errors=[(name, why) for name in named])
    if post.invoice_id is not None and post.customer_code is None:
        why = "name the customer_code with it; a supplier's invoice is a supplier_invoice_id"
        raise Invalid(f"invoice_id: {why}", errors=[("invoice_id", why)])
    if post.invoice_amount is not None and post.supplier_invoice_id is None:
        why = "name the supplier_invoice_id with it"
        raise Invalid(f"invoice_amount: {why}", errors=[("invoice_amount", why)])


def known_as(iban: str, name: str) -> str:
    """By which whoever is on the other side is known again: the IBAN, or else the name."""
    return iban.upper() or " ".join(name.casefold().split())


def plain(text: str) -> str:
    """Letters and figures alone."""
    return _NOT_IN_NUMBERS.sub("", text.upper())


def is_a_number(written: str) -> bool:
    """Whether a plain text is long enough for a number, and has a figure: a shorter one stands in texts by
    chance.
    """
    return len(written) >= SHORTEST_NUMBER and any(one.isdecimal() for one in written)


def is_named(number: str, line: LineFacts) -> bool:
    """Whether a number stands in what a line says, whatever is between its letters and figures, and not as a
    part of a longer one.
    """
    wanted = plain(number)
    if not is_a_number(wanted):
        return False
    said = [text.upper() for text in (line.text, line.end_to_end_id) if wanted in plain(text)]
    written = rf"(?<!\d){'[^A-Z0-9]*'.join(wanted)}(?!\d)"
    return any(re.search(written, text) for text in said)


def amount_to_post(line: LineFacts, post: PostLine) -> Decimal:
    """With the line's sign.

    Refuses: LinePostedAlready, MoreThanTheLine, OtherDirection, Invalid, TooEarly.
    """
    if not line.open_amount:
        raise LinePostedAlready(f"nothing is open of line {line.number}")
    check_not_before("posted_on", post.posted_on, line.booked_on, f"line {line.number}")
    if line.again_on is not None:
        was = f"the reversal of what line {line.number} was"
        check_not_before("posted_on", post.posted_on, line.again_on, was)
    open_amount = abs(line.open_amount)
    amount = open_amount if post.amount is None else post.amount
    if amount != rounded(amount, line.currency):
        why = f"{amount} is no amount in {line.currency}"
        raise Invalid(f"amount: {why}", errors=[("amount", why)])
    if amount > open_amount:
        why = f"{open_amount} {line.currency} are open of line {line.number}"
        raise MoreThanTheLine(f"amount: {why}", errors=[("amount", why)])
    comes_in = line.open_amount > 0
    went_out = dict.fromkeys(("supplier_invoice_id", "run_payment_id", "payment_run_id"), not comes_in)
    came_in = dict.fromkeys(("customer_code", "returned_run_payment_id"), comes_in)
    for field, fits in (came_in | went_out).items():
        if getattr(post, field) is not None and not fits:
            why = f"line {line.number} {'came in' if comes_in else 'went out'}"
            raise OtherDirection(f"{field}: {why}", errors=[(field, why)])
    return amount if comes_in else -amount


def the_money(
    line: LineFacts, amount: Decimal, document_id: UUID, moved: MoneyMoved | None, *, is_taken: bool
) -> MoneyMoved:
    """What the document has moved, which is what the line says. Refuses: NotFound, NotTheMoney."""
    if moved is None:
        why = f"{document_id} has moved no {line.currency} on account {line.account_code}"
        raise NotFound(why, errors=[("document_id", why)])
    if moved.is_taken_back:
        why = f"{moved.number} was taken back"
    elif is_taken:
        why = f"{moved.number} is another line already"
    elif moved.amount != amount:
        why = f"{moved.number} has moved {moved.amount} {line.currency}, not {amount}"
    else:
        return moved
    raise NotTheMoney(f"document_id: {why}", errors=[("document_id", why)])


def the_returned(
    line: LineFacts, post: PostLine, amount: Decimal, moved: MoneyMoved | None, *, is_returned: bool
) -> MoneyMoved:
    """The payment whose money the line brings back, all of it. Refuses: NotFound, NotTheMoney, TooEarly."""
    if moved is None:
        why = f"{post.returned_document_id} has moved no {line.currency} on account {line.account_code}"
        raise NotFound(why, errors=[("returned_document_id", why)])
    if moved.document_type not in RETURNABLE:
        why = f"{moved.number} is no payment, and no refund"
    elif is_returned:
        why = f"{moved.number} has come back already, by another line"
    elif moved.is_taken_back:
        why = f"{moved.number} was taken back: assign its reversal as document_id"
    elif moved.amount != -amount:
        why = f"{moved.number} has moved {moved.amount} {line.currency}: what comes back is not {amount}"
    else:
        check_not_before("posted_on", post.posted_on, moved.posted_on, moved.number)
        return moved
    raise NotTheMoney(f"returned_document_id: {why}", errors=[("returned_document_id", why)])


def check_stands_again(line: LineFacts, amount: Decimal, number: str) -> None:
    """A part of a line that was open since its document was taken back is open still. Refuses:
    LinePostedAlready.
    """
    if not min(line.open_amount, ZERO) <= amount <= max(line.open_amount, ZERO):
        raise LinePostedAlready(
            f"line {line.number} was {number}, and is something else by now: that is what has come back"
        )


def check_not_returned(number: str, *, is_returned: bool) -> None:
    """What has come back by another line is not taken off its own before that. Refuses: StandsOnIt."""
    if is_returned:
        raise StandsOnIt(f"{number} has come back by another line: take that posting back first")


def check_other_account(code: str, facts: AccountFacts | None, of_banks: Collection[str]) -> None:
    """The other account is there, open, and no control account nor any bank account's. Refuses: Invalid."""
    if facts is None:
        why = f"there is no account {code}"
    elif code in of_banks:
        # The other bank account's statement says it as well: it would be in the books twice.
        why = f"{code} is a bank account's: post a transfer between them to a transit account"
    elif facts.blocked or facts.subledger is not None:
        why = f"{code} is blocked, or is a control account, which payments settle"
    else:
        return
    raise Invalid(f"account_code: {why}", errors=[("account_code", why)])
