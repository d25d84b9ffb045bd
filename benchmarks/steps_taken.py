"""How many steps a process takes for each of its messages, by the log: the limit (c) takes as many."""

import itertools

import asyncpg

from benchmarks.trading import COMPANY
from foundation.runtime.settings import Settings

_TAKEN = "SELECT count(*) FROM foundation.operation WHERE process_id = $1"


class StepsTaken:
    """Of one process, from one answer to the next."""

    def __init__(self, measured: Settings, kind: str) -> None:
        self._url, self._kind = measured.database_url, kind
        self.process = ""
        self._taken = [0]

    async def note(self, document_id: str) -> None:
        """The process of a document has answered."""
        self.process = f"{COMPANY}/{self._kind}/{document_id}"
        await self.count()

    async def count(self) -> None:
        """How many it has taken by now."""
        log = await asyncpg.connect(self._url)
        await log.execute("SELECT set_config('perpetual.company', $1, false)", COMPANY)
        self._taken.append(await log.fetchval(_TAKEN, self.process))
        await log.close()

    def up_to_each(self) -> list[int]:
        """How many since the one before."""
        assert self._taken[-1], f"{self._kind} takes steps"
        return [after - before for before, after in itertools.pairwise(self._taken)]
