"""Policies are written for what processes ask about, and for nothing else; each domain declares its kinds."""

import ast
import importlib
import re
from types import SimpleNamespace
from typing import Any

import pytest

from domains.identity.approval_kinds import approval_kinds, declarations, put_together
from domains.identity.rules.policies import APART, ApprovalKind
from tests.architecture.source import ROOT, Module, modules

ASKS = ("Approval", "ApprovalByPolicy")


def kinds_asked() -> set[Any]:
    """The kinds that processes ask about, as they stand in their calls."""
    return {
        _value(module, keyword.value)
        for module in modules(ROOT, ("workflows/**/*.py",))
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in ASKS
        for keyword in call.keywords
        if keyword.arg == "kind"
    }


def _value(module: Module, value: ast.expr) -> Any:
    if isinstance(value, ast.Constant):
        return value.value
    name = ".".join(module.path.relative_to(ROOT).with_suffix("").parts)
    return getattr(importlib.import_module(name), ast.unparse(value))


def test_what_processes_ask_about_is_declared_and_nothing_else() -> None:
    assert kinds_asked() == set(approval_kinds())


def test_they_are_told_apart_by_fields_of_policies() -> None:
    for name, kind in approval_kinds().items():
        assert kind.tells_apart <= set(APART), name
    for domain, module in declarations().items():
        of_it = {field for kind in module.KINDS.values() for field in kind.tells_apart}
        assert set(getattr(module, "FIND", {})) <= of_it, domain


def test_the_page_tells_all_of_them() -> None:
    page = (ROOT / "docs/approvals.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*)\|$", page.partition("told apart by")[2], re.MULTILINE)

    told = {kind: set(re.findall(r"`(\w+)`", apart)) for kind, apart in rows}

    assert {name: told.get(name) for name in approval_kinds()} == {
        name: set(kind.tells_apart) for name, kind in approval_kinds().items()
    }


def test_one_that_two_domains_declare_is_named() -> None:
    comet = SimpleNamespace(KINDS={"credit": ApprovalKind()})

    with pytest.raises(TypeError, match="another domain declares 'credit' as well"):
        put_together(declarations() | {"zodiac": comet})
