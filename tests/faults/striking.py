"""What is done to a site: the faults, at random times that follow from the seed."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random

import asyncpg

from tests.faults.site import API, DOOMED, POSTGRES, TEMPORAL, WORKER, Site

SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 8.0
MOST_SESSIONS = 5
OUT_OF_REACH = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)


class Striker:
    """Strikes a site, one fault after the other, of all kinds."""

    def __init__(self, site: Site, chance: Random, *, every_seconds: float) -> None:
        self.site, self.chance, self.every_seconds = site, chance, every_seconds
        self.pauses: set[asyncio.Task[None]] = set()
        self.kinds: dict[str, Callable[[str], Awaitable[bool]]] = {
            "worker killed": self.kill(WORKER),
            "API killed": self.kill(API),
            "sessions of PostgreSQL ended": self.end_sessions,
            "session of PostgreSQL killed": self.kill_session,
            "PostgreSQL killed": self.kill(POSTGRES),
            "Temporal killed": self.kill(TEMPORAL),
            "worker paused": self.pause(WORKER),
            "API paused": self.pause(API),
            "Temporal paused": self.pause(TEMPORAL),
            "everything killed": self.kill(POSTGRES, TEMPORAL, API, DOOMED, WORKER),
        }
        self.light = [kind for kind in self.kinds if kind.startswith(("worker", "API", "sessions"))]
        """They do not stop everything, and come twice as often."""

    async def strike_until(self, end: asyncio.Event) -> None:
        """Strike at random times until the end, and kill everything then; workers die at their points."""
        self.site.doom.is_on = True
        await self.kill(DOOMED)("worker killed")  # The next one dies by itself.
        deck: list[str] = []
        while not end.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(end.wait(), self.every_seconds * self.chance.uniform(0.5, 1.5))
            if not deck:
                deck = self.chance.sample([*self.kinds, *self.light], len(self.kinds) + len(self.light))
            if not end.is_set():
                await self.strike(deck.pop())
        await asyncio.gather(*self.pauses)
        self.site.doom.is_on = False
        self.site.doom.settle()
        await self.strike("everything killed")

    async def strike(self, kind: str) -> None:
        """One fault, noted if there was somebody to suffer it."""
        if await self.kinds[kind](kind):
            self.site.struck(kind)

    def kill(self, *names: str) -> Callable[[str], Awaitable[bool]]:
        """Processes get SIGKILL."""

        async def kill(kind: str) -> bool:
            del kind
            sent = [self.site.machines[name].send(signal.SIGKILL) for name in names]
            return any(sent)

        return kill

    def pause(self, name: str) -> Callable[[str], Awaitable[bool]]:
        """A process stands still for a while, and then goes on as if nothing had happened."""

        async def pause(kind: str) -> bool:
            if not self.site.machines[name].send(signal.SIGSTOP):
                return False
            seconds = self.chance.uniform(SHORTEST_PAUSE, LONGEST_PAUSE)
            pausing = asyncio.create_task(self.go_on(name, kind, seconds))
            self.pauses.add(pausing)
            pausing.add_done_callback(self.pauses.discard)
            return False  # It is noted when it is over.

        return pause

    async def go_on(self, name: str, kind: str, seconds: float) -> None:
        """The end of a pause."""
        await asyncio.sleep(seconds)
        self.site.machines[name].send(signal.SIGCONT)
        self.site.struck(kind)

    async def end_sessions(self, kind: str) -> bool:
        """The server ends some of our sessions, in the middle of whatever they do."""
        del kind
        sql = "SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid"
        sessions = await self.sessions()
        with suppress(*OUT_OF_REACH):
            connection = await asyncpg.connect(self.site.addresses.owner, timeout=2)
            try:
                await connection.execute(sql, sessions[:MOST_SESSIONS], timeout=2)
            finally:
                await connection.close(timeout=1)
            return bool(sessions)
        return False

    async def kill_session(self, kind: str) -> bool:
        """A session gets SIGKILL: PostgreSQL ends all others and recovers."""
        del kind
        for pid in (await self.sessions())[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                return True
        return False

    async def sessions(self) -> list[int]:
        """Our sessions, those that are at work first; none while the server cannot be reached."""
        sql = (
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'perpetual' "
            "ORDER BY state = 'idle', random()"
        )
        with suppress(*OUT_OF_REACH):
            connection = await asyncpg.connect(self.site.addresses.owner, timeout=2)
            try:
                return [row["pid"] for row in await connection.fetch(sql, timeout=2)]
            finally:
                await connection.close(timeout=1)
        return []
