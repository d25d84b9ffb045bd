"""Whether what a caller may do is still what was remembered.

Roles are remembered with the version that they had. The first transaction that a request opens for its
company learns the present version in its opening statement, so that asking costs no round trip. Who remembers
another one looks again in that transaction. So a role's change counts for every request that begins after it.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass

from foundation.database.transaction import Transaction

VERSION = "(SELECT access FROM foundation.reference_version WHERE company_id = :company)"
"""The version in an opening statement; it is NULL while the company has changed nothing."""


@dataclass
class Assumed:
    """What a request was let in by; `check` is given the version of now, and refuses what holds no more."""

    company: str
    version: int
    check: Callable[[Transaction, int], Awaitable[None]]
    is_checked: bool = False


_assumed: ContextVar[Assumed | None] = ContextVar("assumed access", default=None)


def assume(company: str, version: int, check: Callable[[Transaction, int], Awaitable[None]]) -> None:
    """Have the next transaction of this company that the request opens check what it was let in by, which was
    remembered of a version.
    """
    _assumed.set(Assumed(company, version, check))


def to_check(company: str) -> Assumed | None:
    """What a transaction of the company has to check; None when it was checked, or nothing is assumed."""
    assumed = _assumed.get()
    if assumed is None or assumed.is_checked or assumed.company != company:
        return None
    return assumed


async def opened(tx: Transaction, company: str, version: int | None) -> None:
    """Check what was assumed, once. Refuses: what the check refuses."""
    if (assumed := to_check(company)) is not None:
        await assumed.check(tx, version or 0)
        assumed.is_checked = True
