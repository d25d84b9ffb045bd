"""Clients while versions change: old ones, who know nothing of version B, and new ones, who use it."""

import asyncio
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.faults.company import COMPANY
from tests.faults.patience import Answers, Change, Client
from tests.faults.two_versions import A, Door, TwoVersions

CHANNEL = "web"
"""Where the orders of new clients come from."""


@dataclass
class Pace:
    """How quickly the clients of an order ask for one thing after the other."""

    chance: Random
    pause_seconds: float
    """At most, before each request."""
    waits_for: asyncio.Event | None = None
    after: int = 0
    """So many requests are made before that."""

    async def next_request(self) -> None:
        """Until it is made."""
        await asyncio.sleep(self.chance.uniform(0, self.pause_seconds))
        self.after -= 1
        if self.waits_for is not None and self.after < 0:
            await self.waits_for.wait()


class UpgradingClient(Client):
    """Takes its time before each request, and sends it to an API that understands it."""

    def __init__(self, site: TwoVersions, key: str, answers: Answers, *, pace: Pace, is_new: bool) -> None:
        super().__init__("", key, COMPANY, answers)
        self.site, self.pace, self.is_new = site, pace, is_new

    async def post(self, path: str, body: Any, key: str, change: Change | None = None) -> Any:
        """As any client, after a pause."""
        await self.pace.next_request()
        return await super().post(path, self._asked(path, body), key, change)

    async def post_once(self, path: str, body: Any, key: str, change: Change | None = None) -> Any:
        """As any client, after a pause."""
        await self.pace.next_request()
        return await super().post_once(path, self._asked(path, body), key, change)

    def _asked(self, path: str, body: Any) -> Any:
        if self.is_new and path == "/v1/sales-orders":
            return body | {"channel": CHANNEL}
        if self.is_new and path.endswith("/shipments"):
            return body | {"parcels": 2}
        return body

    async def _try(
        self, path: str, body: Any, key: str | None, change: Change | None = None
    ) -> tuple[int, Any]:
        while not (doors := self._doors()):  # noqa: ASYNC110  # Nobody else waits for a door.
            await asyncio.sleep(0.2)
        door = self.pace.chance.choice(doors)
        if door.base_url != self.base_url:
            await self.close()
            self._connection, self.base_url = None, door.base_url
        return await super()._try(path, body, key, change)

    def _doors(self) -> list[Door]:
        """Version A refuses what it does not know; version B takes what version A's clients ask for."""
        return [door for door in self.site.doors if not (self.is_new and door.version == A)]
