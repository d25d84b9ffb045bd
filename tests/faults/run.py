"""`make faults`: orders of all kinds while everything is killed again and again; then everything is counted.

One run per seed, each on servers of its own. Ends with status 1 when anything was lost, doubled, or late; or
when fewer than two operations of a hundred were attempted twice, or a table has stayed empty, since such runs
prove too little.
"""

import argparse
import asyncio
import signal
import statistics
import sys
from collections import Counter
from collections.abc import Coroutine
from functools import partial
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from foundation.runtime.faults import AFTER_COMMIT, BEFORE_BEGIN, MID_TRANSACTION
from tests.faults.doomed import Points
from tests.faults.fault_run import MOST_SECONDS_AFTER, Plan, Result, run
from tests.faults.kinds import AT_THE_DOOR, OPERATIONS
from tests.faults.left_out import LEFT_EMPTY, NOT_STRUCK

Done = TypeVar("Done")
LEAST_TWICE = 0.02
SHOWN = 20
"""Of what is wrong, so that the figures stay in sight."""


def every_point() -> Points:
    """Each marked point of each operation that the kinds take."""
    return Points.of((BEFORE_BEGIN, MID_TRANSACTION, AFTER_COMMIT), OPERATIONS, AT_THE_DOOR)


def asked() -> argparse.Namespace:
    """What is to be run."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many runs (default: 20)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (default: 1)")
    parser.add_argument("--orders", type=int, default=1000, help="orders in each run (default: 1000)")
    parser.add_argument("--clients", type=int, default=48, help="orders at the same time (default: 48)")
    parser.add_argument("--every", type=float, default=8.0, help="seconds between faults (default: 8)")
    parser.add_argument("--lives", type=float, default=3.0, help="seconds a worker lives (default: 3)")
    parser.add_argument(
        "--tamper", action="store_true", help="also reset and terminate running processes in Temporal"
    )
    parser.add_argument("--keep", action="store_true", help="leave each run's data and logs in place")
    return parser.parse_args()


async def run_all(console: Console, wanted: argparse.Namespace, points: Points) -> list[Result]:
    """One seed after the other."""
    results = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        for seed in range(wanted.first, wanted.first + wanted.seeds):
            task = bar.add_task(f"seed {seed}", total=wanted.orders)
            plan = Plan(
                seed,
                wanted.orders,
                clients=wanted.clients,
                fault_every_seconds=wanted.every,
                worker_lives_seconds=wanted.lives,
                tampers=wanted.tamper,
                keep=wanted.keep,
            )
            result = await run(plan, points, partial(completed, bar, task))
            results.append(result)
            bar.console.print(in_one_line(result))
            show_what_is_wrong(bar.console, result)
            bar.remove_task(task)
    return results


def completed(bar: Progress, task: TaskID, orders: int) -> None:
    """Move the bar."""
    bar.update(task, completed=orders)


def in_one_line(result: Result) -> str:
    """What a seed has come to."""
    return (
        f"seed {result.seed}: {'good' if result.is_good else 'NOT GOOD'}, {len(result.books.orders)} orders, "
        f"{result.faults.total()} faults, {twice([result]):.1%} attempted twice, "
        f"{result.accepted.requests} requests accepted, the last answered {result.accepted.slowest:.1f} s "
        f"after the last fault, all done {result.seconds_after:.1f} s after the last client, "
        f"{result.seconds:.0f} s in all"
    )


def show_what_is_wrong(console: Console, result: Result) -> None:
    """What was lost or doubled, what does not add up, and answers that were no outage but a defect."""
    verdict = result.verdict
    kinds = {"lost": verdict.lost, "doubled": verdict.doubled, "wrong": verdict.other}
    kinds["answered with 500"] = result.defects
    for what, found in kinds.items():
        for one in found[:SHOWN]:
            console.print(f"  {what}: {one}", markup=False, highlight=False, soft_wrap=True)
        if len(found) > SHOWN:
            console.print(f"  … and {len(found) - SHOWN} more {what}")
    if not result.is_good:
        console.print(f"  data and logs, if kept: {result.place}")


def show(console: Console, results: list[Result], points: Points) -> None:
    """Counts by kind, and the headline."""
    faults = sum((result.faults for result in results), Counter())
    kinds = sum((result.books.ended for result in results), Counter())
    answers = sum((result.answers.kinds for result in results), Counter())
    for title, counts in (("Faults", faults), ("Orders", kinds), ("Answers", answers)):
        table = Table(title=title, show_header=False)
        for what, count in counts.most_common():
            table.add_row(what.replace("_", " "), f"{count:,}")
        console.print(table)
    seconds = sorted(second for result in results for second in result.answers.seconds)
    p50, p99 = (statistics.quantiles(seconds, n=100)[share - 1] for share in (50, 99))
    console.print(
        f"A request was answered after {p50:.2f} s (p50), {p99:.1f} s (p99), {seconds[-1]:.1f} s at most."
    )
    every, missing = len(points.everywhere), points.missing
    console.print(
        f"A worker or the API has died at {every - len(missing)} of {every} points of "
        f"{len({*OPERATIONS, *AT_THE_DOOR})} operations."
    )
    if missing and len(missing) <= SHOWN:
        console.print(f"[dim]Not at: {', '.join(map(str, missing))}[/dim]")
    struck = {point.operation for point in points.everywhere if points.deaths[point]}
    alive = sorted({point.operation for point in missing} - struck)
    if alive:
        console.print(f"[dim]At no point of: {', '.join(alive)}[/dim]")
    for title, left_out in (("No run strikes", NOT_STRUCK), ("Stay empty", LEFT_EMPTY)):
        by_reason = {why: [one for one in left_out if left_out[one] == why] for why in left_out.values()}
        for why, names in by_reason.items():
            console.print(f"[dim]{title}: {', '.join(names)}: {why}[/dim]")
    console.print(f"[dim]Tables without rows: {', '.join(sorted(without_rows(results))) or 'none'}[/dim]")
    console.print(headline(results, faults), style="bold")


def without_rows(results: list[Result]) -> set[str]:
    """Tables that are empty after every run, and are not left out: nothing in them was put at risk."""
    return set.intersection(*(result.accepted.empty_tables for result in results)) - LEFT_EMPTY.keys()


def headline(results: list[Result], faults: Counter[str]) -> str:
    """All of it in one sentence."""
    lost = sum(len(result.verdict.lost) for result in results)
    doubled = sum(len(result.verdict.doubled) for result in results)
    other = sum(len(result.verdict.other) for result in results)
    orders = sum(len(result.books.orders) for result in results)
    attempts = sum(result.attempts.operations for result in results)
    found = sum(result.attempts.found for result in results)
    after = max(result.seconds_after for result in results)
    answered = max(result.accepted.slowest for result in results)
    accepted = sum(result.accepted.requests for result in results)
    wrong = f", {other} WRONG" if other else ""
    late = (
        ""
        if max(after, answered) <= MOST_SECONDS_AFTER
        else f" (TOO LATE: at most {MOST_SECONDS_AFTER:.0f} s)"
    )
    return (
        f"{lost} lost, {doubled} doubled{wrong} in {orders:,} orders under {faults.total():,} faults, "
        f"{len(results)} seeds; {twice(results):.1%} of {attempts:,} operations attempted twice, "
        f"{found:,} found done; {accepted:,} requests accepted, the last answered {answered:.1f} s after the "
        f"last fault, all done {after:.1f} s after the last client{late}"
    )


async def until_stopped(running: Coroutine[Any, Any, Done]) -> Done:
    """Run until the end, or until SIGTERM; nothing that was started stays behind."""
    task = asyncio.ensure_future(running)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


def twice(results: list[Result]) -> float:
    """Which share of the operations of all runs was attempted twice: too few, and they prove nothing."""
    operations = sum(result.attempts.operations for result in results)
    return sum(result.attempts.twice for result in results) / operations


def main() -> int:
    """Run, show, and say whether all is well."""
    console, wanted, points = Console(), asked(), every_point()
    results = asyncio.run(until_stopped(run_all(console, wanted, points)))
    show(console, results, points)
    proves_enough = twice(results) >= LEAST_TWICE and not without_rows(results)
    return 0 if all(result.is_good for result in results) and proves_enough else 1


if __name__ == "__main__":
    sys.exit(main())
