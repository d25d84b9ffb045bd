"""What identity is asked on every request."""

from sqlalchemy import Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from domains.identity.messages import Actor

_SCOPE = text("SELECT set_config('perpetual.key_hash', :key_hash, true)")
_ACTOR = text(
    """
    SELECT actor, companies, roles
    FROM identity.api_key WHERE key_hash = :key_hash AND revoked_at IS NULL
    """
).columns(actor=Text, companies=ARRAY(Text), roles=ARRAY(Text))


async def actor(session: AsyncSession, key_hash: str) -> Actor | None:
    """Whom the key with this SHA-256 names; None when there is no such key, or it was revoked."""
    await session.execute(_SCOPE, {"key_hash": key_hash})
    row = (await session.execute(_ACTOR, {"key_hash": key_hash})).one_or_none()
    if row is None:
        return None
    return Actor(name=row.actor, companies=tuple(row.companies), roles=tuple(row.roles))
