"""The contribution statement (Beitragsnachweis) as figures: what each fund is due, by contribution group.

It adds up the lines of all employees; how the statement is sent is not this module's. § 28f Abs. 3 SGB
IV.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from domains.payroll.countries.de.contribution_shares import ContributionGroup
from domains.payroll.rules.statutory import StatutoryLine
from foundation.values.money import ZERO


@dataclass(frozen=True)
class ContributionStatement:
    """What one fund is due: by group, in the order of the groups, in euros. Both shares together."""

    fund: str
    groups: Mapping[ContributionGroup, Decimal]

    @property
    def total(self) -> Decimal:
        """What is to be paid to the fund."""
        return sum(self.groups.values(), ZERO)


def contribution_statements(lines: Iterable[StatutoryLine]) -> tuple[ContributionStatement, ...]:
    """A statement for each fund, in the order of their names, of a month's lines of all employees.

    Lines whose code is no contribution group, such as wage tax, are left out. A correction is a line with
    a negative amount and lowers its group; a group that comes to 0 is kept.
    """
    known = {group.value: group for group in ContributionGroup}
    funds: dict[str, dict[ContributionGroup, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for line in lines:
        if line.code in known:
            funds[line.authority][known[line.code]] += line.amount
    return tuple(
        ContributionStatement(fund, {group: sums[group] for group in ContributionGroup if group in sums})
        for fund, sums in sorted(funds.items())
    )
