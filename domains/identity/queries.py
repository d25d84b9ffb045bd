"""What identity is asked: on every request, and when something is to be decided."""

from typing import Any

from sqlalchemy import Select, Text, and_, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from domains.identity.messages import Actor, DelegationView, StandsIn
from domains.identity.rules import ADMINISTRATOR
from domains.identity.tables import Delegation
from foundation.database.transaction import Row, Transaction

_SCOPE = text("SELECT set_config('perpetual.key_hash', :key_hash, true)")
_ACTOR = text(
    """
    SELECT actor, companies, roles
    FROM identity.api_key WHERE key_hash = :key_hash AND revoked_at IS NULL
    """
).columns(actor=Text, companies=ARRAY(Text), roles=ARRAY(Text))


async def actor(tx: Transaction, key_hash: str) -> Actor | None:
    """Whom the key with this SHA-256 names; None when there is no such key, or it was revoked."""
    await tx.execute(_SCOPE, {"key_hash": key_hash})
    row = (await tx.execute(_ACTOR, {"key_hash": key_hash})).one_or_none()
    if row is None:
        return None
    return Actor(name=row.actor, companies=tuple(row.companies), roles=tuple(row.roles))


# For whom somebody may decide now: delegations that run, of roles that those who gave them have themselves.
_STANDS_IN = text(
    """
    SELECT DISTINCT d.from_actor, d.role FROM identity.delegation d
    WHERE d.to_actor = :actor AND d.revoked_at IS NULL AND d.valid_from <= now() AND now() < d.valid_until
      AND identity.roles_of(d.from_actor, d.company_id) && ARRAY[d.role, :administrator]
    ORDER BY d.from_actor, d.role
    """
)
_ROLES_OF = text("SELECT identity.roles_of(:actor, foundation.current_company())").columns(
    roles_of=ARRAY(Text)
)


async def stands_in(tx: Transaction, actor: str) -> tuple[StandsIn, ...]:
    """For whom somebody may decide now, and in which roles."""
    found = await tx.execute(_STANDS_IN, {"actor": actor, "administrator": ADMINISTRATOR})
    return tuple(StandsIn(from_actor=row.from_actor, role=row.role) for row in found)


async def roles_of(tx: Transaction, actor: str) -> list[str] | None:
    """The roles of a person in the transaction's company; None when no key names that person."""
    roles: list[str] | None = await tx.scalar(_ROLES_OF, {"actor": actor})
    return roles


def delegations(
    *, from_actor: str | None = None, to_actor: str | None = None, running: bool = False
) -> Select[Any]:
    """Delegations, the newest first."""
    wanted: Select[Any] = select(Delegation).add_columns(_IS_RUNNING.label("is_running"))
    wanted = wanted.order_by(Delegation.valid_from.desc(), Delegation.id)
    if from_actor is not None:
        wanted = wanted.where(Delegation.from_actor == from_actor)
    if to_actor is not None:
        wanted = wanted.where(Delegation.to_actor == to_actor)
    return wanted.where(_IS_RUNNING) if running else wanted


_IS_RUNNING = and_(
    Delegation.revoked_at.is_(None), Delegation.valid_from <= func.now(), func.now() < Delegation.valid_until
)


def delegation_view(row: Row) -> DelegationView:
    """A row of `delegations` as it is answered."""
    return DelegationView(**{name: row[name] for name in DelegationView.model_fields})
