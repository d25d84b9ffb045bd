"""A step that is repeated after a death asks for the same: the moment at which a process asks is told apart
from what it asks for.
"""

import ast
from pathlib import Path

from foundation.operations.operation import OPERATIONS
from foundation.values.messages import day_of, moment_of
from tests.architecture.source import ROOT
from workers import registry


def asks_with_a_moment(source: str) -> list[tuple[str, str]]:
    """The class and the field of each message that is made with the moment of the process."""
    found = []
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call):
            name = ast.unparse(call.func).rpartition(".")[2]
            for keyword in call.keywords:
                if "workflow.now()" in ast.unparse(keyword.value):
                    found.append((name, keyword.arg or ""))
    return found


def compared_with_their_moment(root: Path) -> list[str]:
    """Fields by which a step is told from itself, as it is repeated later."""
    registry.operations()
    asked = {one.ask_type.__name__: one.ask_type.model_construct() for one in OPERATIONS.values()}
    return [
        f"{path.relative_to(root)}: {name}.{field}"
        for path in sorted(root.glob("workflows/**/*.py"))
        for name, field in asks_with_a_moment(path.read_text())
        if name in asked and field not in (moment_of(asked[name]), day_of(asked[name]))
    ]


def test_no_step_is_told_apart_by_the_moment_at_which_it_is_asked_for() -> None:
    assert compared_with_their_moment(ROOT) == [], "say ASKED_AT in the command"


def test_one_that_is_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "workflows").mkdir()
    asks = "ask = sales.ConfirmOrder(order_id=one, on=later(workflow.now()))\nsales.Other(on=workflow.now())"
    (tmp_path / "workflows" / "selling.py").write_text(asks)

    assert compared_with_their_moment(tmp_path) == ["workflows/selling.py: ConfirmOrder.on"]
