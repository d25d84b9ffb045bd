"""API keys: letting people and clients in."""

import secrets

from activities.identity import issue_api_key
from api.authentication import hash_of
from api.door import Asked, Router, allows
from domains.identity.messages import ApiKeyAsked, IssueApiKey

router = Router(prefix="/v1/api-keys", tags=["Identity"])


class NewApiKey(ApiKeyAsked):
    """The key, shown this once: we keep only its hash."""

    key: str


@router.post("", status_code=201, dependencies=[allows("identity.api_key.issue")])
async def issue(key: ApiKeyAsked, asked: Asked) -> NewApiKey:
    """Issue a key for a person or a client. A repeated request is refused: the key can be shown only once.

    Only for companies where the caller may do this, and with roles that the caller has; an administrator
    gives any role.
    """
    secret = f"pk_{secrets.token_urlsafe(24)}"
    for company in key.companies:
        await asked.within(company)
    command = IssueApiKey(**dict(key), key_hash=hash_of(secret), issuer_has=asked.actor.roles)
    await asked.of_all_companies().run(issue_api_key, command)
    return NewApiKey(**dict(key), key=secret)
