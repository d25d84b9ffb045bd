"""The contracts of pyproject.toml and the borders between domains hold, and each sees a seeded import."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import grimp
import pytest
from grimp import ImportGraph
from importlinter.api import read_configuration
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.domain.contract import Contract

from tests.architecture import borders
from tests.architecture.source import FLOORS, ROOT, plant

CONFIGURATION = read_configuration(str(ROOT / "pyproject.toml"))
CONTRACTS: dict[str, dict[str, Any]] = {
    options["id"]: options for options in CONFIGURATION["contracts_options"]
}
KINDS: dict[str, type[Contract]] = {"layers": LayersContract, "forbidden": ForbiddenContract}

Border = Callable[[ImportGraph], list[str]]

SEEDED_IMPORTS = [
    ("floors", "foundation.values.money", "domains.receivables.messages"),
    ("floors", "domains.sales.messages", "activities.sales"),
    ("floors", "activities.sales", "workflows.order_to_cash"),
    ("floors", "workflows.order_to_cash", "api.door"),
    ("floors", "api.door", "workers.registry"),
    ("floors", "workers.registry", "api.door"),
    ("floors", "workers.registry", "perpetual"),
    ("rooms", "foundation.values.money", "foundation.runtime.settings"),
    ("rooms", "foundation.operations.operation", "foundation.process.steps"),
    ("bands-of-domains", "domains.sales.messages", "domains.receivables.messages"),
    ("bands-of-domains", "domains.master_data.messages", "domains.sales.messages"),
    ("bands-of-activities", "activities.sales", "activities.receivables"),
    ("bands-of-activities", "activities.identity", "activities.sales"),
    ("bands-of-domains", "domains.ledger.rules.journal", "domains.receivables.messages"),
    ("bands-of-domains", "domains.master_data.messages", "domains.ledger.messages"),
    ("bands-of-activities", "activities.ledger.posting.entries", "activities.receivables.invoices"),
    ("bands-of-activities", "activities.master_data", "activities.ledger.posting"),
    ("ledger-by-posting", "activities.receivables.invoices", "activities.ledger.payments"),
    ("ledger-by-posting", "activities.inventory.returns", "activities.ledger.reversals"),
    ("ledger-tables", "activities.receivables.invoices", "domains.ledger.tables.open_items"),
    ("ledger-tables", "domains.inventory.queries.stock", "domains.ledger.tables"),
    ("files-of-a-domain", "domains.sales.rules", "domains.sales.tables"),
    ("files-of-a-domain", "domains.identity.messages", "domains.identity.rules"),
    ("temporal", "activities.sales", "temporalio"),
    ("temporal", "domains.sales.messages", "temporalio"),
    ("http", "activities.sales", "fastapi"),
    ("beside-the-house", "foundation.values.money", "tests"),
    ("checker", "perpetual.checker.running", "foundation.database.connections"),
    ("checker", "perpetual.checker.invariants", "sqlalchemy"),
]
NEW_DOMAINS = [
    ("bands-of-domains", "domains.astronomy"),
    ("bands-of-activities", "activities.astronomy"),
    ("rooms", "foundation.cellar"),
]

SEEDED_CROSSINGS: list[tuple[Border, str, str]] = [
    (borders.domains_that_activities_should_not_touch, "activities.sales", "domains.receivables.messages"),
    (
        borders.domains_that_activities_should_not_touch,
        "activities.sales.orders",
        "domains.inventory.queries",
    ),
    (borders.domains_that_activities_should_not_touch, "activities.sales", "activities.ledger.payments"),
    (borders.domains_that_activities_should_not_touch, "activities.sales", "domains.ledger.tables.journal"),
    (borders.domains_that_activities_should_not_touch, "activities.ledger.payments", "domains.sales.rules"),
    (borders.domains_that_activities_should_not_touch, "activities.sales", "domains.reporting.queries"),
    (borders.domains_that_routes_should_not_touch, "api.sales", "domains.receivables.queries"),
    (borders.domains_that_routes_should_not_touch, "api.sales", "activities.receivables"),
    (borders.domains_that_routes_should_not_touch, "api.receipts", "domains.inventory.queries"),
    (borders.what_readers_should_not_touch, "domains.reporting.queries", "domains.ledger.tables"),
    (borders.what_readers_should_not_touch, "activities.mrp", "domains.inventory.rules"),
    (borders.what_processes_should_not_touch, "workflows.order_to_cash", "sqlalchemy"),
    (borders.what_processes_should_not_touch, "workflows.order_to_cash", "domains.sales.queries"),
    (borders.what_processes_should_not_touch, "workflows.order_to_cash", "domains.sales.tables.orders"),
    (borders.what_processes_should_not_touch, "workflows.order_to_cash", "foundation.database.connections"),
]
BORDERS = list(dict.fromkeys(border for border, _, _ in SEEDED_CROSSINGS))


@pytest.fixture(scope="module")
def graph() -> ImportGraph:
    """Who imports whom, in the whole house."""
    return grimp.build_graph(*FLOORS, include_external_packages=True, cache_dir=None)


def is_kept(contract_id: str, graph: ImportGraph) -> bool:
    """Whether a contract of pyproject.toml holds on a graph; if not, why is printed."""
    options = CONTRACTS[contract_id]
    contract = KINDS[options["type"]](options["name"], CONFIGURATION["session_options"], options)
    check = contract.check(deepcopy(graph), verbose=False)
    if not check.kept:
        contract.render_broken_contract(check)
    return check.kept


def with_import(graph: ImportGraph, importer: str, imported: str) -> ImportGraph:
    """A copy of the graph with one more import."""
    seeded = deepcopy(graph)
    for module in (importer, imported):
        if module not in seeded.modules:
            seeded.add_module(module, is_squashed=module.partition(".")[0] not in FLOORS)
    seeded.add_import(importer=importer, imported=imported, line_number=1, line_contents=f"import {imported}")
    return seeded


@pytest.mark.parametrize("contract_id", CONTRACTS)
def test_the_contract_holds(contract_id: str, graph: ImportGraph) -> None:
    assert is_kept(contract_id, graph), CONTRACTS[contract_id]["name"]


@pytest.mark.parametrize(("contract_id", "importer", "imported"), SEEDED_IMPORTS)
def test_the_contract_sees_a_seeded_import(
    contract_id: str, importer: str, imported: str, graph: ImportGraph
) -> None:
    assert not is_kept(contract_id, with_import(graph, importer, imported))


@pytest.mark.parametrize(("contract_id", "module"), NEW_DOMAINS)
def test_a_new_domain_must_be_placed_in_a_band(contract_id: str, module: str, graph: ImportGraph) -> None:
    seeded = deepcopy(graph)
    seeded.add_module(module)

    assert not is_kept(contract_id, seeded)


def test_every_contract_has_a_seed_that_breaks_it() -> None:
    assert set(CONTRACTS) == {contract_id for contract_id, _, _ in SEEDED_IMPORTS}


def test_the_contracts_know_every_floor() -> None:
    assert CONFIGURATION["session_options"]["root_packages"] == list(FLOORS)


@pytest.mark.parametrize("border", BORDERS, ids=lambda border: border.__name__)
def test_the_border_is_kept(border: Border, graph: ImportGraph) -> None:
    crossings = border(graph)

    assert not crossings, "\n".join([border.__doc__ or "", *crossings])


@pytest.mark.parametrize(("border", "importer", "imported"), SEEDED_CROSSINGS)
def test_the_border_sees_a_seeded_import(
    border: Border, importer: str, imported: str, graph: ImportGraph
) -> None:
    assert f"{importer} imports {imported}" in border(with_import(graph, importer, imported))


def test_lint_imports_fails_on_a_tree_with_a_seeded_import(tmp_path: Path) -> None:
    for floor in FLOORS:
        shutil.copytree(ROOT / floor, tmp_path / floor, ignore=shutil.ignore_patterns("__pycache__", "*.csv"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    plant(tmp_path, {"domains/sales/queries.py": "from domains.receivables import messages\n"})

    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--contract", "bands-of-domains"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    assert "domains.sales is not allowed to import domains.receivables" in run.stdout
