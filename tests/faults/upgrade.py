"""Change in flight: workers and APIs go from version A to version B while orders are under way.

    python -m tests.faults.upgrade --processes 200

Version A is a copy of this tree, version B another with a few changes (`version_b`). While orders of all
kinds are under way, the schema grows; an API of version B answers beside the other; workers of version B are
started and made current; those of version A are killed and stopped; and in the end the steps that version B
has added are switched off again by a setting, workers being killed all the while. Ends with status 1 when
anything was lost, doubled or refused as a conflict, or a history did not fit.
"""

import argparse
import asyncio
import sys
import time
from dataclasses import dataclass
from random import Random

from rich.console import Console

from tests.faults.books import Books
from tests.faults.company import COMPANY, CUSTOMERS, ORDERED_ON, Deciders, open_company
from tests.faults.fault_run import until_all_is_done
from tests.faults.judging import judge
from tests.faults.kinds import ASK_AGAIN, KINDS, Kind, backordered
from tests.faults.looking import Looker
from tests.faults.patience import Answers, Client, NotAnswered, Refused
from tests.faults.run import until_stopped
from tests.faults.site import ADMIN_KEY, until
from tests.faults.stories import Desks, Story
from tests.faults.two_versions import B_SWITCHED_OFF, A, B, TwoVersions
from tests.faults.upgrade_verdict import Histories, InTheBooks, Upgrade, said_in_logs
from tests.faults.upgrading_clients import CHANNEL, Pace, UpgradingClient

MIGRATE, MAKE_CURRENT = "migrate", "make-current"
COMMANDS = (MIGRATE, "worker", MAKE_CURRENT, "api")
"""What version B is brought in with, in the order of docs/upgrades.md; here its API comes early, too."""

PHASES = AT_FIRST, TWO_DOORS, CURRENT, OFF = range(4)
"""When an order is begun: with version A alone, with an API of either, with version B current, and last."""


@dataclass
class Plan:
    """How many processes, of which kinds, and how long it takes."""

    processes: int
    seconds: float
    seed: int = 1
    stories: tuple[str, ...] = ()
    """All kinds, unless some are named."""
    workers: int = 2
    """Of each version."""
    careless: bool = False
    """Whether version B has its new steps without asking what the history says."""
    keep: bool = False


class Upgrading:
    """One upgrade, with its clients."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.kinds = [kind for kind in KINDS if not plan.stories or kind.__name__ in plan.stories]
        self.site = TwoVersions(plan.workers, careless=plan.careless)
        self.books, self.answers = Books(), Answers()
        self.door: list[str] = []
        self.deciders = Deciders("", "")
        self.migrated_seconds = self.current_at = self.off_at = 0.0
        self.passed = [asyncio.Event() for _ in PHASES]
        self.passed[0].set()

    async def run(self) -> Upgrade:
        """All of it, and what it has come to."""
        began = time.monotonic()
        try:
            await self.open()
            await asyncio.gather(self.versions(), *map(self.story, range(self.plan.processes)))
            await until_all_is_done(self.site)
            return await self.verdict(began)
        finally:
            await self.site.close(keep=self.plan.keep)

    async def open(self) -> None:
        """Version A, at work for a company."""
        await self.site.open_servers()
        await self.site.start_workers(A)
        await self.site.open_door(A)
        clerk = Client(self.site.doors[0].base_url, ADMIN_KEY, COMPANY, self.answers)
        self.deciders = await open_company(clerk, self.books)
        await clerk.close()

    # What happens to the programs

    async def versions(self) -> None:
        """From A to B, and the new steps off again."""
        site = self.site
        await self.for_a_while()
        asked = time.monotonic()
        await site.run(B, MIGRATE)
        self.migrated_seconds = time.monotonic() - asked
        await site.open_door(B)
        self.passed[TWO_DOORS].set()
        await self.ask_at_the_doors()
        await self.for_a_while()
        await site.start_workers(B)
        await site.kill_worker(A, 1)
        await self.for_a_while()
        await site.run(B, MAKE_CURRENT)
        self.current_at = time.time()
        self.passed[CURRENT].set()
        if site.workers > 1:
            await site.kill_worker(B, 1)
            await site.kill_worker(A, 2)
        for number in site.numbers:
            await site.stop_worker(A, number)
        await self.for_a_while()
        await site.close_door(A)
        if site.workers > 1:
            await site.kill_worker(B, 2)
        await self.for_a_while()
        await until(self.somebody_has_taken_the_new_step)
        for number in site.numbers:
            await site.start_worker(B_SWITCHED_OFF, number)
            await site.kill_worker(B, number)
            await site.stop_worker(B, number)
        self.off_at = time.time()
        self.passed[OFF].set()
        await self.for_a_while()
        if site.workers > 1:
            await site.kill_worker(B_SWITCHED_OFF, 1)

    async def for_a_while(self) -> None:
        """Let clients ask for something."""
        await asyncio.sleep(self.plan.seconds / 8)

    def somebody_has_taken_the_new_step(self) -> bool:
        """Whether an order has: until then it is not switched off."""
        return asyncio.run(InTheBooks.looks_so_far(self.site)) > 0

    async def ask_at_the_doors(self) -> None:
        """A field that it does not know a door refuses; one that it knows it takes."""
        asked = {"customer_code": CUSTOMERS[0], "ordered_on": ORDERED_ON, "lines": []}
        for door in self.site.doors:
            client = Client(door.base_url, ADMIN_KEY, COMPANY, Answers())
            try:
                await client.post("/v1/sales-orders", asked | {"channel": CHANNEL}, f"door {door.version}")
            except Refused as refusal:
                fields = [error["field"] for error in refusal.answer.get("errors", [])]
                if ("channel" in fields) != (door.version == A):
                    self.door.append(f"{door.version} has refused {fields}: {refusal.answer}")
            else:
                self.door.append(f"{door.version} has taken an order without lines")
            await client.close()

    # What clients do meanwhile

    async def story(self, number: int) -> None:
        """One order. Of those that are begun before a change, half wait for it on their way; not a
        backorder, whose goods serve others, too.
        """
        chance, phase = Random(f"{self.plan.seed} {number}"), number % len(PHASES)
        await self.passed[phase].wait()
        await asyncio.sleep(chance.uniform(0, self.plan.seconds / 8))
        pace = Pace(chance, self.plan.seconds / 10)
        kind = self.kinds[number // len(PHASES) % len(self.kinds)]
        if phase != OFF and kind is not backordered and chance.random() < 0.5:
            pace.waits_for, pace.after = self.passed[max(phase + 1, CURRENT)], chance.randint(1, 2)
        is_new = phase != AT_FIRST and chance.random() < 0.5
        clerk, credit_manager, accountant, twin = clients = tuple(
            UpgradingClient(self.site, key, self.answers, pace=pace, is_new=is_new)
            for key in (ADMIN_KEY, *self.deciders, ADMIN_KEY)
        )
        desks = Desks(clerk, credit_manager, accountant, twin, Looker(self.site.addresses.owner, COMPANY))
        story = Story(number, desks, self.books, chance)
        story.never_asks_again = kind not in ASK_AGAIN and chance.random() < 0.5
        await self.tell(kind, story)
        for client in clients:
            await client.close()

    async def tell(self, kind: Kind, story: Story) -> None:
        """What is not as expected is written down."""
        try:
            await kind(story)
            self.books.ended[kind.__name__] += 1
        except (Refused, NotAnswered, AssertionError) as failure:
            self.books.failures.append(f"{kind.__name__} {story.order_id}: {failure}")

    async def verdict(self, began: float) -> Upgrade:
        """When all is done."""
        verdict = await judge(self.site, self.books)
        verdict.other += [f"answered with 500: {defect}" for defect in self.answers.defects]
        books = await InTheBooks.read(self.site, current_at=self.current_at, off_at=self.off_at)
        verdict.other += books.wrong
        return Upgrade(
            ended=self.books.ended,
            verdict=verdict,
            histories=await Histories.read(self.site),
            conflicts=books.conflicts,
            exceptions=books.exceptions,
            said=said_in_logs(self.site),
            looks=books.looks,
            channels=books.channels,
            door=self.door,
            migrated_seconds=self.migrated_seconds,
            kills=self.site.kills,
            seconds=time.monotonic() - began,
            place=str(self.site.directory),
        )


def main() -> int:
    """Run, show, and say whether all is well."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.upgrade", description=__doc__)
    parser.add_argument("--processes", type=int, default=200, help="orders in all (default: 200)")
    parser.add_argument("--seconds", type=float, default=120.0, help="in which they come (default: 120)")
    parser.add_argument("--seed", type=int, default=1, help="which orders these are (default: 1)")
    parser.add_argument("--careless", action="store_true", help="what must fail: steps that are just added")
    parser.add_argument("--keep", action="store_true", help="leave data and logs in place")
    asked = parser.parse_args()
    plan = Plan(asked.processes, asked.seconds, asked.seed, careless=asked.careless, keep=asked.keep)
    upgrade = asyncio.run(until_stopped(Upgrading(plan).run()))
    console = Console(soft_wrap=True)
    console.print(upgrade.in_words(), markup=False, highlight=False)
    if asked.keep:
        console.print(f"data and logs: {upgrade.place}")
    return 1 if upgrade.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
