"""The role that API and workers log in as: how it is made, and what a login must not be able to do.

`perpetual_app` owns nothing and is a member of nothing, so that no statement leads out of row-level security
and of what triggers and constraints keep. The owner's login is for migrations only.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
import unicodedata
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy import URL, make_url

APPLICATION_ROLE = "perpetual_app"
SCRIPT = Path(__file__).with_suffix(".sql")
MIGRATING = "SELECT pg_advisory_lock(hashtext('perpetual.migrate'))"
"""Several new pods may migrate at once: the others wait here. The lock ends with the connection."""

CONNECT_TIMEOUT_SECONDS = 5
SCRAM_ROUNDS = 4096
ATTEMPTS = 20

# A role belongs to the whole cluster, the lock to one database: another database's migration may be faster.
MEANWHILE = (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError, asyncpg.InternalServerError)

POWERS = """
    SELECT p.power || CASE WHEN r.rolname = session_user THEN '' ELSE ' (by the role ' || r.rolname || ')' END
    FROM pg_roles r
        CROSS JOIN (SELECT oid, datname FROM pg_database WHERE datname = current_database()) AS d
        CROSS JOIN LATERAL (VALUES
            (1, r.rolsuper, 'is a superuser'),
            (2, r.rolbypassrls, 'bypasses row-level security'),
            (3, r.rolcreaterole, 'may create roles'),
            (4, r.rolcreatedb, 'may create databases'),
            (5, r.rolreplication, 'may read the replication stream'),
            (6, r.rolname LIKE 'pg\\_%', 'has a role of PostgreSQL''s own'),
            (7, true, (
                SELECT 'owns ' || min(pg_describe_object(o.classid, o.objid, 0))
                FROM pg_shdepend o
                WHERE o.refclassid = 'pg_authid'::regclass AND o.refobjid = r.oid AND o.deptype = 'o'
                    AND (o.dbid = d.oid OR o.classid = 'pg_database'::regclass AND o.objid = d.oid)
                    AND o.classid IN ('pg_database'::regclass, 'pg_namespace'::regclass, 'pg_class'::regclass,
                                      'pg_proc'::regclass, 'pg_type'::regclass))),
            (8, has_database_privilege(r.oid, d.oid, 'CREATE'), 'may create schemas'),
            (9, has_database_privilege(r.oid, d.oid, 'TEMPORARY'), 'may create temporary tables'),
            (10, has_schema_privilege(r.oid, 'public', 'CREATE'), 'may create tables in the schema public')
        ) AS p (number, has, power)
    WHERE p.has AND p.power IS NOT NULL AND pg_has_role(session_user, r.oid, 'MEMBER')
        -- A superuser counts as a member of every role.
        AND (r.rolname = session_user
            OR NOT (SELECT me.rolsuper FROM pg_roles me WHERE me.rolname = session_user))
    ORDER BY r.rolname <> session_user, r.rolname, p.number
    LIMIT 1
"""
"""What the login of this session could use to get past the rules, also by a role that it may become: one."""

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class LoginRefused(Exception):  # It is what an installation has, not an error of a program.
    """API and workers do not work with this login; the message says why, and what to do."""


def too_powerful(user: str, power: str) -> LoginRefused:
    """The refusal of a login that could get past the rules."""
    return LoginRefused(
        f"the login {user} {power}, and API and workers only log in as a role that cannot get past the rules "
        f"of the database: put {APPLICATION_ROLE} into DATABASE_URL and the owner's address into "
        "PERPETUAL_OWNER_DATABASE_URL, and run 'perpetual migrate', which makes that role"
    )


async def prepare(*, owner_url: str, application_url: str) -> None:
    """Let the application log in to the owner's database with the address that it has.

    Makes the role when it is missing, and gives it the address's password when it has another. Repeatable,
    also at the same time. Raises: LoginRefused, when the owner may not set the password, or when the login
    may do too much.
    """
    application = make_url(application_url)
    owner = await connect(owner_url)
    try:
        await owner.execute(MIGRATING)
        verifier = _verifier_for(application)
        await _repeated(owner, SCRIPT.read_text(), verifier)
        await _let_in(owner, application_url, verifier)
    finally:
        await owner.close()


async def refuse_powers(application_url: str) -> None:
    """Raises: LoginRefused, when the login could get past the rules. Says nothing when nobody answers."""
    try:
        await _log_in(application_url)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return  # Not ready yet, and no reason to end. Each connection of the pool is looked at again.


async def _log_in(url: str) -> None:
    """Log in for a moment. Raises: LoginRefused, when the login may do too much."""
    connection = await connect(url)
    try:
        power = await connection.fetchval(POWERS)
    finally:
        await connection.close()
    if power:
        raise too_powerful(make_url(url).username or "of DATABASE_URL", power)


async def connect(url: str) -> Connection:
    """A connection of its own, outside any pool."""
    scheme, _, rest = url.partition("://")
    return await asyncpg.connect(f"{scheme.partition('+')[0]}://{rest}", timeout=CONNECT_TIMEOUT_SECONDS)


async def _repeated(owner: Connection, script: str, verifier: str) -> None:
    """Run a script in a transaction of its own, again when another database's migration was faster."""
    for attempt in range(ATTEMPTS):
        try:
            async with owner.transaction():
                # Not in the text of a statement: that may be logged.
                await owner.execute("SELECT set_config('perpetual.verifier', $1, true)", verifier)
                await owner.execute(script)
        except MEANWHILE:
            if attempt == ATTEMPTS - 1:
                raise
            await asyncio.sleep(0.05 * secrets.randbelow(4))
        else:
            return


_GIVE_IT = """
    DO $$ BEGIN
        EXECUTE format('ALTER ROLE perpetual_app PASSWORD %L', current_setting('perpetual.verifier'));
    END $$
"""


async def _let_in(owner: Connection, url: str, verifier: str) -> None:
    """Log in as the application does, after its password was set if it has to be."""
    try:
        try:
            await _log_in(url)
        except asyncpg.InvalidPasswordError:
            if not verifier:
                raise
            await _repeated(owner, _GIVE_IT, verifier)
            await _log_in(url)
    except asyncpg.InsufficientPrivilegeError as not_allowed:
        raise LoginRefused(
            f"the role {APPLICATION_ROLE} has another password than DATABASE_URL, and the owner's login "
            "may not change it: put the right one there, or have somebody who may run "
            f"ALTER ROLE {APPLICATION_ROLE} PASSWORD '…'"
        ) from not_allowed
    except asyncpg.InvalidAuthorizationSpecificationError as refusal:
        raise LoginRefused(f"DATABASE_URL cannot log in: {refusal}") from refusal


def _verifier_for(application: URL) -> str:
    """Of the password that is ours to set; nothing when there is none, or another makes the login."""
    if application.username != APPLICATION_ROLE or not application.password:
        return ""
    return scram_verifier(str(application.password))


def scram_verifier(password: str) -> str:
    """What PostgreSQL keeps of a password (RFC 5803), so that the password itself is in no statement."""
    salt = secrets.token_bytes(16)
    prepared = unicodedata.normalize("NFKC", password).encode()  # As SASLprep does, for what people type.
    salted = hashlib.pbkdf2_hmac("sha256", prepared, salt, SCRAM_ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt64, stored64, server64 = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${SCRAM_ROUNDS}:{salt64}${stored64}:{server64}"


def application_url_for(owner_url: str, password: str) -> str:
    """The application's address of the owner's database."""
    application: Any = make_url(owner_url).set(username=APPLICATION_ROLE, password=password)
    return str(application.render_as_string(hide_password=False))
