"""What is done to a site: the faults, at random times that follow from the seed."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from random import Random
from typing import Any

import asyncpg
import psutil

from tests.faults.dying import died_at, tell
from tests.faults.site import API, DOOMED, POSTGRES, TEMPORAL, WORKER, Site
from tests.faults.tampering import Tampering

SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 8.0
AT_A_POINT = "API died at a marked point"
AT_ITS_POINTS = 6
"""So many times the API dies at marked points in each turn of faults: it has as many as workers have."""
MOST_SESSIONS = 5
AT_ONCE = 3
COMES_BY_SECONDS = 60.0
AT_COMMIT = """
DO $$
BEGIN
    FOR attempt IN 1 .. 3000 LOOP
        PERFORM pg_stat_clear_snapshot();
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'perpetual' AND state = 'active' AND query ILIKE 'COMMIT%';
        IF FOUND THEN
            RETURN;
        END IF;
    END LOOP;
    RAISE 'nobody was at COMMIT';
END $$
"""
OUT_OF_REACH = (
    *(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError),
    asyncpg.InternalClientError,  # A call that ran into its time limit on a server that stands still.
)


class Striker:
    """Strikes a site, one fault after the other, of all kinds."""

    def __init__(
        self,
        site: Site,
        chance: Random,
        *,
        every_seconds: float,
        longest_pause: float = LONGEST_PAUSE,
        tampers: bool = False,
    ) -> None:
        self.site, self.chance, self.every_seconds = site, chance, every_seconds
        self.longest_pause = longest_pause
        self.under_way: set[asyncio.Task[None]] = set()
        self.is_over = False
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
            "Temporal restarted in order": self.restart(TEMPORAL),
            "PostgreSQL frozen": self.freeze,
            "sessions ended at COMMIT": self.end_sessions_at_commit,
            "several at once": self.strike_several,
            "everything killed": self.kill(POSTGRES, TEMPORAL, API, DOOMED, WORKER),
        }
        at_its_points = AT_ITS_POINTS if site.doom.points.at_the_door else 0
        if at_its_points:
            self.kinds[AT_A_POINT] = self.api_dies_at_its_point
        if tampers:
            tampering = Tampering(site, chance)
            self.kinds["process reset"] = tampering.reset
            self.kinds["process terminated"] = tampering.terminate
        light = [kind for kind in self.kinds if kind.startswith(("worker", "API", "sessions"))]
        self.turn = [*self.kinds, *light, *[AT_A_POINT] * (at_its_points - 2)]
        """One turn of faults: those that do not stop everything come twice."""

    async def strike_until(self, end: asyncio.Event, *, at_most: float) -> None:
        """Strike at random times until the end, for so many seconds at most, and kill everything then;
        workers die at their points.
        """
        over = asyncio.get_running_loop().call_later(at_most, end.set)
        self.site.doom.is_on = True
        await self.kill(DOOMED)("worker killed")  # The next one dies by itself.
        deck: list[str] = []
        while not end.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(end.wait(), self.every_seconds * self.chance.uniform(0.5, 1.5))
            if not deck:
                deck = self.chance.sample(self.turn, len(self.turn))
            if not end.is_set():
                await self.strike(deck.pop())
        over.cancel()
        self.is_over = True
        await asyncio.gather(*self.under_way)
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

    async def api_dies_at_its_point(self, kind: str) -> bool:
        """The API dies at the next marked point that it comes by, while other faults go on; it lives when
        that takes too long.
        """
        if not self.site.told_api.exists():
            tell(self.site.told_api, *self.site.doom.points.next_at_the_door())
            self._meanwhile(self._until_it_has_died(kind))
        return False  # It is noted when it has died.

    async def _until_it_has_died(self, kind: str) -> None:
        told = self.site.told_api
        with suppress(TimeoutError):
            async with asyncio.timeout(COMES_BY_SECONDS):
                while told.exists() and not self.is_over:  # noqa: ASYNC110  # The file system tells nobody.
                    await asyncio.sleep(0.05)
        if (where := died_at(told)) is not None:
            self.site.doom.points.note(where)
            self.site.struck(kind)

    def restart(self, name: str) -> Callable[[str], Awaitable[bool]]:
        """A process is asked to end, and started again."""

        async def restart(kind: str) -> bool:
            del kind
            return self.site.machines[name].send(signal.SIGTERM)

        return restart

    async def strike_several(self, kind: str) -> bool:
        """Some different faults in the same moment; each is counted as well."""
        del kind
        others = [other for other in self.kinds if other not in ("several at once", "everything killed")]
        await asyncio.gather(*(self.strike(other) for other in self.chance.sample(others, AT_ONCE)))
        return True

    def pause(self, name: str) -> Callable[[str], Awaitable[bool]]:
        """A process stands still for a while, and then goes on as if nothing had happened."""

        async def pause(kind: str) -> bool:
            if not self.site.machines[name].send(signal.SIGSTOP):
                return False
            self._later(kind, lambda: self.site.machines[name].send(signal.SIGCONT))
            return False  # It is noted when it is over.

        return pause

    async def freeze(self, kind: str) -> bool:
        """PostgreSQL stands still with all of its sessions, and then goes on."""
        child = self.site.machines[POSTGRES].child
        if child is None:
            return False
        frozen: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            server = psutil.Process(child.pid)
            for process in (server, *server.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    process.suspend()
                    frozen.append(process)
        self._later(kind, lambda: _thaw(frozen))
        return False

    def _later(self, kind: str, go_on: Callable[[], object]) -> None:
        """End a pause after a while, and note it then."""
        seconds = self.chance.uniform(SHORTEST_PAUSE, self.longest_pause)

        async def end() -> None:
            await asyncio.sleep(seconds)
            go_on()
            self.site.struck(kind)

        self._meanwhile(end())

    def _meanwhile(self, doing: Coroutine[Any, Any, None]) -> None:
        """Let it be done beside what comes next; the end waits for it."""
        task = asyncio.create_task(doing)
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def end_sessions_at_commit(self, kind: str) -> bool:
        """Sessions are ended that have sent COMMIT and have no answer yet."""
        del kind
        with suppress(*OUT_OF_REACH):
            connection = await asyncpg.connect(self.site.addresses.owner, timeout=2)
            try:
                await connection.execute(AT_COMMIT, timeout=5)
            finally:
                await connection.close(timeout=1)
            return True
        return False

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


def _thaw(frozen: list[psutil.Process]) -> None:
    for process in frozen:
        with suppress(psutil.NoSuchProcess):
            process.resume()
