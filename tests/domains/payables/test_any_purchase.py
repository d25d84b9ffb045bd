"""Purchases as chance has them: goods come, are billed, credited, priced anew and accepted in any order. A
simple model says what must be posted, and what must wait.
"""

import os
from decimal import Decimal
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import machines
from tests.domains.payables.worked import Purchase

LINES, MORE = 2, 20
A_LINE, SOME, A_PRICE = st.integers(1, LINES), st.integers(1, 9), st.sampled_from(("4.00", "4.20", "5.00"))
BILLED = st.dictionaries(A_LINE, st.tuples(SOME, A_PRICE), min_size=1)


def with_tax(net: Decimal) -> str:
    """19 % on top, rounded to the cent; there are no halves."""
    return f"{net * Decimal('1.19'):.2f}"


class AnyPurchase(RuleBasedStateMachine):
    """An order of two lines at 4.00, of which nothing is tolerated, beside what a child would count."""

    seen: ClassVar[set[tuple[bool, bool]]] = set()
    """What has become of invoices in all runs: whether they were accepted, and whether they were posted."""

    def __init__(self) -> None:
        super().__init__()
        ordered = [{"quantity": "100", "price": "4.00"} for _ in range(LINES)]
        self.purchase = Purchase({"ordered": ordered})
        self.there = dict.fromkeys(range(1, LINES + 1), 0)
        """What has come and is not billed."""
        self.prices = dict.fromkeys(self.there, "4.00")
        self.bill: dict[int, tuple[int, str]] = {}
        """What the invoice that waits bills, less what was credited."""

    def matches(self) -> bool:
        """Whether the invoice that waits should be posted."""
        return all(
            quantity <= self.there[line] and (price == self.prices[line] or not quantity)
            for line, (quantity, price) in self.bill.items()
        )

    def see(self, outcome: dict[str, Any], *, accepted: bool = False) -> None:
        """The rules say what the model says, and nothing is taken twice."""
        if not self.bill:
            assert outcome == {}
            return
        reasons = outcome.get("blocks", [])
        is_posted = self.matches() if not accepted else all(self.there[line] for line in self.wanted())
        assert ("posts" in outcome) == is_posted, (outcome, self.bill, self.there, self.prices)
        assert is_posted == (not reasons)
        self.seen.add((accepted, is_posted))
        if is_posted:
            posts = {account: Decimal(amount) for account, amount in outcome["posts"].items()}
            assert sum(posts.values()) == 0
            for line, (quantity, _) in self.bill.items():
                self.there[line] -= min(quantity, self.there[line])
            self.bill = {}

    def wanted(self) -> list[int]:
        """The lines of which something is billed."""
        return [line for line, (quantity, _) in self.bill.items() if quantity]

    @rule(line=A_LINE, quantity=SOME)
    def come(self, line: int, quantity: int) -> None:
        """Goods come."""
        self.there[line] += quantity
        self.see(self.purchase.take({"come": [[line, str(quantity)]]}))

    @rule(line=A_LINE, price=A_PRICE)
    def agree(self, line: int, price: str) -> None:
        """Another price is agreed."""
        self.prices[line] = price
        self.see(self.purchase.take({"prices": [[line, price]]}))

    @precondition(lambda self: not self.bill)
    @rule(bill=BILLED)
    def enter(self, bill: dict[int, tuple[int, str]]) -> None:
        """The supplier bills."""
        self.bill = dict(sorted(bill.items()))
        net = sum((quantity * Decimal(price) for quantity, price in self.bill.values()), Decimal(0))
        lines = [[line, str(quantity), price] for line, (quantity, price) in self.bill.items()]
        self.see(self.purchase.take({"bill": lines, "total": with_tax(net)}))

    @precondition(lambda self: any(quantity > 1 for quantity, _ in self.bill.values()))
    @rule()
    def credit(self) -> None:
        """One piece of a line that bills several is credited, at the price at which it was billed."""
        position, line = next(
            (position, line)
            for position, (line, (quantity, _)) in enumerate(self.bill.items(), start=1)
            if quantity > 1
        )
        quantity, price = self.bill[line]
        self.bill[line] = quantity - 1, price
        self.see(self.purchase.take({"credit": [[position, "1", price]], "total": with_tax(Decimal(price))}))

    @precondition(lambda self: self.bill)
    @rule()
    def accept(self) -> None:
        """Somebody says that it is right."""
        self.see(self.purchase.take({"accepted": True}), accepted=True)

    @invariant()
    def what_has_come_and_is_not_billed_is_open(self) -> None:
        """By line, as it was counted; what is billed wholly is worth nothing more."""
        for line, quantity in self.there.items():
            left = [one for one in self.purchase.goods if one.order_line_number == line]
            assert sum(one.quantity for one in left) == quantity
            assert all(one.base_amount >= 0 and (one.quantity or not one.base_amount) for one in left)


def test_any_purchase() -> None:
    profile = machines.PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "short")]

    often = settings(profile, max_examples=MORE * profile.max_examples)
    AnyPurchase.seen.clear()
    run_state_machine_as_test(AnyPurchase, settings=often)
    assert len(AnyPurchase.seen) == 4, "posted and blocked, accepted or not: what is missing never happened"
