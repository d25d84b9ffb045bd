"""The settings, from the environment; each has a default that suits one machine."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """What can be set.

    `DATABASE_URL` and `TEMPORAL_ADDRESS` as everywhere else; the rest begins with `PERPETUAL_`.
    """

    model_config = SettingsConfigDict(env_prefix="PERPETUAL_", extra="ignore", populate_by_name=True)

    database_url: str = Field(
        "postgresql://perpetual_app@127.0.0.1:54329/perpetual", validation_alias=AliasChoices("DATABASE_URL")
    )
    """What API and workers log in with."""
    owner_database_url: str | None = None
    """The owner's address of the same database, for `migrate` and `up`; API and workers must not have it."""
    temporal_address: str = Field("127.0.0.1:7233", validation_alias=AliasChoices("TEMPORAL_ADDRESS"))
    temporal_namespace: str = Field("default", validation_alias=AliasChoices("TEMPORAL_NAMESPACE"))
    web_ui_url: str = "http://127.0.0.1:8233"
    task_queue: str = "perpetual"
    """Where processes wait for workers; several installations in one namespace have one each."""
    build_id: str | None = None
    """What this version of the programs is called in Temporal; made of their files when it is empty."""
    switched_off: Annotated[frozenset[str], NoDecode] = frozenset()
    """Changes of procedures that processes are not to follow from now on, by name, separated by commas."""

    api_host: str = "127.0.0.1"
    api_port: int = 8000
    api_wait_seconds: float = 8.0
    """How long a POST waits for its document before it answers 202 with the process's location."""
    api_max_body_bytes: int = 1_000_000
    """So large may a request be; more is refused with 413.

    What is asked for must fit into Temporal's messages, which take 2 MB, also when fields that were left out
    are filled in. Files to import have a limit of their own.
    """
    admin_api_key: str | None = None

    child_of: Path | None = None
    """The data directory of the `perpetual up` that looks after this process; it says so itself."""
    worker_processes: int = 2
    worker_health_port: int = 0
    """Where the worker answers /live and /ready; 0: nowhere."""
    sandbox: bool = False
    """Run workflow code in the SDK's sandbox.

    It doubles the worker's CPU; tests and the replay gate always use it.
    """
    database_pool_size: int = 20
    batch_at_once: int = 4
    """So many chunks of runs over many a worker works through at once, each on one connection more than the
    pool has; 0: none, and others do it.
    """

    announcements_poll_seconds: float = 2.0
    """How often the log is looked at for what others are to be told of."""
    announcements_wait_seconds: float = 60.0
    """How long one look may take: a process notices only then that it is to stop."""
    webhook_timeout_seconds: float = 15.0
    webhooks_to_private_addresses: bool = True
    """Whether a webhook may go to this machine and to private networks; not where strangers make webhooks."""

    mail_host: str | None = None
    """The mail server that letters are handed to; without one they wait."""
    mail_port: int = 587
    mail_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_username: str | None = None
    mail_password: SecretStr | None = None
    mail_domain: str = "perpetual.invalid"
    """What every Message-ID ends in: a domain of your own."""
    mail_timeout_seconds: float = 30.0

    log_level: str = "INFO"
    log_json: bool = True
    otlp_endpoint: str | None = None

    @field_validator("switched_off", mode="before")
    @classmethod
    def _separated(cls, told: object) -> object:
        return [name.strip() for name in told.split(",") if name.strip()] if isinstance(told, str) else told


@lru_cache
def settings() -> Settings:
    """The settings of this operating system process, read once."""
    return Settings()
