"""What a line may be posted as: no more than is open of it, and money that came in as what came in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from domains.banking.messages.postings import PostLine
from domains.ledger.messages.money import MoneyMoved
from domains.ledger.rules.journal import AccountFacts
from foundation.values.days import check_not_before
from foundation.values.errors import BusinessError, Conflict, Invalid, NotFound
from foundation.values.money import rounded

ONE_OF = (
    *("customer_code", "supplier_invoice_id", "account_code", "document_id"),
    *("run_payment_id", "payment_run_id"),
)
"""What a line may be."""


class LinePostedAlready(Conflict):
    """Nothing is open of the line: what it was posted as is taken back first."""


class MoreThanTheLine(BusinessError):
    """More is to be posted than is open of the line."""


class OtherDirection(BusinessError):
    """Money that came in is from a customer, what went out for a supplier's invoice or of a payment run."""


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

    @property
    def number(self) -> str:
        """What people call it."""
        return f"{self.statement_number}/{self.line_number}"

    @property
    def known_as(self) -> str:
        """By which whoever is on the other side is known again; empty when the bank does not say it."""
        return known_as(self.party_iban, self.party_name)


def check_is_one_thing(post: PostLine) -> None:
    """Exactly one of what a line may be is named, and an invoice with its customer. Refuses: Invalid."""
    named = [name for name in ONE_OF if getattr(post, name) is not None]
    if len(named) != 1:
        why = f"name one of {', '.join(ONE_OF)}"
        raise Invalid(f"{named[-1] if named else ONE_OF[0]}: {why}", errors=[(name, why) for name in named])
    if post.invoice_id is not None and post.customer_code is None:
        why = "name the customer_code with it; a supplier's invoice is a supplier_invoice_id"
        raise Invalid(f"invoice_id: {why}", errors=[("invoice_id", why)])


def known_as(iban: str, name: str) -> str:
    """By which whoever is on the other side is known again: the IBAN, or else the name."""
    return iban.upper() or " ".join(name.casefold().split())


def amount_to_post(line: LineFacts, post: PostLine) -> Decimal:
    """With the line's sign.

    Refuses: LinePostedAlready, MoreThanTheLine, OtherDirection, Invalid, TooEarly.
    """
    if not line.open_amount:
        raise LinePostedAlready(f"nothing is open of line {line.number}")
    check_not_before("posted_on", post.posted_on, line.booked_on, f"line {line.number}")
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
    for field, fits in {"customer_code": comes_in, **went_out}.items():
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


def check_invoice(line: LineFacts, invoice_id: UUID, currencies: Iterable[str]) -> None:
    """A supplier is paid in the currency of its invoice, which is there. Refuses: NotFound, NotTheMoney."""
    of_invoice = next(iter(currencies), None)
    if of_invoice is None:
        why = f"there is no supplier invoice {invoice_id} that was owed"
        raise NotFound(why, errors=[("supplier_invoice_id", why)])
    if of_invoice != line.currency:
        why = f"the invoice is in {of_invoice}, and line {line.number} in {line.currency}"
        raise NotTheMoney(f"supplier_invoice_id: {why}", errors=[("supplier_invoice_id", why)])


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
