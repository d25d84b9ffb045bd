"""What is going to happen in the demo's year."""

import heapq
import itertools
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Happening = Callable[[], Coroutine[Any, Any, None]]
WEEK = timedelta(days=7)


@dataclass
class Calendar:
    """What is going to happen, by day."""

    events: list[tuple[date, int, str, Happening]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def add(self, on: date, whose: str, happening: Happening) -> None:
        """Something will happen on a day."""
        heapq.heappush(self.events, (on, next(self.numbers), whose, happening))

    def next_week(self) -> dict[str, list[Happening]]:
        """What happens within seven days of the next event, by whose it is, in its order."""
        until = self.events[0][0] + WEEK
        week: dict[str, list[Happening]] = {}
        while self.events and self.events[0][0] < until:
            _, _, whose, happening = heapq.heappop(self.events)
            week.setdefault(whose, []).append(happening)
        return week
