"""A process dies at a marked point that it was told of, and at no other."""

import os
import signal
from pathlib import Path

import pytest

from foundation.runtime import faults
from tests.faults import dying


def test_it_dies_at_the_first_point_that_it_was_told_of_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, killed = tmp_path / "told", list[int]()
    monkeypatch.setattr(faults, "reach", faults.reach)
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append(number))
    dying.die_as_told(told)

    faults.reach("after commit", "sales.place_order")
    dying.tell(told, "before begin:sales.place_order", "after commit:sales.place_order")
    faults.reach("after commit", "sales.close_order")
    assert killed == []
    faults.reach("after commit", "sales.place_order")
    faults.reach("before begin", "sales.place_order")

    assert killed == [signal.SIGKILL]
    assert dying.died_at(told) == "after commit:sales.place_order"
    assert dying.died_at(told) is None
