"""What a process is about, in one line of the Temporal Web UI."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from foundation.runtime import visibility
from foundation.values.messages import Stage

ACME = visibility.named("ACME Ltd", "C-1001")


@pytest.mark.parametrize(
    ("kind", "known", "party", "heading"),
    [
        ("Order", {"document": "SO-000211"}, ACME, "Order SO-000211 for ACME Ltd (C-1001), 1,234.50 EUR"),
        (
            "Order",
            {"document": "SO-000211", "party": "C-1001"},
            None,
            "Order SO-000211 for C-1001, 1,234.50 EUR",
        ),
        ("", {"document": "2026-03"}, None, "2026-03, 1,234.50 EUR"),
    ],
)
def test_a_process_says_what_it_is_about(
    kind: str, known: dict[str, str], party: str | None, heading: str
) -> None:
    now = Stage(stage="waiting", amount=Decimal("1234.5"), currency="EUR", **known)

    assert visibility.heading(kind, now, party) == heading


def test_of_what_nothing_is_known_nothing_is_said() -> None:
    now = Stage(stage="starting")

    assert visibility.heading("", now, None) == ""
    assert visibility.details("", now, [], datetime(2026, 1, 1, tzinfo=UTC)).startswith("- **starting**")


def test_a_name_is_one_line_that_temporal_takes() -> None:
    long = visibility.named("Ж" * 500, "C" * 20)

    assert len(long.encode()) < 250
    assert visibility.named("  Two\nlines ", "C-1") == "Two lines (C-1)"
    assert visibility.named("", "C-1") == "C-1"
