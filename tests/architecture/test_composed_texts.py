"""What a process puts together of texts is not refused for its length: it would stop the process for ever."""

import ast
import importlib
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
from pydantic import StringConstraints
from pydantic.fields import FieldInfo

from foundation.values.messages import ComposedText, Message

ROOT = Path(__file__).parents[2]
SHORTENS = get_args(ComposedText)[-1]
BOUNDED = ("number", "_code", "_id", "_on", "_name", "currency")
"""How fields are called that are short, whoever has written them."""


def modules() -> Iterator[ModuleType]:
    """Those of processes, and of what all processes are made of."""
    for folder in ("workflows", "foundation/process"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield importlib.import_module(name.removesuffix(".__init__"))


def named(written: ast.expr, module: ModuleType) -> Any:
    """What a name, or a dotted one, is in a module."""
    if isinstance(written, ast.Name):
        return getattr(module, written.id, None)
    if isinstance(written, ast.Attribute):
        return getattr(named(written.value, module), written.attr, None)
    return None


def is_refused_when_long(field: FieldInfo) -> bool:
    """Whether a text of any length is refused by a field, and not cut."""
    limits = [one for one in field.metadata if getattr(one, "max_length", None) is not None]
    return any(isinstance(one, StringConstraints) or field.annotation is str for one in limits) and (
        SHORTENS not in field.metadata
    )


def assigned(tree: ast.AST) -> dict[str, ast.expr]:
    """What names stand for that are assigned once; of several at once, each its own."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        (target, *_), value = node.targets, node.value
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=True))
        for one, its in pairs:
            if isinstance(one, ast.Name):
                found.setdefault(one.id, []).append(its)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def is_short(written: ast.expr, names: Mapping[str, ast.expr]) -> bool:
    """Whether a text is a field of a message as it is, which was short enough there; a constant; or numbers
    and codes with a few words.
    """
    match written:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name in names and is_short(names[name], names)
        case ast.Attribute(attr="message"):
            return False
        case ast.Attribute():
            return True
        case ast.JoinedStr(values=values):
            return all(is_short(one, names) for one in values)
        case ast.FormattedValue(format_spec=ast.JoinedStr()):
            return True  # A number.
        case ast.FormattedValue(value=ast.Attribute(attr=attr)):
            return attr.endswith(BOUNDED)
    return False


def composed(module: ModuleType, source: str) -> Iterator[str]:
    """Fields of messages that a module fills with a text that may be too long for them."""
    whole = ast.parse(source)
    functions = [one for one in ast.walk(whole) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    for function in functions:
        names = assigned(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                yield from _too_long(node, module, names)


def _too_long(node: ast.Call, module: ModuleType, names: Mapping[str, ast.expr]) -> Iterator[str]:
    made = named(node.func, module)
    if not (inspect.isclass(made) and issubclass(made, Message)):
        return
    for filled in node.keywords:
        field = made.model_fields.get(filled.arg or "")
        if field is not None and is_refused_when_long(field) and not is_short(filled.value, names):
            yield f"{module.__name__}:{node.lineno}: {made.__name__}.{filled.arg}"


@pytest.mark.parametrize("module", list(modules()), ids=lambda module: module.__name__)
def test_a_text_that_a_process_puts_together_is_cut_where_it_is_too_long(module: ModuleType) -> None:
    assert list(composed(module, inspect.getsource(module))) == []


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("asked.reason", False),
        ("f'{asked.reason} was said'", True),
        ("refused.message", True),
        ("f'{asked.order_number} was turned back'", False),
        ("why", True),
    ],
)
def test_a_text_that_may_be_too_long_is_seen(value: str, seen: bool) -> None:
    source = f"def cancel(asked, refused, why):\n    return Hold(reason={value})\n"

    found = list(composed(importlib.import_module("foundation.process.holding"), source))

    assert found == (["foundation.process.holding:2: Hold.reason"] if seen else [])
