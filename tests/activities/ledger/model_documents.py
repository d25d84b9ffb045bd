"""Sums, rates, invoices and money as somebody with a calculator would keep them.

Nothing of it comes from the application: rates, rounding, taxes and discounts are written anew. The company
keeps its books in euros; a sum is an amount in its own currency beside its worth in euros.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from uuid import UUID, uuid4

from domains.ledger.messages import ReverseDocument, ReversibleType

NOTHING = Decimal(0)
SMALLEST = {"EUR": Decimal("0.01"), "USD": Decimal("0.01"), "JPY": Decimal(1)}
NEW_RATES = date(2026, 3, 1)
RATES = {"EUR": ("1", "1"), "USD": ("1.20", "1.10"), "JPY": ("163.7", "157.3")}
TAXES = {"UNTAXED": (0, ""), "T19": (19, "2200"), "T7": (7, "2210")}
"""Per cent, and the account."""
TERMS = {"NET30": (30,), "DISC": (30,), "HALVES": (10, 30)}
"""The days of equal instalments; who pays DISC within ten days pays ten per cent less."""


def rate(currency: str, on: date) -> Decimal:
    return Decimal(RATES[currency][on >= NEW_RATES])


def in_full(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(SMALLEST[currency], ROUND_HALF_UP)


def euros(amount: Decimal) -> Decimal:
    return in_full(amount, "EUR")


def amount_in(currency: str, amount: Decimal) -> Decimal:
    """The figure as an amount of the currency."""
    return amount * 100 if currency == "JPY" else amount


def part_of(value: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    return euros(value * part / whole) if whole else NOTHING


def shared(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """In whole units; those left over go to who has lost the largest fractions."""
    unit, whole = SMALLEST[currency], sum(weights, NOTHING)
    if not whole:
        return [total, *weights[1:]]
    exact = [total / unit * weight / whole for weight in weights]
    units = [int(part) for part in exact]
    lost = sorted(range(len(exact)), key=lambda at: -abs(exact[at] - units[at]))
    left = int(total / unit) - sum(units)
    for at in lost[: abs(left)]:
        units[at] += 1 if left > 0 else -1
    return [unit * part for part in units]


class Sum(NamedTuple):
    """An amount, and what it is worth in euros."""

    amount: Decimal = NOTHING
    worth: Decimal = NOTHING

    def plus(self, amount: Decimal, worth: Decimal) -> "Sum":
        return Sum(self.amount + amount, self.worth + worth)

    def less(self, part: "Sum") -> "Sum":
        return self.plus(-part.amount, -part.worth)

    def share(self, amount: Decimal, before: Decimal = NOTHING) -> "Sum":
        """A part of it; all parts, one after the other, are the whole."""
        until = part_of(self.worth, before + amount, self.amount)
        return Sum(amount, until - part_of(self.worth, before, self.amount))


NO_MONEY = Sum()
Line = tuple[str, Decimal, Decimal]
"""Account, amount, euros; debit positive."""


Parts = tuple[Decimal, Decimal, Decimal]
"""A quantity, its net amount, its tax."""


@dataclass
class Goods:
    """One line of an invoice, and what of it is credited."""

    tax_account: str
    currency: str
    sold: Parts
    gone: Parts = (NOTHING, NOTHING, NOTHING)

    @classmethod
    def sell(cls, tax: str, currency: str, quantity: Decimal, price: Decimal) -> "Goods":
        percent, account = TAXES[tax]
        net = in_full(quantity * price, currency)
        return cls(account, currency, (quantity, net, in_full(net * percent / 100, currency)))

    @property
    def left(self) -> Parts:
        quantity, net, tax = (all_ - gone for all_, gone in zip(self.sold, self.gone, strict=True))
        return quantity, net, tax

    def credited(self, quantity: Decimal) -> Parts:
        """In proportion, and never more than is left."""
        left = self.left
        if quantity == left[0]:
            return left
        net, tax = (in_full(whole * quantity / self.sold[0], self.currency) for whole in self.sold[1:])
        return quantity, min(net, left[1]), min(tax, left[2])

    def take(self, parts: Parts) -> None:
        quantity, net, tax = (gone + part for gone, part in zip(self.gone, parts, strict=True))
        self.gone = quantity, net, tax


@dataclass
class Bill:
    """An invoice: what was sold, what is open by the day it is due, what became of the rest."""

    id: UUID
    number: str
    order: UUID
    customer: str
    currency: str
    on: date
    goods: list[Goods]
    open: dict[date, Sum] = field(default_factory=dict)
    total: Decimal = NOTHING
    """Less what was credited before it was paid."""
    offered: list[Decimal] = field(default_factory=list)
    """The cash discount, until ten days later: on the net amount, and on each line's tax."""
    unpaid: list[Decimal] = field(default_factory=list)
    """The same, credited before it was paid."""
    settled: Sum = NO_MONEY
    settled_on: date = date.min
    """When it last was."""
    taken: list[Sum] = field(default_factory=list)
    written_off: Sum = NO_MONEY
    gain: Decimal = NOTHING
    loss: Decimal = NOTHING
    undone: list[Decimal] = field(default_factory=list)
    """What credit notes reversed: money, the small difference, each part of the discount."""

    @property
    def bases(self) -> list[Decimal]:
        """Net amount, and each line's tax."""
        return [sum((line.sold[1] for line in self.goods), NOTHING), *(line.sold[2] for line in self.goods)]

    @property
    def may_take(self) -> list[Decimal]:
        """What is left of the discount."""
        parts = zip(self.offered, self.unpaid, self.bases, strict=True)
        return [
            offered - in_full(offered * unpaid / base, self.currency) if unpaid else offered
            for offered, unpaid, base in parts
        ]

    @property
    def is_open(self) -> Decimal:
        return sum((item.amount for item in self.open.values()), NOTHING)

    def due(self) -> tuple[date, str]:
        return min(day for day, item in self.open.items() if item.amount), self.number

    def discount(self, on: date) -> Decimal:
        in_time = on <= self.on + timedelta(days=10) and self.is_open == self.total
        return sum(self.may_take, NOTHING) if in_time else NOTHING


@dataclass
class Money:
    """What a customer has on account from one payment or credit note."""

    id: UUID
    customer: str
    currency: str
    since: date
    left: Sum
    is_credit_note: bool = False


@dataclass
class Written:
    """An entry that a person wrote."""

    id: UUID
    on: date
    currency: str
    lines: Sequence[Line]
    reversed: bool = False


def ways_to_pay(bills: Sequence[Bill]) -> dict[str, Decimal]:
    """What customers pay on bills in one currency."""
    owed = sum((bill.is_open for bill in bills), NOTHING)
    less = owed - sum((sum(bill.may_take, NOTHING) for bill in bills), NOTHING)
    cent = SMALLEST[bills[0].currency] if bills else NOTHING
    return {
        "less discount": less,
        "half": owed / 2,
        "in full": owed,
        "a cent off": less - cent,
        "a cent more": owed + cent,
        "twice": owed * 2,
    }


def reversal(entry_id: UUID, on: date) -> ReverseDocument:
    """A person's entry is to be taken back."""
    return ReverseDocument(
        document_type=ReversibleType.ENTRY,
        document_id=entry_id,
        reversal_id=uuid4(),
        reversed_on=on,
        reason="wrong",
    )
