"""What of the payments of runs a line of a statement says that the bank has made."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from domains.banking.rules.postings import LineFacts, NotTheMoney, is_named, known_as
from foundation.values.days import check_not_before
from foundation.values.errors import Conflict, NotFound
from foundation.values.money import ZERO

WAGES = "wage_payment"
"""The type of the documents by which wages are paid."""


class PaidPart(NamedTuple):
    """What of a payment has paid one invoice, or wages: by which document, and from which account."""

    document_type: str
    document_id: UUID
    account_code: str
    amount: Decimal


@dataclass(frozen=True)
class PaymentInTransit:
    """A payment of a run that no statement has yet."""

    payment_id: UUID
    run_id: UUID
    run_number: str
    end_to_end_id: str
    party: str
    """The supplier's code; of wages the number of the run, so that nobody is named."""
    parts: tuple[PaidPart, ...]
    """What of it stands, invoice by invoice."""
    paid_on: date
    """The day on which it is posted."""
    released_on: date
    """The day on which it was ordered, at the earliest."""
    iban: str
    payee_name: str
    is_ordered: bool = True
    """Whether the file for the bank is there: before that the bank has made nothing of it."""
    again_on: date | None = None
    """The day since when it is in transit again, when a line that had confirmed it was taken back."""

    @property
    def is_of_wages(self) -> bool:
        """Whether it pays wages: then nobody else is told how much it is."""
        return any(one.document_type == WAGES for one in self.parts)

    @property
    def amount(self) -> Decimal:
        """How much it is."""
        return sum((one.amount for one in self.parts), ZERO)

    @property
    def since(self) -> date:
        """The day since when it is in transit: on one before, it is not confirmed."""
        return max(self.paid_on, self.again_on or self.paid_on)

    def may_be(self, line: LineFacts) -> bool:
        """Whether a line without its end-to-end id has its amount, and its account or the supplier's name."""
        is_theirs = line.known_as in (known_as(self.iban, ""), known_as("", self.payee_name))
        return is_theirs and self.amount == -line.open_amount and not self.is_after(line)

    def is_after(self, line: LineFacts) -> bool:
        """Whether it was ordered after the bank has booked a line, which is something else then."""
        return line.booked_on < self.released_on


@dataclass(frozen=True, kw_only=True)
class PaymentMade(PaymentInTransit):
    """A payment of a run that a line has confirmed, and that has not come back."""

    made_on: date
    """The day on which that line is posted."""
    posting_id: UUID | None = None
    """What that line is; none when it is only about to be."""
    posted_with: str = ""
    """With whom the line that brings it back is posted, when that comes after its own."""


class NotOrderedYet(Conflict):
    """The run is being paid still, and its file is not written: the bank has made nothing of it."""


class PaymentHasComeBack(Conflict):
    """The bank has sent a payment of a run back, and what it had paid is owed again: neither of its lines is
    taken back.
    """


class Ordered(NamedTuple):
    """What a line names of what payment runs have ordered: a payment, or all that is left of a run."""

    payments: Sequence[PaymentInTransit]
    number: str
    asked: Mapping[str, Any]

    def on(self, day: date, line: LineFacts) -> "Ordered":
        """The same, posted on a day: which is said when it is not the line's."""
        return self if day == line.booked_on else self._replace(asked={**self.asked, "posted_on": day})


class PaymentsOfRuns:
    """What payment runs have ordered from an account: what is in transit, what the bank has made, and the
    end-to-end ids of all.
    """

    def __init__(
        self,
        transit: Sequence[PaymentInTransit],
        ordered_before: Collection[str],
        was_made: Sequence[PaymentMade],
    ) -> None:
        self.transit, self.ordered_before, self.was_made = list(transit), ordered_before, list(was_made)

    def know(self, line: LineFacts) -> bool:
        """Whether a line is of a run: then it is no other payment of ours, and no other rule is asked. What
        comes in with the id of a payment has come back.
        """
        if line.end_to_end_id in self.ordered_before:
            return True
        is_ours = self._named(line) is not None or any(one.may_be(line) for one in self.transit)
        return line.open_amount < 0 and is_ours

    def are_named_in(self, line: LineFacts) -> bool:
        """Whether a line that they know has the number of what it is; otherwise only amount and party are the
        same, and it may be something else.
        """
        return line.end_to_end_id in self.ordered_before or self._named(line) is not None

    def made(self, line: LineFacts) -> Ordered | None:
        """What a line says that the bank has made, which is in transit no more. None, when its amount is
        another, or another line has said so: that waits for a person. So it does until the file is there:
        what is confirmed before that, the file would pay again.

        One that the bank has booked before its payments are posted is posted with them: the account in
        transit would have what nobody has ordered.
        """
        ordered = self._ordered(line)
        if ordered is None or total(ordered.payments) != -line.open_amount:
            return None
        if not all(one.is_ordered for one in ordered.payments):
            return None
        self.transit = [one for one in self.transit if one not in ordered.payments]
        on = max(line.booked_on, *(one.since for one in ordered.payments))
        own: dict[str, Any] = {"made_on": on, "posted_with": ordered.number}
        self.was_made += [PaymentMade(**vars(one), **own) for one in ordered.payments]
        return ordered.on(on, line)

    def returned(self, line: LineFacts) -> Ordered | None:
        """The payment whose money a line brings back. None, when it is another amount, was not made by the
        bank as far as we know, or has come back: that waits for a person.
        """
        for one in self.was_made:
            if one.end_to_end_id == line.end_to_end_id and one.amount == line.open_amount:
                self.was_made.remove(one)
                asked = {"returned_run_payment_id": one.payment_id}
                ordered = Ordered([one], one.posted_with or one.party, asked)
                return ordered.on(max(line.booked_on, one.made_on), line)
        return None

    def _ordered(self, line: LineFacts) -> Ordered | None:
        """The payment whose end-to-end id it has, or the run whose number; or the one that it may be."""
        if (named := self._named(line)) is not None or line.end_to_end_id in self.ordered_before:
            return named
        fitting = [one for one in self.transit if one.may_be(line)]
        if len(fitting) != 1:
            return None
        return Ordered(fitting, fitting[0].party, {"run_payment_id": fitting[0].payment_id})

    def _named(self, line: LineFacts) -> Ordered | None:
        """The payment whose end-to-end id a line has, or the run whose number."""
        for one in self.transit:
            if is_named(one.end_to_end_id, line):
                return Ordered([one], one.party, {"run_payment_id": one.payment_id})
        if line.end_to_end_id in self.ordered_before:
            return None
        for one in self.transit:
            names_run = is_named(one.run_number, line) and not _names_a_payment(one.run_number, line)
            if names_run and not one.is_after(line):
                of_run = [other for other in self.transit if other.run_id == one.run_id]
                return Ordered(of_run, one.run_number, {"payment_run_id": one.run_id})
        return None


def _names_a_payment(run_number: str, line: LineFacts) -> bool:
    """Whether a line's text has the end-to-end id of some payment of the run, which is in transit no more."""
    return re.search(rf"{re.escape(run_number)}[^A-Z0-9]?\d{{5}}(?!\d)", line.text.upper()) is not None


def by_account(payments: Iterable[PaymentInTransit]) -> dict[str, Decimal]:
    """How much they are of each account of the books: between two invoices it may have become another."""
    found: dict[str, Decimal] = {}
    for part in (part for one in payments for part in one.parts):
        found[part.account_code] = found.get(part.account_code, ZERO) + part.amount
    return found


def total(payments: Iterable[PaymentInTransit]) -> Decimal:
    """What they come to."""
    return sum((one.amount for one in payments), ZERO)


def check_made(
    line: LineFacts,
    amount: Decimal,
    posted_on: date,
    payments: Sequence[PaymentInTransit],
    named: UUID,
    field: str,
) -> None:
    """What the line says is just what is on its way on its day. Refuses: NotFound, NotOrderedYet,
    NotTheMoney, TooEarly.
    """
    if not payments:
        why = f"nothing of {named} is on its way from {line.bank_account_code}"
        raise NotFound(f"{field}: {why}", errors=[(field, why)])
    if waits := next((one for one in payments if not one.is_ordered), None):
        why = (
            f"{waits.run_number} is being paid, and its file is not written: end that first, by retry or skip"
        )
        raise NotOrderedYet(f"{field}: {why}", errors=[(field, why)])
    if total(payments) != -amount:
        why = f"{total(payments)} {line.currency} are on their way, and not {-amount}"
        raise NotTheMoney(f"{field}: {why}", errors=[(field, why)])
    latest = max(payments, key=lambda one: one.since)
    check_not_before("posted_on", posted_on, latest.since, latest.end_to_end_id)


def the_made(
    line: LineFacts, amount: Decimal, posted_on: date, payment: PaymentMade | None, named: UUID
) -> PaymentMade:
    """The payment whose money the line brings back, all of it. Refuses: NotFound, NotTheMoney, TooEarly."""
    field = "returned_run_payment_id"
    if payment is None:
        why = f"no line of {line.bank_account_code} says that {named} was made, or it has come back already"
        raise NotFound(f"{field}: {why}", errors=[(field, why)])
    if payment.amount != amount:
        why = f"{payment.end_to_end_id} was {payment.amount} {line.currency}: what comes back is not {amount}"
        raise NotTheMoney(f"{field}: {why}", errors=[(field, why)])
    check_not_before("posted_on", posted_on, payment.made_on, payment.end_to_end_id)
    return payment


def has_come_back(end_to_end_id: str, line_number: str) -> PaymentHasComeBack:
    """The refusal, naming what to do instead."""
    return PaymentHasComeBack(
        f"{end_to_end_id} has come back by line {line_number}, and what it had paid is owed again. Was it "
        "other money, then pay that from the account in transit by hand, and post the money to that account"
    )
