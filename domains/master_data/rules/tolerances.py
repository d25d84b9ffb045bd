"""Which tolerance holds, and whether a difference is within it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from domains.master_data.messages.tolerances import PutMatchingTolerance
from foundation.values.money import percent_of

NOTHING = PutMatchingTolerance(valid_from=date.min)
"""What is tolerated where nobody has said anything: not the smallest difference."""


def tolerance_for(
    known: Iterable[PutMatchingTolerance], supplier_code: str, item_code: str, on: date
) -> PutMatchingTolerance:
    """The most precise that fits, of these the one that began last. A supplier's goes before an item's."""
    fitting = [
        one
        for one in known
        if one.supplier_code in (None, supplier_code)
        and one.item_code in (None, item_code)
        and one.valid_from <= on
    ]
    return max(
        fitting,
        key=lambda one: (one.supplier_code is not None, one.item_code is not None, one.valid_from),
        default=NOTHING,
    )


def is_within(
    difference: Decimal, of: Decimal, percent: Decimal | None, amount: Decimal | None, *, rate: Decimal
) -> bool:
    """Whether a difference, not negative, exceeds no limit that is set; without any, only none at all.

    `difference` and `of` are in a currency of which `rate` units are one of the company's, in which the limit
    `amount` is. A difference that is exactly at the limit is within it.
    """
    if percent is None and amount is None:
        return not difference
    return (percent is None or difference <= percent_of(of, percent)) and (
        amount is None or difference <= amount * rate
    )
