"""What identity can do."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domains.identity import rules
from domains.identity.messages import ApiKeyIssued, IssueApiKey
from domains.identity.tables import ApiKey
from foundation.operation import operation


@operation("identity.issue_api_key")
async def issue_api_key(session: AsyncSession, key: IssueApiKey) -> ApiKeyIssued:
    """Let a person or a client in. A key that exists already is content. Refuses: UnknownRole."""
    rules.known_roles(key.roles)
    row = {
        "key_hash": key.key_hash,
        "actor": key.actor,
        "companies": list(key.companies),
        "roles": list(key.roles),
    }
    written = (
        insert(ApiKey)
        .values(row)
        .on_conflict_do_update(index_elements=["key_hash"], set_={"revoked_at": None})
        .returning(ApiKey.actor, ApiKey.issued_at)
    )
    issued = (await session.execute(written)).one()
    return ApiKeyIssued(actor=issued.actor, issued_at=issued.issued_at)
