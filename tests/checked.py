"""The checker, for tests of one domain: what it must find of a company, by groups of invariants."""

from collections.abc import Sequence

from foundation.database import database
from perpetual.checker.invariants import Violation, invariants
from perpetual.checker.running import check


async def violations(company: str, *groups: str) -> Sequence[Violation]:
    """What does not hold of a company."""
    url = database().engine.url.render_as_string(hide_password=False)
    return await check(url, invariants(groups=groups), company=company)


async def everything_agrees(company: str, *groups: str) -> None:
    """All of it holds."""
    found = await violations(company, *groups)
    assert not found, "\n".join(f"{one.invariant}: {one.as_text()}" for one in found)
