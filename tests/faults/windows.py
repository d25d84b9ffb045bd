"""The moments at which what was accepted used to be lost, by name, each struck as often as one likes.

In each of them an order goes its way in one company, and its twin the same way in another, where nothing
happens to it. The client asks once, whatever it is answered. Within seconds of everything being up again the
order must look in the books as its twin does, document by document; and then it must go on as its twin went
on.

`python -m tests.faults.windows --times 100` strikes each of them a hundred times.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.faults.judging import what_the_checker_says
from tests.faults.run import until_stopped
from tests.faults.window_site import WindowSite
from tests.faults.window_story import Ask, Case

AFTER = "after commit"
SHOWN = 5


@dataclass(frozen=True)
class Window:
    """One of the moments: what was asked when everything died, and what the client does later."""

    name: str
    title: str
    cases: tuple[Case, ...]
    dies_at: str | None = None
    """The marked point at which worker and server die; without one the workers are down when it is asked."""
    answers: tuple[int, ...] = (0, 201, 202)
    """What a client may be told meanwhile; 0: it has no answer."""


SHIP, PAY = Ask.SHIP, Ask.PAY
WINDOWS = (
    Window(
        "w1",
        "worker and server killed after goods issue",
        (Case(asked=SHIP, after=(PAY,)),),
        dies_at=f"{AFTER}:inventory.post_goods_issue",
    ),
    Window(
        "w2",
        "worker and server killed after the invoice",
        (Case(asked=SHIP, after=(PAY,)),),
        dies_at=f"{AFTER}:receivables.post_invoice",
    ),
    Window(
        "w3",
        "worker and server killed after the payment",
        (Case(before=(SHIP,), asked=PAY),),
        dies_at=f"{AFTER}:ledger.post_payment",
    ),
    Window(
        "w4",
        "worker and server killed after the fulfilment record",
        (Case(asked=SHIP, after=(PAY,)),),
        dies_at=f"{AFTER}:sales.record_fulfilment",
    ),
    Window(
        "w5",
        "a shipment and a payment accepted, then an orderly restart of the server",
        (Case(asked=SHIP, after=(PAY,)), Case(before=(SHIP,), asked=PAY)),
        answers=(202,),
    ),
)


@dataclass
class Outcome:
    """What became of one strike."""

    answers: list[int]
    """The statuses that the requests were answered which were asked when it struck; 0: no answer."""
    wrong: list[str]
    seconds: float
    """From everything being up again until the order was equal to its twin."""


async def strike(site: WindowSite, window: Window) -> Outcome:
    """Strike once."""
    before = await site.totals()
    orders = [await site.place(case) for case in window.cases]
    if window.dies_at is not None:
        (order,) = orders
        answers = [await site.ask_while_all_die(order, window.dies_at)]
    else:
        answers = await site.ask_while_workers_are_down(orders)
    wrong, seconds = await site.until_equal(orders, before)
    if not wrong:
        for order in orders:
            await order.go_on()
        wrong, _ = await site.until_equal(orders, before)
        wrong = [f"gone on: {one}" for one in wrong]
    wrong += [f"it was answered {answer}" for answer in answers if answer not in window.answers]
    return Outcome(answers, wrong, seconds)


@asynccontextmanager
async def opened(*, keep: bool = False) -> AsyncIterator[WindowSite]:
    """A site of its own, with both companies."""
    site = WindowSite()
    try:
        await site.open()
        yield site
    finally:
        await site.close(keep=keep)


# The long mode


@dataclass
class Tally:
    """What a window has come to, over all strikes."""

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def wrong(self) -> list[Outcome]:
        """The strikes after which an order was not equal to its twin."""
        return [one for one in self.outcomes if one.wrong]

    def row(self) -> list[str]:
        """How often it was struck, how often all was well, what was answered, and how long it took."""
        answers = Counter(answer or "none" for one in self.outcomes for answer in one.answers)
        seconds = sorted(one.seconds for one in self.outcomes if not one.wrong)
        said = ", ".join(f"{status}: {count}" for status, count in answers.most_common())
        took = f"{seconds[len(seconds) // 2]:.1f} / {seconds[-1]:.1f} s" if seconds else "-"
        return [f"{len(self.outcomes) - len(self.wrong)} of {len(self.outcomes)}", said, took]


async def strike_all(
    windows: list[Window], times: int, progress: Callable[[Window, Outcome], Any], *, keep: bool
) -> tuple[dict[str, Tally], list[str]]:
    """Each window so often, in turn; and what the checker says of both companies at the end."""
    tallies = {window.name: Tally() for window in windows}
    async with opened(keep=keep) as site:
        for _ in range(times):
            for window in windows:
                outcome = await strike(site, window)
                tallies[window.name].outcomes.append(outcome)
                progress(window, outcome)
        await site.until_answered()
        return tallies, await what_the_checker_says(site)


def asked() -> argparse.Namespace:
    """What is to be run."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.windows", description=__doc__)
    parser.add_argument("--times", type=int, default=100, help="how often each (default: 100)")
    parser.add_argument("--only", default="", help="only these, as in w1,w3")
    parser.add_argument("--keep", action="store_true", help="leave data and logs in place")
    return parser.parse_args()


async def run(console: Console, wanted: argparse.Namespace) -> bool:
    """Strike, show, and say whether all is well."""
    names = wanted.only.split(",") if wanted.only else [window.name for window in WINDOWS]
    windows = [window for window in WINDOWS if window.name in names]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("strikes", total=wanted.times * len(windows))

        def progress(window: Window, outcome: Outcome) -> None:
            bar.advance(task)
            for wrong in outcome.wrong[:SHOWN]:
                bar.console.print(f"  {window.name}: {wrong}", markup=False, highlight=False, soft_wrap=True)

        tallies, checked = await strike_all(windows, wanted.times, progress, keep=wanted.keep)
    show(console, windows, tallies)
    for violation in checked[:SHOWN]:
        console.print(f"  the checker: {violation}", markup=False, highlight=False, soft_wrap=True)
    return not checked and not any(tally.wrong for tally in tallies.values())


def show(console: Console, windows: list[Window], tallies: dict[str, Tally]) -> None:
    """Counts per window."""
    table = Table("Window", "Equal to the twin", "Answered", "Equal after (p50 / at most)")
    for window in windows:
        table.add_row(f"{window.name}: {window.title}", *tallies[window.name].row())
    console.print(table)


def main() -> int:
    """Run, and say whether all is well."""
    return 0 if asyncio.run(until_stopped(run(Console(), asked()))) else 1


if __name__ == "__main__":
    sys.exit(main())
