"""The machines' ground: what a machine finds makes its test fail."""

import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests import machines


class Counter(RuleBasedStateMachine):
    """Something that is said to stay below three, and does not."""

    def __init__(self, run: machines.Run) -> None:
        super().__init__()
        self.run = run
        self.count = 0

    @rule()
    def count_up(self) -> None:
        """One more, counted on the tests' event loop."""
        self.count = self.run(self._more())

    async def _more(self) -> int:
        return self.count + 1

    @invariant()
    def stays_below_three(self) -> None:
        """Not so after three steps."""
        assert self.count < 3, "it is three"


async def test_what_a_machine_finds_fails_its_test() -> None:
    with pytest.raises(AssertionError, match="it is three"):
        await machines.run(Counter)
