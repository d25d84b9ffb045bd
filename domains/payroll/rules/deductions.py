"""What is taken of the net: deductions with arrears, loans, garnishments above a protected net; and to which
accounts the rest is paid.

All amounts are in the currency of the pay, to its minor unit. What is taken never exceeds what there is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import groupby, pairwise

from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import HUNDRED, ZERO, allocated, percent_of, rounded


class BankSplitRefused(BusinessError):
    """The split of the net over accounts leaves something over, or is more than the net."""


class ProtectionRefused(BusinessError):
    """The table of what is protected from garnishment contradicts itself."""


@dataclass(frozen=True)
class PostTaxDeduction:
    """What is to be taken of the net: of this period, and what is owed from before.

    The lowest priority number is taken first, of the same the earlier code. `most` is what is taken at once,
    arrears included. A loan or an advance is one whose arrears are nothing and whose `balance` goes down by
    what was taken: its instalment is the amount, and what could not be taken stays in the balance.
    """

    code: str
    amount: Decimal
    arrears: Decimal = ZERO
    balance: Decimal | None = None
    most: Decimal | None = None
    priority: int = 100
    is_owed_on: bool = True
    comes_after_garnishments: bool = False


@dataclass(frozen=True)
class DeductionTaken:
    """What was taken, and what is owed next time; of a loan, what is left of it."""

    code: str
    due: Decimal
    taken: Decimal
    owed_on: Decimal
    balance: Decimal | None
    steps: tuple[tuple[str, Decimal], ...]


def take(deductions: Iterable[PostTaxDeduction], available: Decimal) -> tuple[DeductionTaken, ...]:
    """What is taken of an available net, in the order of the priorities; a net below 0 gives nothing.

    A deduction that is negative pays back, and makes more available for those after it.
    """
    left, taken = max(available, ZERO), []
    for one in sorted(deductions, key=lambda one: (one.priority, one.code)):
        result = _taken(one, left)
        left -= result.taken
        taken.append(result)
    return tuple(taken)


def _taken(one: PostTaxDeduction, available: Decimal) -> DeductionTaken:
    amount = one.amount if one.balance is None else min(one.amount, one.balance)
    due = amount + one.arrears
    at_once = due if one.most is None else min(due, one.most)
    taken = min(at_once, available)
    steps = [("of this period", amount)]
    if one.arrears:
        steps.append(("owed from before", one.arrears))
    if at_once != due:
        steps.append((f"at most {at_once:f} at once", at_once))
    if taken != at_once:
        steps.append((f"only {available:f} is available", taken))
    not_taken = due - taken
    if not_taken and one.balance is None:
        steps.append(("owed next time" if one.is_owed_on else "given up", not_taken))
    return DeductionTaken(
        code=one.code,
        due=due,
        taken=taken,
        owed_on=not_taken if one.is_owed_on and one.balance is None else ZERO,
        balance=None if one.balance is None else one.balance - taken,
        steps=tuple(steps),
    )


@dataclass(frozen=True)
class ProtectedBand:
    """How much of the net above an amount, up to the next band, cannot be garnished."""

    above: Decimal
    percent: Decimal


@dataclass(frozen=True)
class ProtectedNet:
    """How much of a net is left to who earned it: by bands, and never less than a fixed amount.

    A fixed amount alone, a percentage alone (one band above 0), or a table such as § 850c ZPO: bands with
    what of each is protected. With a `step` the table is read at the net rounded down to its multiples (§
    850c Abs. 5), and what that cuts off is protected too; not in a band that protects nothing. The larger of
    the fixed amount and the bands counts, as in 15 U.S.C. § 1673.
    """

    at_least: Decimal = ZERO
    bands: tuple[ProtectedBand, ...] = ()
    step: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuses: ProtectionRefused."""
        wrong = Refusals()
        if self.at_least < 0:
            wrong.add("at_least", "is not negative")
        if any(one.above >= other.above for one, other in pairwise(self.bands)):
            wrong.add("bands", "each begins above a higher amount than the one before")
        if any(not 0 <= band.percent <= HUNDRED or band.above < 0 for band in self.bands):
            wrong.add("bands", "each protects 0 to 100 per cent of what is above 0 or more")
        if self.step is not None and self.step <= 0:
            wrong.add("step", "is more than 0")
        wrong.raise_if_any(ProtectionRefused)

    def of(self, net: Decimal, currency: str) -> Decimal:
        """What of a net is protected, half up to the minor unit; never more than the net, nor less than 0."""
        tops = [band.percent for band in self.bands if net > band.above]
        counted = net // self.step * self.step if self.step and tops and tops[-1] else net
        protected = net - counted
        for band, end in zip(self.bands, [*(one.above for one in self.bands[1:]), net], strict=False):
            protected += percent_of(max(min(end, counted) - band.above, ZERO), band.percent)
        return max(min(max(self.at_least, rounded(protected, currency)), net), ZERO)


@dataclass(frozen=True)
class Garnishment:
    """What a creditor may have of the net by a court's or an authority's order: the lowest priority number
    first.

    `owed` is all that is still owed; `a_period` is what is asked for at once, when that is less.
    """

    code: str
    priority: int
    owed: Decimal
    protected: ProtectedNet
    a_period: Decimal | None = None

    @property
    def asked(self) -> Decimal:
        """What this period is asked for."""
        return self.owed if self.a_period is None else min(self.a_period, self.owed)


@dataclass(frozen=True)
class Garnished:
    """What a creditor gets of this net, and what is still owed."""

    code: str
    protected: Decimal
    taken: Decimal
    owed: Decimal
    steps: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True)
class PaidInPeriod:
    """What other payslips have paid somebody for the same period: what is protected is of the net of both,
    and an instalment is taken once.
    """

    net: Decimal = ZERO
    """Before garnishments."""
    kept: Decimal = ZERO
    """What was left to who earned it."""
    repaid: Mapping[str, Decimal] = field(default_factory=dict)
    """By loan."""
    garnished: Mapping[str, Decimal] = field(default_factory=dict)
    """By order."""


NOTHING_BEFORE = PaidInPeriod()


def garnish(
    garnishments: Iterable[Garnishment], net: Decimal, *, currency: str, before: PaidInPeriod = NOTHING_BEFORE
) -> tuple[Garnished, ...]:
    """What each garnishment gets of a net, in the order of priority; of the same period's net before it, so
    much is protected as was kept of it.

    One gets something only while the net, less all that was taken, is above what is protected from it. Those
    of the same priority share what is above the protection of them all, by what they ask for, to the cent;
    what lies below that, and is protected from some only, the others share in the same way.
    """
    in_order = sorted(garnishments, key=lambda one: (one.priority, one.code))
    left, results = net, []
    for _, group in groupby(in_order, key=lambda one: one.priority):
        same = tuple(group)
        protected = [max(one.protected.of(before.net + net, currency) - before.kept, ZERO) for one in same]
        shares = _shared(same, protected, left, currency)
        for one, limit, share in zip(same, protected, shares, strict=True):
            steps = (("net", net), ("protected", limit), ("left by those before", left), ("asked", one.asked))
            results.append(Garnished(one.code, limit, share, one.owed - share, (*steps, ("taken", share))))
        left -= sum(shares, ZERO)
    return tuple(results)


def _shared(
    same: Sequence[Garnishment], protected: Sequence[Decimal], left: Decimal, currency: str
) -> list[Decimal]:
    """What garnishments of one priority get, from the highest protection down."""
    shares = [ZERO for _ in same]
    for limit in sorted(set(protected), reverse=True):
        wanted = [
            one.asked - share if own <= limit else ZERO
            for one, own, share in zip(same, protected, shares, strict=True)
        ]
        there_is = min(max(left - limit, ZERO), sum(wanted, ZERO))
        if there_is:
            more = allocated(there_is, wanted, currency)
            shares = [share + part for share, part in zip(shares, more, strict=True)]
            left -= there_is
    return shares


class BankShareKind(StrEnum):
    """What of the net goes to an account."""

    FIXED = "fixed"
    PERCENT = "percent"
    REST = "rest"


@dataclass(frozen=True)
class BankShare:
    """An account, and what of the net it gets; `value` is an amount, or a percentage of the net."""

    account: str
    kind: BankShareKind
    value: Decimal = ZERO


def split(net: Decimal, shares: Sequence[BankShare], *, currency: str) -> tuple[tuple[str, Decimal], ...]:
    """What each account gets, in the order given: first fixed amounts, then percentages of the net, half up
    to the minor unit, each as far as the net goes; the rest goes to the account of the rest. Together the
    net, exactly.

    Accounts that get nothing are left out. Refuses: BankSplitRefused.
    """
    _check_split(shares)
    left, amounts = net, [ZERO for _ in shares]
    for kind in BankShareKind:
        for position, share in enumerate(shares):
            if share.kind is kind:
                wanted = {
                    BankShareKind.FIXED: share.value,
                    BankShareKind.PERCENT: percent_of(net, share.value),
                    BankShareKind.REST: left,
                }[kind]
                amounts[position] = min(rounded(wanted, currency), left)
                left -= amounts[position]
    return tuple((share.account, amount) for share, amount in zip(shares, amounts, strict=True) if amount)


def _check_split(shares: Sequence[BankShare]) -> None:
    wrong = Refusals()
    if sum(share.kind is BankShareKind.REST for share in shares) != 1:
        wrong.add("accounts", "one account, and only one, gets the rest")
    if sum((share.value for share in shares if share.kind is BankShareKind.PERCENT), ZERO) > HUNDRED:
        wrong.add("accounts", "the percentages are more than 100 together")
    for position, share in enumerate(shares):
        if share.value < 0:
            wrong.add(f"accounts.{position}.value", "is not negative")
    wrong.raise_if_any(BankSplitRefused)
