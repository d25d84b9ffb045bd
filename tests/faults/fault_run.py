"""One run with one seed: orders of all kinds, faults meanwhile, and the judgement afterwards."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import asyncpg
from temporalio.client import Client as Temporal
from temporalio.service import RPCError

from tests.faults.accepted import Accepted
from tests.faults.books import Books
from tests.faults.company import COMPANY, Deciders, open_company
from tests.faults.doomed import Points
from tests.faults.judging import Attempts, Verdict, judge, what_is_under_way
from tests.faults.kinds import ASK_AGAIN, KINDS, Kind
from tests.faults.looking import Looker
from tests.faults.patience import Answers, Client, NotAnswered, Refused
from tests.faults.site import ADMIN_KEY, Site
from tests.faults.stories import Desks, Story
from tests.faults.striking import LONGEST_PAUSE, OUT_OF_REACH, Striker
from tests.faults.tracebacks import explained

MOST_SECONDS_AFTER = 30.0
"""So long after the last fault every request must be answered; and all be done, after the last request."""
GIVE_UP_SECONDS = 120.0


@dataclass(frozen=True)
class Plan:
    """What one run is to be."""

    seed: int
    orders: int
    clients: int = 24
    fault_every_seconds: float = 8.0
    worker_lives_seconds: float = 4.0
    """On average, until it dies at a marked point."""
    strikes_for_seconds: float = 86_400.0
    """Then the rest of the orders goes its way undisturbed."""
    longest_pause_seconds: float = LONGEST_PAUSE
    """So long servers stand still at most."""
    never_ask_again: float = 0.5
    """This share of the orders has a client that never asks again."""
    tampers: bool = False
    """Whether running processes are reset and terminated in Temporal."""
    keep: bool = False


@dataclass
class Result:
    """What one run has come to."""

    seed: int
    books: Books
    faults: Counter[str]
    answers: Answers
    defects: list[str]
    """Answers with status 500, each with its traceback from the API's log."""
    attempts: Attempts
    verdict: Verdict
    seconds: float
    accepted: Accepted
    seconds_after: float
    """From the last answer to the last client until the last process was done; no fault came after that."""
    place: str

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost or doubled, and everything was done in time."""
        return self.verdict.is_good and not self.defects and not self.is_late

    @property
    def is_late(self) -> bool:
        """Whether a request was answered, or the last process done, too late."""
        return max(self.seconds_after, self.accepted.slowest) > MOST_SECONDS_AFTER


async def run(plan: Plan, points: Points, progress: Callable[[int], Any] = lambda done: None) -> Result:
    """Take all orders through all faults; `progress` is told how many have come to their end."""
    began = time.monotonic()
    chance = Random(f"lives of {plan.seed}")
    site = Site(points, lambda: plan.worker_lives_seconds * chance.uniform(0.5, 1.5))
    books, answers = Books(), Answers()
    try:
        await site.open()
        clerk = Client(site.base_url, ADMIN_KEY, COMPANY, answers)
        deciders = await open_company(clerk, books)
        await clerk.close()
        striker = striker_for(plan, site)
        looker = Looker(site.addresses.owner, COMPANY)
        trading = Trading(plan, site, books, answers, deciders, progress, looker)
        striking = asyncio.create_task(
            striker.strike_until(trading.all_begun, at_most=plan.strikes_for_seconds)
        )
        await trading.trade()
        await striking
        nobody_asks_any_more = time.monotonic()
        seconds_after = await until_all_is_done(site) - nobody_asks_any_more
        accepted = await Accepted.read(site.addresses.owner, site.last_fault_at)
        verdict = await judge(site, books)
        attempts = Attempts.read(site.attempts)
        defects = explained(answers.defects, site.logs / "api.log")
    finally:
        await site.close(keep=plan.keep)
    return Result(
        seed=plan.seed,
        books=books,
        faults=site.faults,
        answers=answers,
        defects=defects,
        attempts=attempts,
        verdict=verdict,
        accepted=accepted,
        seconds=time.monotonic() - began,
        seconds_after=seconds_after,
        place=str(site.directory),
    )


def kinds_of(plan: Plan) -> list[Kind]:
    """The kinds of a run's orders: all of them in turn, each time in another order.

    A seed goes on where the one before has stopped, so that a few short runs have every kind.
    """
    first = (plan.seed - 1) * plan.orders
    turns = range(first // len(KINDS), (first + plan.orders) // len(KINDS) + 1)
    dealt = [kind for turn in turns for kind in Random(f"turn {turn}").sample(KINDS, len(KINDS))]
    skipped = first % len(KINDS)
    return dealt[skipped : skipped + plan.orders]


def striker_for(plan: Plan, site: Site) -> Striker:
    """Who strikes this run's site."""
    return Striker(
        site,
        Random(plan.seed),
        every_seconds=plan.fault_every_seconds,
        longest_pause=plan.longest_pause_seconds,
        tampers=plan.tampers,
    )


@dataclass
class Trading:
    """The clients, each with one order at a time."""

    plan: Plan
    site: Site
    books: Books
    answers: Answers
    deciders: Deciders
    progress: Callable[[int], Any]
    looker: Looker

    def __post_init__(self) -> None:
        self.waiting = iter(enumerate(kinds_of(self.plan)))
        self.all_begun = asyncio.Event()

    async def trade(self) -> None:
        """Bring every order to its end."""
        await asyncio.gather(*(self.client() for _ in range(self.plan.clients)))

    async def client(self) -> None:
        """One order after the other."""
        desks = Desks(
            clerk=self._client(ADMIN_KEY),
            credit_manager=self._client(self.deciders.credit_manager),
            accountant=self._client(self.deciders.accountant),
            twin=self._client(ADMIN_KEY),
            looker=self.looker,
        )
        for number, kind in self.waiting:
            chance = Random(f"{self.plan.seed} {number}")
            story = Story(number, desks, self.books, chance)
            story.never_asks_again = kind not in ASK_AGAIN and chance.random() < self.plan.never_ask_again
            await self.tell(kind, story)
            self.progress(sum(self.books.ended.values()))
        self.all_begun.set()
        for client in (desks.clerk, desks.credit_manager, desks.accountant, desks.twin):
            await client.close()

    def _client(self, key: str) -> Client:
        return Client(self.site.base_url, key, COMPANY, self.answers)

    async def tell(self, kind: Kind, story: Story) -> None:
        """One story; what is not as expected is written down."""
        try:
            await kind(story)
            self.books.ended[kind.__name__] += 1
        except (Refused, NotAnswered, AssertionError) as failure:
            self.books.failures.append(f"{kind.__name__} {story.order_id}: {failure}")


async def until_all_is_done(site: Site) -> float:
    """Wait until no order and no process is under way any more; the moment when that was so."""
    asked = time.monotonic()
    while (moment := time.monotonic()) - asked < GIVE_UP_SECONDS:
        if await nothing_is_under_way(site):
            return moment
        await asyncio.sleep(0.2)
    return moment


async def nothing_is_under_way(site: Site) -> bool:
    """Whether PostgreSQL and Temporal both say that everything has ended."""
    try:
        connection = await asyncpg.connect(site.addresses.owner, timeout=2)
        try:
            if await what_is_under_way(connection):
                return False
        finally:
            await connection.close(timeout=1)
        temporal = await Temporal.connect(site.temporal.address)
        return (await temporal.count_workflows("ExecutionStatus = 'Running'")).count == 0
    except (*OUT_OF_REACH, RPCError, RuntimeError):
        return False
