"""What can be asked of identity."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from foundation.messages import Code, Message, Name

ALL_COMPANIES = "*"


class ApiKeyAsked(Message):
    """A key for a person or a client: who it names, where it may work, and as what."""

    actor: Name = Field(examples=["Clara Credit"])
    companies: Annotated[tuple[Code | Annotated[str, Field(pattern=r"^\*$")], ...], Field(min_length=1)]
    roles: Annotated[tuple[str, ...], Field(min_length=1, examples=[["credit manager"]])]


class IssueApiKey(ApiKeyAsked):
    """The key itself is never stored: only its SHA-256, which finds it again."""

    key_hash: str


class ApiKeyIssued(Message):
    """The key exists now."""

    actor: str
    issued_at: datetime


class Actor(Message):
    """Who a key names."""

    name: str
    companies: tuple[str, ...]
    roles: tuple[str, ...]
