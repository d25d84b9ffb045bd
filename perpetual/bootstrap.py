"""What a new database needs before anybody can use it: the administrator's key."""

import asyncio

from activities.identity import issue_api_key
from api.authentication import hash_of
from domains.identity.messages import IssueApiKey
from foundation.database import database, open_database
from foundation.messages import Call, Caller


def register_admin_key(database_url: str, key: str) -> None:
    """Let the administrator in with this key, for all companies. Doing it again changes nothing."""
    asyncio.run(_register(database_url, hash_of(key)))


async def _register(database_url: str, key_hash: str) -> None:
    open_database(database_url, pool_size=1)
    caller = Caller(company="*", actor="perpetual", correlation_id="bootstrap")
    call = Call.direct(caller, f"bootstrap/admin-key/{key_hash}")
    command = IssueApiKey(
        actor="administrator", companies=("*",), roles=("administrator",), key_hash=key_hash
    )
    await issue_api_key(call, command)
    await database().close()
