"""Invoices matched three ways, as worked by hand, and as a wrong rule would match them."""

from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from domains.master_data.rules import tolerances
from domains.payables.rules import matching
from tests.domains.payables.worked import CASES, outcomes, wanted

MISTAKES = [
    (tolerances, "difference <= percent_of", "difference < percent_of"),
    (tolerances, "difference <= amount * rate", "difference < amount * rate"),
    (tolerances, "amount * rate", "amount"),
    (tolerances, ") and (", ") or ("),
    (tolerances, "one.supplier_code is not None, one.item_code", "one.item_code"),
    (tolerances, "and one.valid_from <= on", ""),
    (tolerances, "return not difference", "return True"),
    (matching, "not (there and is_within", "not (is_within"),
    (matching, "abs(price - ordered)", "price - ordered"),
    (matching, "limits != (None, None) and", "limits == (None, None) and"),
    (matching, "is_within(abs(price - ordered), ordered", "is_within(abs(price - ordered), price"),
    (matching, "if one.code != BlockCode.NOT_RECEIVED.value", ""),
    (matching, "tolerance.quantity_percent, tolerance.quantity_amount", "tolerance.price_percent, None"),
]
"""What somebody might get wrong about tolerances: where, and what would stand there instead of what."""


def test_there_are_fifty_cases_each_with_a_name() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) >= 50


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_case_worked_by_hand(case: Any) -> None:
    assert outcomes(case) == wanted(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_a_case_posts_balances(case: Any) -> None:
    for step in case["steps"]:
        assert sum(map(Decimal, step.get("posts", {}).values()), Decimal(0)) == 0


def with_mistake(module: ModuleType, right: str, wrong: str, folder: Path) -> ModuleType:
    """Some rules, with one mistake in them."""
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    assert right in source, "the mistake is not where it was"
    (folder / "changed.py").write_text(source.replace(right, wrong), encoding="utf-8")
    spec = spec_from_file_location(module.__name__, folder / "changed.py")
    assert spec is not None and spec.loader is not None
    changed = module_from_spec(spec)
    spec.loader.exec_module(changed)
    return changed


def rules_with(module: ModuleType, right: str, wrong: str, folder: Path) -> ModuleType:
    """The rules of matching, with one mistake in them or in what is tolerated."""
    changed = with_mistake(module, right, wrong, folder)
    if module is matching:
        return changed
    rules = with_mistake(matching, '"""', '"""', folder)
    vars(rules).update(is_within=changed.is_within, tolerance_for=changed.tolerance_for)
    return rules


def test_rules_without_a_mistake_match_as_they_do(tmp_path: Path) -> None:
    rules = rules_with(tolerances, "percent", "percent", tmp_path)

    assert [case["name"] for case in CASES if outcomes(case, rules) != wanted(case)] == []


@pytest.mark.parametrize(("module", "right", "wrong"), MISTAKES)
def test_a_mistake_in_what_is_tolerated_is_found(
    module: ModuleType, right: str, wrong: str, tmp_path: Path
) -> None:
    rules = rules_with(module, right, wrong, tmp_path)

    assert any(outcomes(case, rules) != wanted(case) for case in CASES)
