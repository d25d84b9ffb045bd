"""What a way through a process needs: a company, steps that can be made to fail, and a clock of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, get_type_hints

from temporalio.testing import WorkflowEnvironment

from tests.erp import Erp
from tests.faulty_steps import FaultySteps


@dataclass
class Scene:
    """One company's ERP, and what can be done to it."""

    erp: Erp
    faults: FaultySteps
    clock: WorkflowEnvironment

    async def pass_by(self, **time: float) -> None:
        """Let time go by: `days=3`."""
        await self.clock.sleep(timedelta(**time))

    def break_step(self, operation: str) -> None:
        """Each attempt at the operation fails of a defect, until it is mended."""
        self.faults.broken[self.erp.company, operation] = KeyError("a defect")

    def refuse_step(self, operation: str) -> None:
        """Each attempt at the operation is refused, until it is mended."""
        self.faults.refused[self.erp.company, operation] = 10_000

    def mend(self) -> None:
        """All steps work again."""
        self.faults.forget(self.erp.company)

    async def until_parked(self, kind: str) -> str:
        """Wait until a process of a kind is parked, and give its id."""
        return str((await self.until_there(kind, lambda one: bool(one["exception"])))["id"])

    async def until_ended(self, kind: str, count: int = 1) -> list[str]:
        """Wait until so many processes of a kind have ended, and give their ids."""
        await self.until_there(kind, lambda one: bool(one["outcome"]), count)
        return sorted(str(one["id"]) for one in await self._found(kind) if one["outcome"])

    async def until_there(self, kind: str, is_so: Callable[[Any], bool], count: int = 1) -> Any:
        """Wait until something is so of so many processes of a kind; gives one of them."""
        found: list[Any] = []
        for _ in range(600):
            found = await self._found(kind)
            if len(so := [one for one in found if is_so(one)]) >= count:
                return so[0]
            await asyncio.sleep(0.05)
        raise AssertionError(f"of {kind} there is: {found}")

    async def _found(self, kind: str) -> list[Any]:
        return list((await self.erp.get("/v1/processes", type=kind, limit=200))["items"])

    async def repair(self, process_id: str, action: str) -> None:
        """An operator decides about what is parked."""
        asked = {"action": action, "reason": "so we decided"}
        await self.erp.post(f"/v1/processes/{process_id}/repair", asked, by="operator")

    async def told_to(self, process_id: str, what: str) -> None:
        """An operator holds a process, or releases it."""
        await self.erp.post(f"/v1/processes/{process_id}/{what}", {"reason": "so we decided"}, by="operator")


Scenario = Callable[[Scene], Awaitable[str | tuple[str, ...]]]
"""A way: gives the ids of the processes whose histories are kept, when they are over."""


WAYS: dict[str, Scenario] = {}
"""All ways, by name: those in `scenarios` and in the modules `ways_of_…`."""
VARY: set[str] = set()
"""The ways on which it depends on the moment how often something is tried."""
Way = TypeVar("Way", bound=Callable[..., Any])


def way(scenario: Way) -> Way:
    """Declare a way: a function of a `Scene`, or only of its `Erp`, called as its recording is."""
    takes_erp = next(iter(get_type_hints(scenario).values())) is Erp
    WAYS[scenario.__name__] = with_erp(scenario) if takes_erp else scenario
    return scenario


def way_that_varies(scenario: Way) -> Way:
    """Declare a way on which it depends on the moment how often something is tried."""
    VARY.add(scenario.__name__)
    return way(scenario)


def with_erp(scenario: Callable[[Erp], Awaitable[str]]) -> Scenario:
    """A way that needs nothing but the company."""

    async def play(scene: Scene) -> str:
        return await scenario(scene.erp)

    return play


OFTEN = {"announcements_poll_seconds": 0.05, "announcements_wait_seconds": 0.5}
"""Settings with which the log is looked at often."""
