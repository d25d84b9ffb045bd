"""What a new database needs before anybody can use it: the administrator's key."""

import asyncio

import asyncpg
from sqlalchemy.exc import DBAPIError

from activities.identity import issue_api_key
from api.authentication import hash_of
from domains.identity.messages import IssueApiKey
from domains.identity.roles import ADMINISTRATOR
from foundation.database.connections import working_on
from foundation.database.migrations import upgrade
from foundation.database.roles import LoginRefused
from foundation.values.messages import Call, Caller
from perpetual.addresses import Addresses
from perpetual.servers.startup_errors import StartupError

NOT_ALLOWED = asyncpg.InsufficientPrivilegeError.sqlstate


def make_ready(database: Addresses, admin_key: str | None) -> None:
    """Bring the database up to date and let the administrator in, if there is a key. Repeatable.

    Refuses when the database cannot be reached, the owner may not do this, or the application's login may do
    too much.
    """
    where = database.owner.rpartition("@")[2].rpartition("//")[2]  # Without the password.
    try:
        upgrade(database.owner, database.application)
        if admin_key:
            register_admin_key(database.application, admin_key)
    except LoginRefused as refusal:
        raise StartupError(str(refusal)) from refusal
    except (OSError, DBAPIError, asyncpg.InsufficientPrivilegeError) as failure:
        reason = failure.orig if isinstance(failure, DBAPIError) else failure
        if getattr(reason, "sqlstate", None) == NOT_ALLOWED:
            raise StartupError(
                f"the owner's login at {where} needs to own the database, and to have CREATEROLE while "
                f"there is no role perpetual_app yet ({str(reason).splitlines()[0]})"
            ) from failure
        if isinstance(failure, DBAPIError) and failure.statement:
            raise  # It did answer; what it has not liked is a defect, and wants its traceback.
        raise StartupError(f"the database at {where} cannot be reached: {reason}") from failure


def register_admin_key(application_url: str, key: str) -> None:
    """Let the administrator in with this key, for all companies. Doing it again changes nothing."""
    asyncio.run(_register(application_url, hash_of(key)))


async def _register(application_url: str, key_hash: str) -> None:
    caller = Caller(company="*", actor="perpetual", correlation_id="bootstrap")
    call = Call.direct(caller, f"bootstrap/admin-key/{key_hash}")
    roles = (ADMINISTRATOR,)
    command = IssueApiKey(
        actor="administrator", companies=("*",), roles=roles, key_hash=key_hash, issuer_has=roles
    )
    async with working_on(application_url):
        await issue_api_key(call, command)
