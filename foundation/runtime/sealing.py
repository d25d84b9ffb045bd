"""What only few may read, such as pay and bank accounts, is sealed wherever its message is written down.

A field is declared so on the message: `amount: Sealed[Amount]`. In Python it is what it is. As JSON (in the
log of operations, in commands, in the histories of Temporal) it is a text that only our programs open, with a
key of the settings. The table that the field is kept in has it as it is, and who reads that needs a
permission. What people send is never opened: else whoever sees something sealed could have it read to them.

Fernet (AES-128-CBC with HMAC-SHA256): the same is sealed differently each time, so that nobody sees who is
paid as much as another.
"""

import hashlib
from functools import cache
from typing import Annotated, Any, NamedTuple, TypeVar

from cryptography.fernet import Fernet, InvalidToken
from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapSerializer,
    WrapValidator,
)
from pydantic_core import from_json, to_json

from foundation.runtime.settings import settings
from foundation.values import versions

MARK = "sealed:"
"""What everything sealed begins with; after it the key's id, and the token."""


class NoSealingKey(Exception):  # An installation has been set up so; it is no error of the program.
    """There is no key to seal with, or none of those that there are has sealed what is to be opened."""


class _Key(NamedTuple):
    id: str
    cipher: Fernet


def new_key() -> str:
    """A key to seal with, by chance."""
    return Fernet.generate_key().decode()


def seal(value: Any) -> str:
    """Something that can be written as JSON, sealed with the first of our keys. Raises NoSealingKey."""
    keys = _keys()
    if not keys:
        raise NoSealingKey(
            "nothing can be sealed: set PERPETUAL_SEALING_KEYS to a key for API and workers alike"
        )
    return f"{MARK}{keys[0].id}:{keys[0].cipher.encrypt(to_json(value)).decode()}"


def opened(text: str) -> Any:
    """What was sealed, as it is in JSON. Raises NoSealingKey."""
    key_id, _, token = text.removeprefix(MARK).partition(":")
    for key in _keys():
        if key.id == key_id:
            try:
                return from_json(key.cipher.decrypt(token))
            except InvalidToken:
                break
    raise NoSealingKey(f"what key {key_id} has sealed cannot be opened: is it in PERPETUAL_SEALING_KEYS?")


def _keys() -> tuple[_Key, ...]:
    told = settings().sealing_keys
    return _read(told.get_secret_value()) if told is not None else ()


@cache
def _read(told: str) -> tuple[_Key, ...]:
    keys = (key.strip() for key in told.split(","))
    return tuple(_Key(hashlib.sha256(key.encode()).hexdigest()[:8], Fernet(key)) for key in keys if key)


def _sealed(value: Any, write: SerializerFunctionWrapHandler) -> str:
    return seal(write(value))


def _as_it_is(value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    if not isinstance(value, str) or not value.startswith(MARK):
        return read(value)
    if info.context != versions.INSIDE:
        raise ValueError(f"nothing may begin with {MARK!r}")
    return read(opened(value))


Secret = TypeVar("Secret")
Sealed = Annotated[
    Secret, WrapSerializer(_sealed, when_used="json"), WrapValidator(_as_it_is), Field(repr=False)
]
"""A field that is sealed as JSON, and not shown where its message is. The whole field, also one that may be
missing: `Sealed[str | None]`.
"""
