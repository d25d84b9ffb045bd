"""Runs of moves with known answers, written by others; each names its source."""

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from domains.master_data.messages import CostingMethod

REFERENCE = Path(__file__).parent.parent / "reference" / "inventory_valuation.json"
GRAMS = Decimal("0.001")
"""In the runs with two units, stock is kept in kilograms."""


@dataclass(frozen=True)
class Step:
    """One move of a run, with what is expected of it: the answers that its source does not give are none."""

    kind: str
    quantity: Decimal
    unit: str | None
    at: Decimal | None
    value: Decimal | None
    each: Decimal | None
    unit_cost: Decimal | None
    adjustment: Decimal | None

    @property
    def stock_quantity(self) -> Decimal:
        """The quantity in kilograms, where there are two units."""
        return self.quantity * (GRAMS if self.unit == "g" else 1)

    @property
    def expected_value(self) -> Decimal | None:
        """What the move is worth, whether the source tells it or what each costs."""
        return self.each * self.stock_quantity if self.each is not None else self.value


@dataclass(frozen=True)
class Run:
    """Moves of one item, one after the other."""

    name: str
    source: str
    method: CostingMethod
    start_cost: Decimal
    steps: tuple[Step, ...]
    layers_left: tuple[tuple[Decimal, Decimal], ...] | None


def _step(row: dict[str, str]) -> Step:
    kind = next(kind for kind in ("in", "out", "revalued_by") if kind in row)

    def figure(name: str) -> Decimal | None:
        return Decimal(row[name]) if name in row else None

    return Step(
        kind=kind,
        quantity=Decimal(row[kind]),
        unit=row.get("unit"),
        at=figure("at"),
        value=figure("value"),
        each=figure("each"),
        unit_cost=figure("unit_cost"),
        adjustment=figure("adjustment"),
    )


def _run(row: dict[str, Any]) -> Run:
    left = row.get("layers_left")
    return Run(
        name=row["name"],
        source=row["source"],
        method=CostingMethod(row["method"]),
        start_cost=Decimal(row.get("start_cost", 0)),
        steps=tuple(_step(step) for step in row["moves"]),
        layers_left=left and tuple((Decimal(layer["quantity"]), Decimal(layer["value"])) for layer in left),
    )


RUNS = tuple(_run(row) for row in json.loads(REFERENCE.read_text()))
