"""What a budget may be, and what it takes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domains.ledger.messages.budgets import PutBudget, ToCommit
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import ONE, ZERO, rounded


class BudgetsOverlap(BusinessError):
    """The cost centre has another budget for some of these days."""

    status = 409


class BudgetInUse(BusinessError):
    """Something is committed: its days stay in the budget, and the amount does not go below it. Of what was
    ever used the cost centre stays.
    """

    status = 409


class NoBudgetOnDay(BusinessError):
    """The cost centre has budgets, but none for the day on which something is wanted."""

    status = 409


class BudgetExceeded(BusinessError):
    """The budget of a cost centre has less left than is asked for."""

    status = 409


@dataclass(frozen=True)
class BudgetAsKept:
    """A budget with what is committed of it, in the company's currency."""

    code: str
    cost_centre: str
    starts_on: date
    ends_on: date
    amount: Decimal
    committed_amount: Decimal

    def is_for(self, cost_centre: str, on: date) -> bool:
        """Whether it is the budget of a cost centre on a day."""
        return self.cost_centre == cost_centre and self.starts_on <= on <= self.ends_on


def check_budget(
    put: PutBudget,
    known: BudgetAsKept | None,
    others: Iterable[BudgetAsKept],
    *,
    has_been_used: bool,
    committed_for: tuple[date, date] | None,
) -> None:
    """Refuses: Invalid, when it ends before it begins; BudgetsOverlap, naming the other of the cost centre's;
    BudgetInUse, when something of the `known` one is committed that would not be in it any more, of which
    `committed_for` are the first and the last day; or when it was used, and would be another cost centre's.
    """
    refusals = Refusals()
    if put.ends_on < put.starts_on:
        refusals.add("ends_on", f"before the first day, {put.starts_on}")
    refusals.raise_if_any()
    for other in others:
        if other.code != put.code and other.starts_on <= put.ends_on and put.starts_on <= other.ends_on:
            why = f"budget {other.code} is for {other.starts_on} to {other.ends_on}"
            raise BudgetsOverlap(f"starts_on: {why}", errors=[("starts_on", why), ("ends_on", why)])
    if known is None:
        return
    if has_been_used and put.cost_centre != known.cost_centre:
        refusals.add("cost_centre", "something was committed of it: end it, and write another budget")
    if committed_for is not None:
        first, last = committed_for
        if put.starts_on > first:
            refusals.add("starts_on", f"something is committed for {first}: no later than that")
        if put.ends_on < last:
            refusals.add("ends_on", f"something is committed for {last}: no earlier than that")
    if put.amount < known.committed_amount:
        committed = known.committed_amount.normalize()
        refusals.add("amount", f"no less than {committed:f}, which is committed")
    refusals.raise_if_any(BudgetInUse)


def budgets_for(
    wanted: Sequence[ToCommit], known: Sequence[BudgetAsKept], *, controlled: Collection[str]
) -> Mapping[int, BudgetAsKept]:
    """By line number, the budget that counts for it. Of the `controlled` cost centres, those that have any
    budget, nothing is committed without one.

    Refuses: NoBudgetOnDay, with every line of one of these that is wanted on another day than its budgets';
    BudgetExceeded, with every line for which its budget has too little left, those before it taken.
    """
    refusals, found = Refusals(), dict[int, BudgetAsKept]()
    for line in wanted:
        if line.cost_centre in controlled and not any(one.is_for(line.cost_centre, line.on) for one in known):
            why = (
                f"{line.cost_centre} has no budget for {line.on}: want it on another day, or have one written"
            )
            refusals.add(line.day_field or line.field, why)
    refusals.raise_if_any(NoBudgetOnDay)
    left = {budget.code: budget.amount - budget.committed_amount for budget in known}
    for line in wanted:
        budget = next((one for one in known if one.is_for(line.cost_centre, line.on)), None)
        if budget is None:
            continue
        if line.amount > left[budget.code]:
            there, needed = left[budget.code].normalize(), line.amount.normalize()
            why = f"budget {budget.code} of {line.cost_centre} has {there:f} left, and {needed:f} is needed"
            refusals.add(line.field, f"{why}: order less, or have the budget raised")
            continue
        left[budget.code] -= line.amount
        found[line.line_number] = budget
    refusals.raise_if_any(BudgetExceeded)
    return found


@dataclass(frozen=True)
class OpenCommitment:
    """What a line of a document has committed of a budget for a day: at first, and now; since when."""

    budget_code: str
    line_number: int
    wanted_on: date
    first_amount: Decimal
    open_amount: Decimal
    committed_on: date


def to_give_back(commitment: OpenCommitment, share: Decimal, currency: str) -> Decimal:
    """What is to be given back when a share of the line is wanted, 0 to 1. What is kept is rounded half-up;
    nothing is committed again, although more were wanted than before.
    """
    kept = rounded(commitment.first_amount * min(max(share, ZERO), ONE), currency)
    return max(commitment.open_amount - kept, ZERO)
