"""Events: facts that those outside may be told of. Each is a message of its own, and a public contract."""

import inspect
import re
from collections import ChainMap
from collections.abc import Mapping
from types import NoneType
from typing import Any, ClassVar, Unpack, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from foundation.values import versions
from foundation.values.messages import Message

_NAME = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*[a-z]")


class EventPart(Message):
    """A part of an event, such as a line. Receivers are told of all fields, and of more in later versions."""

    model_config = ConfigDict(
        extra="ignore", use_attribute_docstrings=True, json_schema_serialization_defaults_required=True
    )


class PublicEvent(EventPart):
    """A fact that those outside may be told of; its fields are the payload.

    It is declared on the operation that makes the fact true: `@operation(…, event=OrderConfirmedEvent)`. Its
    fields are filled by name from the operation's answer and, where the answer lacks one, from its request.
    It is named `domain.thing_verbed`. With `only_with` nothing has happened as long as that field is empty;
    with `part` that field of the answer is what it is filled from, and nothing has happened without it. An
    operation may make one of several events.

    The first paragraph of its docstring says what it tells. Ids, codes, numbers, days and amounts only:
    no names, no texts that people write, no secrets.
    """

    event_name: ClassVar[str]
    only_with: ClassVar[str | None]
    part: ClassVar[str | None]

    def __init_subclass__(
        cls,
        *,
        name: str,
        only_with: str | None = None,
        part: str | None = None,
        **config: Unpack[ConfigDict],
    ) -> None:
        super().__init_subclass__(**config)
        if not _NAME.fullmatch(name):
            raise ValueError(f"the event {name} of {cls.__name__} is not named domain.thing_verbed")
        cls.event_name = name
        cls.only_with = only_with
        cls.part = part

    @classmethod
    def sentence(cls) -> str:
        """What it tells."""
        return " ".join((inspect.getdoc(cls) or "").partition("\n\n")[0].split())

    @classmethod
    def payload(cls, request: Mapping[str, Any] | None, answer: Mapping[str, Any] | None) -> Any:
        """What is told, as JSON's objects, of what the log keeps; None when nothing has happened."""
        if cls.part is not None and not (answer := (answer or {}).get(cls.part)):
            return None
        logged = ChainMap(dict(answer or {}), dict(request or {}))
        facts = {name: logged[name] for name in cls.model_fields if name in logged}
        if cls.only_with is not None and not logged.get(cls.only_with):
            return None
        try:
            return versions.read(cls, facts).model_dump(mode="json")
        except ValidationError:
            # Another version has logged it. What has parts may hold more than is to be told.
            return {name: fact for name, fact in facts.items() if not isinstance(fact, dict | list)}


def check_declared(
    event: type[PublicEvent], operation: str, answer: type[BaseModel], request: type[BaseModel]
) -> None:
    """An operation makes an event of its own domain that its answer and its request can fill."""
    if event.event_name.partition(".")[0] != operation.partition(".")[0]:
        raise ValueError(f"{operation} makes {event.event_name}, an event of another domain")
    if event.part is not None:
        kinds = get_args(answer.model_fields[event.part].annotation)
        answer = next(kind for kind in kinds if kind is not NoneType)
    known = answer.model_fields.keys() | request.model_fields.keys()
    if missing := sorted({*event.model_fields, *([event.only_with] if event.only_with else ())} - known):
        raise ValueError(f"{operation} fills no {', '.join(missing)} of {event.event_name}")
