"""Who checks names what is checked: nothing is no check."""

import pytest

from perpetual.checker.invariants import invariants
from tests.checked import everything_agrees


@pytest.mark.parametrize("groups", [(), ("ledgers",), ("ledger", "stock")])
async def test_a_check_by_no_invariant_is_refused(groups: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="name groups of invariants: at_rest, banking, database"):
        await everything_agrees("ACME", *groups)


def test_the_named_groups_are_checked_and_no_other() -> None:
    assert {one.group for one in invariants(groups=("ledger", "orders"))} == {"ledger", "orders"}
