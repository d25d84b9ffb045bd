"""Whether other prices come to what somebody would be asked about who has not said yes to so much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from domains.identity.messages import ApprovalPolicyView
from domains.identity.rules.policies import Matter, policies_for, why_of
from foundation.values.errors import BusinessError
from foundation.values.money import HUNDRED, ZERO, rounded


class BeyondApproval(BusinessError):
    """A purchase order, or all that is ordered of its requisition, would come to more than people have said
    yes to whom a policy asks for it.
    """

    status = 409


@dataclass(frozen=True)
class LineStanding:
    """A line of a requisition as it was entered, and, once it is ordered, as its order has it now."""

    cost_centre: str | None
    base_amount: Decimal
    """As entered: in the company's currency, without tax."""
    currency: str
    why_not_ordered: str
    order_id: UUID | None
    order_line_number: int | None
    is_cancelled: bool
    quantity: Decimal | None
    unit_price: Decimal | None
    discount_percent: Decimal | None

    def amount(self, price: Decimal | None, rates: Mapping[str, Decimal], base: str) -> Decimal:
        """What of it is ordered, or still to be, in the company's currency without tax, rounded half-up as it
        was entered: at another price of one unit less discount, or at the one that its order has.
        """
        if self.is_cancelled or (self.order_id is None and self.why_not_ordered):
            return ZERO
        if self.quantity is None or self.unit_price is None or self.discount_percent is None:
            return self.base_amount
        if price is None:
            price = self.unit_price * (HUNDRED - self.discount_percent) / HUNDRED
        return rounded(self.quantity * price / rates[self.currency], base)


@dataclass(frozen=True)
class RequisitionStanding:
    """A requisition with its lines, and the rates of its day: what its policies are looked for by."""

    lines: Sequence[LineStanding]
    category: str
    on: date
    currency: str
    """The company's."""
    rates: Mapping[str, Decimal]
    """By currency, how many of its units are one of the company's."""

    def as_entered(self) -> Matter:
        """What people were asked about."""
        return self._matter([line.base_amount for line in self.lines])

    def with_prices(self, order_id: UUID, prices: Mapping[int, Decimal]) -> Matter:
        """What all of its orders that are not cancelled come to, with other prices of one unit less discount
        of lines of one of them; what is still to be ordered counts as it was entered.
        """
        return self._matter(
            [
                line.amount(
                    prices.get(line.order_line_number or 0) if line.order_id == order_id else None,
                    self.rates,
                    self.currency,
                )
                for line in self.lines
            ]
        )

    def _matter(self, amounts: Sequence[Decimal]) -> Matter:
        of: dict[str, Decimal] = {}
        for line, amount in zip(self.lines, amounts, strict=True):
            if line.cost_centre is not None:
                of[line.cost_centre] = of.get(line.cost_centre, ZERO) + amount
        return Matter(sum(amounts, ZERO), self.on, self.category, of)


def check_not_raised(
    number: str,
    after: Matter,
    said_yes_to: Sequence[Matter],
    known: Sequence[ApprovalPolicyView],
    currency: str,
) -> None:
    """What is no more than one of these was asked about with it, wherever a policy looks: at the whole, or
    at what is of a cost centre. Refuses: BeyondApproval, naming the first policy that asks about more.
    """
    if any(_is_nowhere_more(after, one) for one in said_yes_to):
        return
    for policy in policies_for(known, after):
        if not any(_has_asked(policy, known, one, after) for one in said_yes_to):
            amount = after.amount_of(policy.cost_centre)
            raise BeyondApproval(
                f"{number} would come to {amount:,.2f} {currency}, and nobody has said yes "
                f"to that ({why_of(policy, currency)}): cancel what has not come, and order it anew"
            )


def _is_nowhere_more(after: Matter, before: Matter) -> bool:
    return all(after.amount_of(centre) <= before.amount_of(centre) for centre in ("", *after.of_cost_centres))


def _has_asked(
    policy: ApprovalPolicyView, known: Sequence[ApprovalPolicyView], before: Matter, after: Matter
) -> bool:
    """Whether one that looks at the same counted for as much: it was not replaced by one that names more."""
    centre = policy.cost_centre
    return after.amount_of(centre) <= before.amount_of(centre) and any(
        (one.category, one.cost_centre) == (policy.category, centre) for one in policies_for(known, before)
    )
