"""The checker, for tests of one domain: what it must find of a company, by groups of invariants."""

from collections.abc import Sequence

from foundation.database.connections import database
from perpetual.checker.invariants import Violation, invariants
from perpetual.checker.running import check


async def violations(company: str, *groups: str) -> Sequence[Violation]:
    """What does not hold of a company."""
    return await check(_address(), invariants(groups=groups), company=company)


async def violations_at_rest(company: str) -> Sequence[Violation]:
    """What does not hold of a company, by all invariants, while nobody is at work."""
    return await check(_address(), invariants(at_rest=True), company=company)


async def everything_agrees(company: str, *groups: str) -> None:
    """All of it holds. Raises ValueError without groups: nothing would be checked."""
    found = await violations(company, *groups)
    assert not found, "\n".join(f"{one.invariant}: {one.as_text()}" for one in found)


def _address() -> str:
    return database().engine.url.render_as_string(hide_password=False)
