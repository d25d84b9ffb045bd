"""Which policies say who is asked for a decision, and whom those ask that count."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from domains.identity.messages import ApprovalPolicyView, PolicyLevel, PutApprovalPolicy
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import ZERO

APART = ("category", "cost_centre")
"""The fields by which policies tell decisions of a kind apart."""


class AmbiguousPolicy(BusinessError):
    """Another policy says something else about the same decisions, from the same day on."""

    status = 409


@dataclass(frozen=True)
class ApprovalKind:
    """A kind of decisions that processes ask people for, and what policies for it may say."""

    tells_apart: frozenset[str] = frozenset()
    """Which of `category` and `cost_centre` its decisions have."""
    fewest_approvals: int = 1
    """How many must say yes at least, whatever the policy."""


@dataclass(frozen=True)
class Matter:
    """What policies are looked for: what it comes to in the company's currency, on which day, in which
    category, and how much of it is of which cost centre.
    """

    amount: Decimal
    on: date
    category: str = ""
    of_cost_centres: Mapping[str, Decimal] = field(default_factory=dict)

    def amount_of(self, cost_centre: str) -> Decimal:
        """What is of a cost centre; all of it for a policy that names none."""
        return self.of_cost_centres.get(cost_centre, ZERO) if cost_centre else self.amount

    def concerns(self, policy: ApprovalPolicyView) -> bool:
        """Whether a policy says something about it: about its category, and about enough of its amount."""
        return (
            not policy.blocked
            and policy.valid_from <= self.on
            and policy.category in ("", self.category)
            and (not policy.cost_centre or policy.cost_centre in self.of_cost_centres)
            and policy.from_amount <= self.amount_of(policy.cost_centre)
        )

    def is_all_of(self, cost_centre: str) -> bool:
        """Whether nothing of it is of another cost centre, or of none."""
        return not cost_centre or self.of_cost_centres.get(cost_centre) == self.amount


def policies_for(known: Iterable[ApprovalPolicyView], matter: Matter) -> tuple[ApprovalPolicyView, ...]:
    """The policies that count for a matter, in the order in which they ask; none when nobody is asked.

    Of those that name the same category and the same cost centre, or none, one counts: with the highest band
    that is reached, and of these the one that began last. A policy of a cost centre is held against what is
    of that cost centre. One that names less is replaced by one that names more, covers all of the matter, and
    asks from no lower an amount; a lower one replaces nothing, and both are asked. Those that name most ask
    first.
    """
    fitting = sorted((one for one in known if matter.concerns(one)), key=_named)
    alike = (list(those) for _, those in groupby(fitting, key=_named))
    highest = [max(those, key=lambda one: (one.from_amount, one.valid_from)) for those in alike]
    counting = [one for one in highest if not any(_replaces(more, one, matter) for more in highest)]
    return tuple(sorted(counting, key=lambda one: (*(not name for name in _named(one)), _named(one))))


def _named(policy: ApprovalPolicyView) -> tuple[str, str]:
    return policy.category, policy.cost_centre


def _replaces(more: ApprovalPolicyView, less: ApprovalPolicyView, matter: Matter) -> bool:
    names_more = more is not less and all(
        mine == other or not other for mine, other in zip(_named(more), _named(less), strict=True)
    )
    covers_all = more.cost_centre == less.cost_centre or matter.is_all_of(more.cost_centre)
    return names_more and covers_all and more.from_amount >= less.from_amount


@dataclass(frozen=True)
class LevelAsked:
    """One level, and the policies that ask for it: first the one whose level it is."""

    level: PolicyLevel
    policies: tuple[ApprovalPolicyView, ...]

    def may_stand_in_for(self, other: PolicyLevel) -> bool:
        """Whether it asks for what another level does once it takes the stricter of both: not where each
        escalates to somebody else.
        """
        further = {self.level.escalate_to, other.escalate_to} - {None}
        return self.level.role == other.role and len(further) < 2

    def standing_in_for(self, other: PolicyLevel, of: ApprovalPolicyView) -> "LevelAsked":
        """For both: who decides, and from which day on, is what both allow."""
        stricter: dict[str, Any] = {
            "escalate_to": self.level.escalate_to if self.level.escalate_to == other.escalate_to else None,
            "escalate_after_days": max(self.level.escalate_after_days, other.escalate_after_days),
        }
        return LevelAsked(self.level.model_copy(update=stricter), (*self.policies, of))


def levels_asked(policies: Iterable[ApprovalPolicyView]) -> list[LevelAsked]:
    """The levels of all of them, one policy after the other, numbered throughout.

    No role is asked for a policy again that one before it has asked as often already, unless the two escalate
    to different roles. What is asked once for both escalates only as both do: not at all, where one does not.
    """
    asked: list[LevelAsked] = []
    for policy in policies:
        last = max((one.level.number for one in asked), default=0)
        before = list(range(len(asked)))
        for level in policy.levels:
            if (place := _stands_in(level, asked, before)) is None:
                own = level.model_copy(update={"number": last + level.number})
                asked.append(LevelAsked(own, (policy,)))
            else:
                before.remove(place)
                asked[place] = asked[place].standing_in_for(level, policy)
    return asked


def _stands_in(level: PolicyLevel, asked: Sequence[LevelAsked], places: Iterable[int]) -> int | None:
    """Which of those at these places does: rather one that escalates to the same role already."""
    fitting = [place for place in places if asked[place].may_stand_in_for(level)]
    fitting.sort(key=lambda place: asked[place].level.escalate_to != level.escalate_to)
    return next(iter(fitting), None)


def why_of(policy: ApprovalPolicyView, currency: str) -> str:
    """A policy and its band, as those are shown it whom it asks."""
    precisely = (("category", policy.category), ("cost centre", policy.cost_centre))
    of = "".join(f", {name} {value}" for name, value in precisely if value)
    return f"{policy.code}: {policy.kind} from {policy.from_amount:,.2f} {currency}{of}"


def check_kind(put: PutApprovalPolicy, kinds: Mapping[str, ApprovalKind], missing: Collection[str]) -> None:
    """A policy asks about what is asked: it names nothing that decisions of its kind do not have, nor, in its
    `missing` fields, what is not there; and it asks no fewer than its kind needs. Refuses: Invalid, by field.
    """
    refusals, kind = Refusals(), kinds.get(put.kind)
    if kind is None:
        there_are = ", ".join(sorted(kinds))
        refusals.add("kind", f"nobody is ever asked about {put.kind}; there are: {there_are}")
        kind = ApprovalKind(frozenset(APART))
    for name in APART:
        if getattr(put, name) and name not in kind.tells_apart:
            refusals.add(name, f"decisions of the kind {put.kind} have none: leave it empty")
        elif name in missing:
            refusals.add(name, f"there is no {name.replace('_', ' ')} {getattr(put, name)}")
    if len(put.levels) < kind.fewest_approvals:
        why = (
            f"{put.kind} needs {kind.fewest_approvals} approvals at least: at one level, or one after another"
        )
        refusals.add("levels", why)
    refusals.raise_if_any()


def check_policy(put: PutApprovalPolicy, known: Iterable[ApprovalPolicyView]) -> None:
    """Two must not say something about the same from the same day on. Refuses: AmbiguousPolicy, naming it."""
    if put.blocked:
        return
    fields = ("kind", "from_amount", "category", "cost_centre", "valid_from")
    for other in known:
        same = all(getattr(other, name) == getattr(put, name) for name in fields)
        if same and other.code != put.code and not other.blocked:
            why = f"{other.code} says who decides about the same, from the same day on"
            raise AmbiguousPolicy(why, errors=[("from_amount", why)])
