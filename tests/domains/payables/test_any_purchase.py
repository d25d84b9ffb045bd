"""Purchases as chance has them: goods come, are billed, credited, priced anew, accepted, in any order and
within any tolerances and at any rate. A simple model says what must be posted, and what must wait.

`PERPETUAL_INVOICES=20000` looks at so many invoices, against five times as many receipts.
"""

import os
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from foundation.values.money import rounded
from tests import machines
from tests.domains.payables.worked import Purchase

INVOICES = int(os.environ.get("PERPETUAL_INVOICES", "150"))
RECEIPTS_EACH = 5
"""So many have come for each invoice, at least."""
LINES = (1, 2)
TOLERATED: tuple[dict[str, str], ...] = (
    {},
    {"price_percent": "5"},
    {"price_amount": "0.25"},
    {"price_percent": "5", "price_amount": "0.02"},
    {"quantity_percent": "20"},
    {"quantity_amount": "2"},
    {"quantity_percent": "50", "quantity_amount": "2", "price_percent": "5"},
    {"price_percent": "25", "value_amount": "1"},
    {"price_percent": "25", "quantity_percent": "25", "value_percent": "5"},
    {"price_amount": "1", "quantity_amount": "3", "value_percent": "20", "value_amount": "4"},
)
"""Prices and quantities below are at their edges, and a step beyond."""
A_LINE, SOME, RATES = st.sampled_from(LINES), st.integers(1, 9), st.sampled_from(("8", "10", "12.5"))
A_PRICE = st.sampled_from(("3.79", "3.80", "4.00", "4.20", "4.21", "4.25", "5.00"))
AS_ORDERED: st.SearchStrategy[str | None] = st.none()
CAME = st.lists(st.tuples(A_LINE, st.integers(1, 6)), min_size=2, max_size=5)
BILLED = st.lists(st.tuples(A_LINE, SOME, AS_ORDERED | A_PRICE), min_size=1, max_size=3)


def with_tax(net: Decimal) -> str:
    """19 % on top, rounded half up to the cent."""
    return str(rounded(net * Decimal("1.19"), "EUR"))


def within(difference: Fraction, of: Fraction, percent: str | None, amount: str | None, rate: str) -> bool:
    """Whether a difference is no greater than each limit that there is; without any, whether it is none."""
    limits = [] if percent is None else [of * Fraction(percent) / 100]
    limits += [] if amount is None else [Fraction(amount) * Fraction(rate)]
    return difference <= min(limits, default=0)


class Billed:
    """A line of the invoice that waits, less what was credited of it."""

    def __init__(self, line: int, quantity: int, price: str) -> None:
        self.line, self.quantity, self.price = line, quantity, price
        self.amount = quantity * Fraction(price)

    @property
    def has_a_piece_more(self) -> bool:
        """Whether something is left when a piece is credited."""
        return self.quantity > 1 and self.amount > Fraction(self.price) + 1


class AnyPurchase(RuleBasedStateMachine):
    """An order of two lines at 4.00, beside what a child would count."""

    seen: ClassVar[Counter[str]] = Counter()
    """What has happened in all runs."""

    def __init__(self) -> None:
        super().__init__()
        self.there = dict.fromkeys(LINES, 0)
        """What has come and is not billed."""
        self.prices = dict.fromkeys(LINES, "4.00")
        self.bill: list[Billed] = []
        """The invoice that waits."""
        self.rate = "1"
        self.open = Decimal(0)
        """What the account of goods received and not invoiced should say, in euros."""

    @initialize(tolerated=st.sampled_from(TOLERATED), currency=st.sampled_from(("EUR", "SEK")))
    def order(self, tolerated: dict[str, str], currency: str) -> None:
        """It is ordered."""
        ordered = [{"quantity": "10000", "price": "4.00"} for _ in LINES]
        self.tolerated = tolerated
        self.rate = "1" if currency == "EUR" else "10"
        case = {"ordered": ordered, "tolerances": [tolerated], "currency": currency}
        self.purchase = Purchase(case, rate=Decimal(self.rate))

    def limits(self, what: str) -> tuple[str | None, str | None]:
        """What is tolerated of price, quantity or value."""
        return self.tolerated.get(f"{what}_percent"), self.tolerated.get(f"{what}_amount")

    def reasons(self) -> list[str]:
        """What the invoice that waits should wait for."""
        found, there = [], dict(self.there)
        for number, one in enumerate(self.bill, start=1):
            left, ordered = there[one.line], Fraction(self.prices[one.line])
            more = Fraction(max(one.quantity - left, 0))
            if more and not left:
                found.append(f"{number} not_received")
            elif not within(more, Fraction(left), *self.limits("quantity"), rate="1"):
                found.append(f"{number} quantity")
            price = one.amount / one.quantity
            if not within(abs(price - ordered), ordered, *self.limits("price"), rate=self.rate):
                found.append(f"{number} price")
            worth = min(one.quantity, left) * ordered
            limits = self.limits("value")
            if any(limits) and not within(abs(one.amount - worth), worth, *limits, rate=self.rate):
                found.append(f"{number} value")
            there[one.line] -= min(one.quantity, left)
        return found

    def see(self, outcome: dict[str, Any], *, accepted: bool = False) -> None:
        """The rules say what the model says, and nothing is taken twice."""
        if not self.bill:
            assert outcome == {}
            return
        reasons = self.reasons()
        self.seen.update(one.partition(" ")[2] for one in reasons)
        waits = [one for one in reasons if "not_received" in one] if accepted else reasons
        self.seen[f"{'accepted' if accepted else 'matched'}, {'waits' if waits else 'posted'}"] += 1
        if waits:
            assert sorted(outcome["blocks"]) == sorted(reasons), self.bill
            return
        posts = {account: Decimal(amount) for account, amount in outcome["posts"].items()}
        assert sum(posts.values()) == 0
        self.open -= posts.get("received", Decimal(0))
        for one in self.bill:
            self.there[one.line] -= min(one.quantity, self.there[one.line])
        self.bill = []

    @rule(lines=CAME)
    def come(self, lines: list[tuple[int, int]]) -> None:
        """Goods come, each line with a receipt of its own."""
        for line, quantity in lines:
            self.seen["receipts"] += 1
            self.there[line] += quantity
            self.open += rounded(quantity * Decimal(self.prices[line]) / Decimal(self.rate), "EUR")
        self.see(self.purchase.take({"come": [[line, str(quantity)] for line, quantity in lines]}))

    @rule(line=A_LINE, price=A_PRICE)
    def agree(self, line: int, price: str) -> None:
        """Another price is agreed."""
        self.prices[line] = price
        self.see(self.purchase.take({"prices": [[line, price]]}))

    @precondition(lambda self: self.rate != "1")
    @rule(rate=RATES)
    def change(self, rate: str) -> None:
        """The rate is another."""
        self.rate = rate
        self.see(self.purchase.take({"rate": rate}))

    @precondition(lambda self: not self.bill)
    @rule(lines=BILLED)
    def enter(self, lines: list[tuple[int, int, str | None]]) -> None:
        """The supplier bills."""
        self.seen["invoices"] += 1
        self.bill = [Billed(line, quantity, price or self.prices[line]) for line, quantity, price in lines]
        net = sum((one.quantity * Decimal(one.price) for one in self.bill), Decimal(0))
        told = [[one.line, str(one.quantity), one.price] for one in self.bill]
        self.see(self.purchase.take({"bill": told, "total": with_tax(net)}))

    @precondition(lambda self: any(one.has_a_piece_more for one in self.bill))
    @rule()
    def credit_a_piece(self) -> None:
        """One piece of a line that bills several is credited, at the price at which it was billed."""
        number, one = next((at, one) for at, one in enumerate(self.bill, start=1) if one.has_a_piece_more)
        one.quantity -= 1
        one.amount -= Fraction(one.price)
        told = {"credit": [[number, "1", one.price]], "total": with_tax(Decimal(one.price))}
        self.see(self.purchase.take(told))

    @precondition(lambda self: any(one.amount > 2 for one in self.bill))
    @rule(amount=st.sampled_from(("0.10", "0.25", "1.00")))
    def credit_an_amount(self, amount: str) -> None:
        """A line is made cheaper."""
        number, one = next((at, one) for at, one in enumerate(self.bill, start=1) if one.amount > 2)
        one.amount -= Fraction(amount)
        self.see(self.purchase.take({"credit": [[number, "0", amount]], "total": with_tax(Decimal(amount))}))

    @precondition(lambda self: self.bill)
    @rule()
    def accept(self) -> None:
        """Somebody says that it is right."""
        self.see(self.purchase.take({"accepted": True}), accepted=True)

    @precondition(lambda self: self.bill)
    @rule()
    def reject(self) -> None:
        """Somebody says that it is wrong."""
        self.seen["rejected"] += 1
        self.bill, self.purchase.waiting = [], None

    @invariant()
    def what_has_come_and_is_not_billed_is_open(self) -> None:
        """By line, as it was counted; what is billed wholly is worth nothing more."""
        goods = self.purchase.goods if hasattr(self, "purchase") else []
        for line, quantity in self.there.items():
            assert sum(one.quantity for one in goods if one.order_line_number == line) == quantity
        assert all(one.base_amount >= 0 and (one.quantity or not one.base_amount) for one in goods)
        assert sum((one.base_amount for one in goods), Decimal(0)) == self.open


def test_any_purchase() -> None:
    profile = machines.PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "short")]
    AnyPurchase.seen.clear()

    lives = settings(profile, max_examples=INVOICES)  # There are two invoices in each, on average.
    run_state_machine_as_test(AnyPurchase, settings=lives)

    seen = AnyPurchase.seen
    assert seen["invoices"] >= INVOICES and seen["receipts"] >= RECEIPTS_EACH * seen["invoices"], seen
    outcomes = {f"{how}, {what}" for how in ("matched", "accepted") for what in ("waits", "posted")}
    missing = (outcomes | {"not_received", "quantity", "price", "value"}) - seen.keys()
    assert not missing, "never happened"
