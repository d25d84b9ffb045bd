"""Who asks: an API key names a person or a client, with its companies and its roles."""

import hashlib
import time
from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from domains.hr.queries import companies_left
from domains.identity import queries
from domains.identity.messages import Actor
from foundation.database.connections import database
from foundation.values.errors import BusinessError

# A revoked key works on for no longer than this; in return most requests need no look at the table.
REMEMBERED_SECONDS = 5.0
_remembered: dict[str, tuple[float, Actor]] = {}

bearer = HTTPBearer(auto_error=False, description="An API key: `Authorization: Bearer pk_…`")


class NotAuthenticated(BusinessError):
    """No key, or one that we do not know."""

    status = 401


def hash_of(key: str) -> str:
    """What is stored of a key. Keys are long and random, so that a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(key.encode()).hexdigest()


async def authenticated(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
) -> Actor:
    """The actor that the request's key names. Refuses: NotAuthenticated."""
    if credentials is None:
        raise NotAuthenticated("send your API key in the header 'Authorization: Bearer pk_…'")
    key_hash = hash_of(credentials.credentials)
    now = time.monotonic()
    known = _remembered.get(key_hash)
    if known is not None and known[0] > now:
        return known[1]
    async with database().read("") as tx:
        actor = await queries.actor(tx, key_hash)
        if actor is None:
            raise NotAuthenticated("this API key is not known, or was revoked")
        left = set(await companies_left(tx, actor.name, actor.companies))
    if left.issuperset(actor.companies):
        raise NotAuthenticated(f"the access of {actor.name} has ended: with the last day of work, or before")
    if left:
        here = tuple(company for company in actor.companies if company not in left)
        actor = actor.model_copy(update={"companies": here})
    if len(_remembered) > 10_000:
        _remembered.clear()
    _remembered[key_hash] = (now + REMEMBERED_SECONDS, actor)
    return actor


Authenticated = Annotated[Actor, Depends(authenticated)]
