"""Clients while versions change: old ones, who know nothing of version B, and new ones, who use it."""

import asyncio
from random import Random
from typing import Any

from tests.faults.company import COMPANY
from tests.faults.patience import Answers, Client
from tests.faults.two_versions import A, Door, TwoVersions

CHANNEL = "web"
"""Where the orders of new clients come from."""


class UpgradingClient(Client):
    """Takes its time before each request, and sends it to an API that understands it."""

    def __init__(
        self, site: TwoVersions, key: str, answers: Answers, *, chance: Random, is_new: bool, pause: float
    ) -> None:
        super().__init__("", key, COMPANY, answers)
        self.site, self.chance, self.is_new, self.pause = site, chance, is_new, pause

    async def post(self, path: str, body: Any, key: str) -> Any:
        """As any client, after a pause."""
        await asyncio.sleep(self.chance.uniform(0, self.pause))
        return await super().post(path, self._asked(path, body), key)

    async def post_once(self, path: str, body: Any, key: str) -> Any:
        """As any client, after a pause."""
        await asyncio.sleep(self.chance.uniform(0, self.pause))
        return await super().post_once(path, self._asked(path, body), key)

    def _asked(self, path: str, body: Any) -> Any:
        if self.is_new and path == "/v1/sales-orders":
            return body | {"channel": CHANNEL}
        if self.is_new and path.endswith("/shipments"):
            return body | {"parcels": 2}
        return body

    async def _try(self, path: str, body: Any, key: str | None) -> tuple[int, Any]:
        while not (doors := self._doors()):  # noqa: ASYNC110  # Nobody else waits for a door.
            await asyncio.sleep(0.2)
        door = self.chance.choice(doors)
        if door.base_url != self.base_url:
            await self.close()
            self._connection, self.base_url = None, door.base_url
        return await super()._try(path, body, key)

    def _doors(self) -> list[Door]:
        """Version A refuses what it does not know; version B takes what version A's clients ask for."""
        return [door for door in self.site.doors if not (self.is_new and door.version == A)]
