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
    """Issue a key for a person or a client. A repeated request is refused: the key can be shown only once."""
    secret = f"pk_{secrets.token_urlsafe(24)}"
    await asked.within("*").run(issue_api_key, IssueApiKey(**dict(key), key_hash=hash_of(secret)))
    return NewApiKey(**dict(key), key=secret)
