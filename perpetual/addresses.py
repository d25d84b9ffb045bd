"""The two addresses of the database: the owner's, for migrations, and what API and workers log in with."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from foundation.database.roles import APPLICATION_ROLE, application_url_for
from perpetual.servers.identity import require_ours
from perpetual.servers.passwords import kept_password
from perpetual.servers.postgres import Postgres
from perpetual.servers.startup_errors import StartupError

APPLICATION, OWNER = "DATABASE_URL", "PERPETUAL_OWNER_DATABASE_URL"
WHAT_TO_SET = (
    f"give the owner's address as {OWNER}, and as {APPLICATION} what API and workers log in with, such as "
    f"postgresql://{APPLICATION_ROLE}:PASSWORD@db/erp with a password of your choice"
)
PASSWORD_FILE = "application.password"  # noqa: S105  # The name of a file.


@dataclass(frozen=True)
class Addresses:
    """One database, and its two logins."""

    owner: str
    application: str


def to_migrate() -> Addresses:
    """Both, as the environment gives them. Refuses when one is missing, and says what to set."""
    owner, application = os.environ.get(OWNER), os.environ.get(APPLICATION)
    if not owner or not application:
        raise StartupError(f"'perpetual migrate' needs two addresses: {WHAT_TO_SET}")
    return Addresses(owner, application)


def to_start(directory: Path) -> Addresses | None:
    """Of the server that the environment points at; None when it points at none.

    One address is enough when it is the owner's: the application's is made from it, with a password that is
    made once and kept in the directory.
    """
    owner, application = os.environ.get(OWNER), os.environ.get(APPLICATION)
    if not owner and application:
        if make_url(application).username == APPLICATION_ROLE:
            raise StartupError(
                f"{APPLICATION} alone is not enough to bring the database up to date: {WHAT_TO_SET}"
            )
        owner, application = application, None
    if not owner:
        return None
    if not application:
        application = application_url_for(owner, kept_password(directory / PASSWORD_FILE))
    return Addresses(owner, application)


def to_reconcile(directory: Path) -> tuple[str, str]:
    """What the application logs in with, and where Temporal is."""
    noted = {}
    if (directory / "ports.json").exists():
        noted = json.loads((directory / "ports.json").read_text())
    database, temporal = os.environ.get(APPLICATION), os.environ.get("TEMPORAL_ADDRESS")
    if (database is None or temporal is None) and not noted:
        raise StartupError(
            f"nothing was ever started in {directory}; or set both {APPLICATION} and TEMPORAL_ADDRESS"
        )
    if database is None:
        require_ours(directory, "postgres", noted["postgres"])
        database = Postgres(directory.absolute() / "postgres", noted["postgres"]).application_url
    elif make_url(database).username != APPLICATION_ROLE and (directory / PASSWORD_FILE).exists():
        database = application_url_for(database, kept_password(directory / PASSWORD_FILE))
    if temporal is None:
        require_ours(directory, "temporal", noted["temporal"])
        temporal = f"127.0.0.1:{noted['temporal']}"
    return database, temporal


def to_look_at(directory: Path) -> str:
    """Where to read, and only to read: the owner's address where there is one, who may see all companies."""
    if given := os.environ.get(OWNER) or os.environ.get(APPLICATION):
        return given
    try:
        port = json.loads((directory / "ports.json").read_text())["postgres"]
    except FileNotFoundError:
        raise StartupError(f"nothing was ever started in {directory}; start it with 'perpetual up'") from None
    require_ours(directory, "postgres", port)
    return Postgres(directory.absolute() / "postgres", port).owner_url
