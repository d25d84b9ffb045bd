"""Messages from another version of our programs: read with tolerance inside, strictly at the door.

While workers and API go from one version to the next, each reads what the other has written: histories,
commands, stored answers. A field that we do not know was added by a newer version, or dropped by ours; it is
left out. A field that they did not know has its default, which is why each field that is added must have one.
What people send (`api`) is checked as strictly as ever: a typing error is not silently ignored.
"""

from typing import Any, Final, TypeVar

from pydantic import BaseModel

AnyMessage = TypeVar("AnyMessage", bound=BaseModel)

INSIDE: Final = {"is_inside": True}
"""The context in which we read what we have written ourselves: only there something sealed is opened."""


def read(kind: type[AnyMessage], told: Any) -> AnyMessage:
    """A message that another version of us may have written, from its JSON's objects."""
    return kind.model_validate(told, strict=False, extra="ignore", context=INSIDE)


def ask_the_same(asked: BaseModel, known: Any) -> bool:
    """Whether a request, as its JSON is kept, is the one asked now: all fields that both versions know are
    equal.
    """
    try:
        return _agree(asked, read(type(asked), known))
    except ValueError:  # It is none that we could have written.
        return False


def _agree(asked: Any, known: Any) -> bool:
    if isinstance(known, BaseModel) and type(asked) is type(known):
        kinds = type(known).model_fields
        return all(
            _agree_as_json(getattr(asked, name), getattr(known, name))
            # The fields of a message that is handed on without being looked into.
            if kinds[name].annotation == dict[str, Any]
            else _agree(getattr(asked, name), getattr(known, name))
            for name in known.model_fields_set
        )
    if isinstance(known, tuple | list) and isinstance(asked, tuple | list):
        return len(asked) == len(known) and all(map(_agree, asked, known))
    return bool(asked == known)


def _agree_as_json(asked: Any, known: Any) -> bool:
    if isinstance(known, dict) and isinstance(asked, dict):
        return all(_agree_as_json(asked[name], known[name]) for name in asked.keys() & known.keys())
    if isinstance(known, list) and isinstance(asked, list):
        return len(asked) == len(known) and all(map(_agree_as_json, asked, known))
    return bool(asked == known)
