"""Samples of messages, every field filled in, made of what their schemas say."""

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from temporalio import workflow

from foundation.operations.operation import OPERATIONS
from foundation.values.messages import Call, Stage
from workers import registry

TEXTS = {
    "date": "2026-03-05",
    "date-time": "2026-03-05T08:00:00Z",
    "duration": "P2D",
    "uuid": "6f0b1d4e-2c55-5f0e-9b0a-7e1f6b1c9a10",
    "time": "05:00:00",
}
ANY_TEXT = "bank"
"""A role of accounts, where one is asked for."""
CANDIDATES = (
    "A-1",
    "EUR",
    "DE",
    "de",
    "2026-03",
    "https://receiver.example/hooks",
    "office@trading.example",
    "sales.order_placed",
    "cost_center",
    "standard",
    "purchase",
    "paid",
    "*",
    "03-31",
    "08:00",
)
"""Texts that some pattern may ask for."""


def message_types() -> list[type[BaseModel]]:
    """All that is kept or on its way when a version goes: what operations take and answer, what processes
    are started with, told and asked, and what goes with each step.
    """
    found: dict[str, type[BaseModel]] = {}
    told = (*_of_operations(), *_of_processes(), Call, Stage)
    for one in (one for kind in told for one in get_args(kind) or (kind,)):
        if isinstance(one, type) and issubclass(one, BaseModel):
            known = found.setdefault(name_of(one), one)
            assert known is one, f"two messages are called {name_of(one)}"
    return [found[name] for name in sorted(found)]


def name_of(message: type[BaseModel]) -> str:
    """The floor or domain and the name, by which a message is known while its module may move."""
    return f"{'.'.join(message.__module__.split('.')[:2])}.{message.__name__}"


def _of_operations() -> Iterator[Any]:
    registry.operations()
    for operation in OPERATIONS.values():
        if not operation.body.__module__.startswith("tests."):  # Some tests declare their own.
            yield from (operation.ask_type, operation.answer_type)


def _of_processes() -> Iterator[Any]:
    for process in registry.processes():
        definition = workflow._Definition.must_from_class(process)
        yield from definition.arg_types or ()
        yield definition.ret_type
        for handlers in (definition.signals, definition.updates, definition.queries):
            for handler in handlers.values():
                yield from handler.arg_types or ()
                yield getattr(handler, "ret_type", None)


def sample(message: type[BaseModel]) -> Any:
    """One message as JSON's objects."""
    schema = message.model_json_schema(mode="validation")
    return _like(schema, schema.get("$defs", {}))


def _like(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _like(known[schema["$ref"].rpartition("/")[2]], known)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "allOf" in schema:
        return _like(schema["allOf"][0], known)
    if "anyOf" in schema or "oneOf" in schema:
        options = schema.get("anyOf") or schema["oneOf"]
        return _like(next(one for one in options if one.get("type") != "null"), known)
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            # A file is no part of what is kept of a message.
            kept = {name: field for name, field in fields.items() if field.get("format") != "binary"}
            return {name: _like(field, known) for name, field in kept.items()}
        case "array":
            items = schema.get("prefixItems") or [schema.get("items", {"type": "string"})]
            return [_like(item, known) for item in items]
        case "boolean":
            return True
        case "integer" | "number":
            if "exclusiveMinimum" in schema:
                return max(schema["exclusiveMinimum"] + 1, schema.get("minimum", 0))
            return schema.get("minimum", 1)
        case _:
            return _text(schema)


def _text(schema: dict[str, Any]) -> str:
    if "format" in schema:
        return TEXTS[schema["format"]]
    if "pattern" in schema:
        return next((one for one in CANDIDATES if re.search(schema["pattern"], one)), "1")
    return ANY_TEXT
