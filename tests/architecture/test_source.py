"""Every rule about source holds, and every rule sees what breaks it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.architecture import determinism, shape
from tests.architecture.source import BESIDE_THE_HOUSE, FLOORS, ROOT, Rule, plant

RULES = (*shape.RULES, *determinism.RULES)
SEEDED = [(rule, tree) for rule in RULES for tree in rule.catches]
FILES_OF_A_DOMAIN = ("messages", "rules", "tables", "queries")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.sentence)
def test_the_rule_holds(rule: Rule) -> None:
    violations = rule.violations(ROOT)

    assert not violations, rule.complaint(violations)


@pytest.mark.parametrize(
    ("rule", "tree"), SEEDED, ids=lambda value: getattr(value, "sentence", "when broken")
)
def test_the_rule_sees_what_breaks_it(rule: Rule, tree: Mapping[str, str], tmp_path: Path) -> None:
    plant(tmp_path, tree)

    assert rule.violations(tmp_path), f"{rule.sentence}: not seen in {tree}"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.lets_pass], ids=lambda rule: rule.sentence)
def test_the_rule_lets_pass_what_keeps_it(rule: Rule, tmp_path: Path) -> None:
    plant(tmp_path, rule.lets_pass)

    assert rule.violations(tmp_path) == []


def incomplete_domains(root: Path) -> list[str]:
    """Domains that lack one of the four files, each of which may have become a package."""
    folders = [folder for folder in sorted((root / "domains").iterdir()) if (folder / "__init__.py").exists()]
    return [
        f"domains/{folder.name} has no {name}"
        for folder in folders
        for name in FILES_OF_A_DOMAIN
        if not (folder / f"{name}.py").exists() and not (folder / name / "__init__.py").exists()
    ]


def homeless_packages(root: Path) -> list[str]:
    """Packages at the root that stand on no floor."""
    return [
        folder.name
        for folder in sorted(root.iterdir())
        if (folder / "__init__.py").exists() and folder.name not in (*FLOORS, *BESIDE_THE_HOUSE)
    ]


def test_every_domain_has_the_same_four_files() -> None:
    assert not incomplete_domains(ROOT), "Knowing one domain is knowing all: messages, rules, tables, queries"


def test_a_domain_without_rules_is_seen(tmp_path: Path) -> None:
    whole = {f"domains/sales/{name}.py": "" for name in ("__init__", "messages", "tables", "queries")}
    plant(tmp_path, whole)

    assert incomplete_domains(tmp_path) == ["domains/sales has no rules"]


def test_every_package_stands_on_a_floor() -> None:
    assert not homeless_packages(ROOT), "A new package must be placed among the floors in pyproject.toml"


def test_a_package_without_a_floor_is_seen(tmp_path: Path) -> None:
    plant(tmp_path, {"services/__init__.py": ""})

    assert homeless_packages(tmp_path) == ["services"]
