"""The settings, from the environment; each has a default that suits one machine.

What is wrong with them is said in sentences: which one, what is wrong, and what is allowed.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "PERPETUAL_"
READ_ELSEWHERE = frozenset(
    PREFIX + name for name in ("DIRECTORY", "API_KEY", "DIE_AT", "DIE_ONCE", "NOTE_ATTEMPTS")
)
"""Options of the command, and what fault tests tell a worker."""
SECRET = ("DATABASE_URL", "PASSWORD", "KEY", "KEYS")
"""What ends so is not shown when it is wrong."""
# Kubernetes tells every pod of a service that is called `perpetual…`, in variables of its own.
_OF_KUBERNETES = re.compile(r"_SERVICE_(HOST|PORT)|_PORT(_\d+_(TCP|UDP).*)?=(tcp|udp|sctp)://|_PORT_\d+_")


class WrongSettings(Exception):  # A user has made them so; it is no error of the program.
    """Settings that cannot be used; the message is one sentence for each."""


def _of_postgresql(url: str) -> str:
    if not re.match(r"postgres(ql)?(\+\w+)?://[^\s]+$", url):
        raise ValueError("it should be an address such as postgresql://perpetual_app:PASSWORD@db/erp")
    return url


def _of_a_server(address: str) -> str:
    if not re.match(r"[^\s/]+:\d+$", address):
        raise ValueError("it should be a host and a port, such as temporal:7233")
    return address


def _of_the_web(url: str) -> str:
    if not re.match(r"https?://\S+$", url):
        raise ValueError("it should be an address that begins with http:// or https://")
    return url


DatabaseUrl = Annotated[str, AfterValidator(_of_postgresql)]
ServerAddress = Annotated[str, AfterValidator(_of_a_server)]
WebAddress = Annotated[str, AfterValidator(_of_the_web)]
Port = Annotated[int, Field(ge=1, le=65_535)]
Level = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
    BeforeValidator(lambda told: told.upper() if isinstance(told, str) else told),
]


class Settings(BaseSettings):
    """What can be set.

    `DATABASE_URL` and `TEMPORAL_ADDRESS` as everywhere else; the rest begins with `PERPETUAL_`.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", populate_by_name=True)

    database_url: DatabaseUrl = Field(
        "postgresql://perpetual_app@127.0.0.1:54329/perpetual", validation_alias=AliasChoices("DATABASE_URL")
    )
    """What API and workers log in with."""
    owner_database_url: DatabaseUrl | None = None
    """The owner's address of the same database, for `migrate` and `up`; API and workers must not have it."""
    temporal_address: ServerAddress = Field(
        "127.0.0.1:7233", validation_alias=AliasChoices("TEMPORAL_ADDRESS")
    )
    temporal_namespace: str = Field("default", validation_alias=AliasChoices("TEMPORAL_NAMESPACE"))
    web_ui_url: WebAddress = "http://127.0.0.1:8233"
    task_queue: str = "perpetual"
    """Where processes wait for workers; several installations in one namespace have one each."""
    build_id: str | None = None
    """What this version of the programs is called in Temporal; made of their files when it is empty."""
    switched_off: Annotated[frozenset[str], NoDecode] = frozenset()
    """Changes of procedures that processes are not to follow from now on, by name, separated by commas."""

    api_host: str = "127.0.0.1"
    api_port: Port = 8000
    api_wait_seconds: PositiveFloat = 8.0
    """How long a POST waits for its document before it answers 202 with the process's location."""
    api_max_body_bytes: PositiveInt = 1_000_000
    """So large may a request be; more is refused with 413.

    What is asked for must fit into Temporal's messages, which take 2 MB, also when fields that were left out
    are filled in. Files to import have a limit of their own.
    """
    admin_api_key: str | None = None
    sealing_keys: SecretStr | None = None
    """Keys for what only few may read, such as pay, wherever it is written down outside its own table;
    separated by commas. The first seals, all open: a new one is put before the others. API and workers have
    the same.
    """

    child_of: Path | None = None
    """The data directory of the `perpetual up` that looks after this process; it says so itself."""
    worker_processes: PositiveInt = 2
    worker_health_port: Annotated[int, Field(ge=0, le=65_535)] = 0
    """Where the worker answers /live and /ready; 0: nowhere."""
    sandbox: bool = False
    """Run workflow code in the SDK's sandbox.

    It doubles the worker's CPU; tests and the replay gate always use it.
    """
    database_pool_size: PositiveInt = 20
    batch_at_once: Annotated[int, Field(ge=0)] = 4
    """So many chunks of runs over many a worker works through at once, each on one connection more than the
    pool has; 0: none, and others do it.
    """

    announcements_poll_seconds: PositiveFloat = 2.0
    """How often the log is looked at for what others are to be told of."""
    announcements_wait_seconds: PositiveFloat = 60.0
    """How long one look may take: a process notices only then that it is to stop."""
    webhook_timeout_seconds: PositiveFloat = 15.0
    webhooks_to_private_addresses: bool = True
    """Whether a webhook may go to this machine and to private networks; not where strangers make webhooks."""

    mail_host: str | None = None
    """The mail server that letters are handed to; without one they wait."""
    mail_port: Port = 587
    mail_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_username: str | None = None
    mail_password: SecretStr | None = None
    mail_domain: str = "perpetual.invalid"
    """What every Message-ID ends in: a domain of your own."""
    mail_timeout_seconds: PositiveFloat = 30.0

    log_level: Level = "INFO"
    log_json: bool = True
    otlp_endpoint: WebAddress | None = None

    @field_validator("switched_off", mode="before")
    @classmethod
    def _separated(cls, told: object) -> object:
        return [name.strip() for name in told.split(",") if name.strip()] if isinstance(told, str) else told


@lru_cache
def settings() -> Settings:
    """The settings of this operating system process, read once. Refuses: WrongSettings."""
    try:
        return Settings()
    except ValidationError as wrong:
        raise WrongSettings("; ".join(_sentence(error) for error in wrong.errors())) from None


def refuse_unknown(environment: Iterable[tuple[str, str]]) -> None:
    """Refuse variables that look like settings and are none: nobody notices a slip of the pen otherwise.

    Refuses: WrongSettings.
    """
    known = {name for name in map(_variable, Settings.model_fields) if name.startswith(PREFIX)}
    known |= READ_ELSEWHERE
    unknown = sorted(
        name
        for name, value in environment
        if name.startswith(PREFIX) and name not in known and not _OF_KUBERNETES.search(f"{name}={value}")
    )
    if unknown:
        raise WrongSettings("; ".join(_not_known(name, known) for name in unknown))


def _not_known(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known], n=1)
    meant = f"did you mean {PREFIX}{close[0]}?" if close else "docs/operations.md has those that there are"
    return f"there is no setting {name}: {meant}"


def _variable(name: str) -> str:
    """What a field is called in the environment."""
    alias = Settings.model_fields[name].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else PREFIX + name.upper()


def _sentence(error: Any) -> str:
    told = str(error["loc"][0]) if error["loc"] else ""
    variable = _variable(told) if told in Settings.model_fields else told.upper()
    allowed = error["msg"].removeprefix("Value error, ").replace("Input should be", "it should be")
    shown = "" if variable.endswith(SECRET) else f" {error['input']!r}"
    return f"{variable} cannot be{shown or ' used'}: {allowed}"
