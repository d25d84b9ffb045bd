"""What callers may do in a company: its roles are remembered, and read again when they have changed.

A permission that remembered roles give is checked once more by the request's first transaction, if they
have changed (`foundation.database.access`). One that they do not give is looked up before it is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domains.identity import queries, rules
from domains.identity.messages import ALL_COMPANIES, Actor
from foundation.database import access, rehearsal
from foundation.database.connections import database
from foundation.database.transaction import Transaction
from foundation.values.errors import Forbidden

MOST_COMPANIES = 10_000
_of_company: dict[str, "CompanyRoles"] = {}


@dataclass(frozen=True)
class CompanyRoles:
    """What a company says of its roles, as it was at a version, and what followed from it."""

    version: int
    own: Mapping[str, rules.Patterns]
    _allowed: dict[tuple[tuple[str, ...], str], bool] = field(default_factory=dict)

    def allow(self, roles: tuple[str, ...], permission: str) -> bool:
        """Whether somebody with these roles has the permission."""
        known = self._allowed.get((roles, permission))
        if known is None:
            known = rules.is_allowed(rules.patterns_of(roles, self.own), permission)
            self._allowed[roles, permission] = known
        return known


STANDARD = CompanyRoles(0, {})
"""What holds where no company is named."""


async def let_in(actor: Actor, company: str, permission: str) -> None:
    """Let a request in that asks for a permission. Refuses: Forbidden, naming it."""
    known = _of_company.get(company)
    if known is None or not known.allow(actor.roles, permission):
        known = await now(company)
        check_permission(known, actor, permission)

    async def check(tx: Transaction, version: int) -> None:
        if version != known.version:
            check_permission(await _read(tx, company), actor, permission)

    access.assume(company, known.version, check)


async def now(company: str) -> CompanyRoles:
    """What a company says of its roles now."""
    if company == ALL_COMPANIES:
        return STANDARD
    async with database().read(company) as tx:
        return await _read(tx, company)


async def _read(tx: Transaction, company: str) -> CompanyRoles:
    version, own = await queries.own_roles(tx)
    if len(_of_company) > MOST_COMPANIES:
        _of_company.clear()
    read = CompanyRoles(version, {role.name: role.permissions for role in own})
    if rehearsal.current() is None:  # A dry run may see roles that will never be.
        _of_company[company] = read
    return read


def check_permission(roles: CompanyRoles, actor: Actor, permission: str) -> None:
    """Refuses: Forbidden, naming the permission."""
    if not roles.allow(actor.roles, permission):
        raise Forbidden(f"{actor.name} may not do this: the permission {permission} is needed")
