"""A worker that dies again and again: each time at another marked point of another operation."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.dying import DIES_AS_TOLD, died_at, tell
from tests.faults.machines import Child, Nursery

MOST_SECONDS = 6.0
"""A worker that does not come by its point in time is replaced by one that is to die elsewhere."""


@dataclass(frozen=True)
class Point:
    """Where a worker dies: at which marked point of which operation."""

    where: str
    operation: str

    def __str__(self) -> str:
        return f"{self.where}:{self.operation}"


@dataclass
class Points:
    """The points at which workers are to die, over all seeds of a run: first where none has died yet."""

    wanted: list[Point]
    at_the_door: list[Point] = field(default_factory=list)
    """Where the API is to die."""
    deaths: Counter[Point] = field(default_factory=Counter)

    @classmethod
    def of(
        cls, places: Iterable[str], operations: Iterable[str], at_the_door: Iterable[str] = ()
    ) -> "Points":
        """Every point of every operation."""
        everywhere = tuple(places)

        def points(names: Iterable[str]) -> list[Point]:
            return [Point(where, operation) for operation in names for where in everywhere]

        return cls(points(operations), points(at_the_door))

    @property
    def everywhere(self) -> set[Point]:
        """Where workers or the API are to die."""
        return {*self.wanted, *self.at_the_door}

    @property
    def missing(self) -> list[Point]:
        """Where nobody has died yet."""
        return sorted((point for point in self.everywhere if not self.deaths[point]), key=str)

    def next(self) -> list[Point]:
        """Where workers are to die: where none has died yet, while there is such a point."""
        return self._fewest(self.wanted)

    def next_at_the_door(self) -> list[Point]:
        """The same, for the API."""
        return self._fewest(self.at_the_door)

    def note(self, where: str) -> None:
        """Somebody has died there."""
        self.deaths[Point(*where.split(":"))] += 1

    def _fewest(self, among: list[Point]) -> list[Point]:
        fewest = min((self.deaths[point] for point in among), default=0)
        return [point for point in among if self.deaths[point] == fewest]


@dataclass
class Doom:
    """Starts the workers that are to die, and finds out where they did."""

    nursery: Nursery
    points: Points
    told: Path
    """In which the worker is told where it is to die."""
    struck: Callable[[str], None]
    life_seconds: Callable[[], float]
    """How long the next worker works before it dies at the next point that it comes by."""
    is_on: bool = False
    _timers: list[asyncio.TimerHandle] = field(default_factory=list)

    async def start(self) -> Child:
        """A worker that dies at one of the points; one that lives, when it is not on."""
        self.settle()
        child = await self.nursery.fork({DIES_AS_TOLD: str(self.told)})
        if self.is_on:
            life, loop = self.life_seconds(), asyncio.get_running_loop()
            self._timers = [
                loop.call_later(life, self.arm),
                loop.call_later(life + MOST_SECONDS, self.replace, child),
            ]
        return child

    def arm(self) -> None:
        """From now on, it dies when it comes by one of the points."""
        tell(self.told, *self.points.next())

    def replace(self, child: Child) -> None:
        """It has not come by any."""
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
            self.struck("worker killed")

    def settle(self) -> None:
        """Note whether the last one has died at a point; from now on it passes everywhere."""
        for timer in self._timers:
            timer.cancel()
        if (where := died_at(self.told)) is not None:
            self.points.note(where)
            self.struck(f"worker died {where.partition(':')[0]}")
