"""What was accepted has its whole effect, also when worker and server die in the same moment, and nobody asks
again.

`python -m tests.faults.windows` strikes the same moments a hundred times each.
"""

from collections.abc import AsyncIterator

import pytest

from tests.faults import windows
from tests.faults.judging import what_the_checker_says
from tests.faults.window_site import WindowSite
from tests.faults.windows import WINDOWS, Window


@pytest.fixture(scope="module")
async def site() -> AsyncIterator[WindowSite]:
    """One for all of them."""
    async with windows.opened() as site:
        yield site


@pytest.mark.parametrize("window", WINDOWS, ids=[window.name for window in WINDOWS])
async def test_an_order_that_was_struck_becomes_equal_to_its_twin_though_nobody_asks_again(
    site: WindowSite, window: Window
) -> None:
    outcome = await windows.strike(site, window)

    assert not outcome.wrong, f"{window.title}; answered {outcome.answers}: {outcome.wrong}"


async def test_what_has_become_of_all_of_them_agrees_with_itself(site: WindowSite) -> None:
    assert await what_the_checker_says(site) == []
