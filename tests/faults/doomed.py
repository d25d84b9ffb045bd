"""A worker that dies again and again: each time at another marked point of another operation."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

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

    def next(self) -> Point:
        """Where fewest workers have died; it goes to the end of the list, whether it is reached or not."""
        return self._next(self.wanted)

    def next_at_the_door(self) -> Point:
        """The same, for the API."""
        return self._next(self.at_the_door)

    def _next(self, among: list[Point]) -> Point:
        point = min(among, key=self.deaths.__getitem__)
        among.remove(point)
        among.append(point)
        return point


@dataclass
class Doom:
    """Starts the workers that are to die, and finds out where they did."""

    nursery: Nursery
    points: Points
    folder: Path
    struck: Callable[[str], None]
    life_seconds: Callable[[], float]
    """How long the next worker works before it dies at its point."""
    is_on: bool = False
    starts: int = 0
    _armed: tuple[Point, Path] | None = None
    _timers: list[asyncio.TimerHandle] = field(default_factory=list)

    async def start(self) -> Child:
        """A worker that dies at the next point; one that lives, when it is not on."""
        self.settle()
        self.starts += 1
        if not self.is_on:
            return await self.nursery.fork({})
        point, once = self.points.next(), self.folder / str(self.starts)
        once.touch()  # While it is there, whoever comes by lives on.
        child = await self.nursery.fork({"PERPETUAL_DIE_AT": str(point), "PERPETUAL_DIE_ONCE": str(once)})
        life, loop = self.life_seconds(), asyncio.get_running_loop()
        self._timers = [
            loop.call_later(life, self.arm, point, once),
            loop.call_later(life + MOST_SECONDS, self.replace, child),
        ]
        return child

    def arm(self, point: Point, once: Path) -> None:
        """From now on, whoever comes by the point dies."""
        self._armed = point, once
        once.unlink()

    def replace(self, child: Child) -> None:
        """It has not come by its point."""
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
            self.struck("worker killed")

    def settle(self) -> None:
        """Note whether the last one has died at its point; from now on it passes there."""
        for timer in self._timers:
            timer.cancel()
        armed, self._armed = self._armed, None
        if armed is None:
            return
        point, once = armed
        try:
            once.open("x").close()
        except FileExistsError:
            self.points.deaths[point] += 1
            self.struck(f"worker died {point.where}")
