"""`make bench ARGS='--beside REV'`: an order's cost beside that of the version before, block by block in
turn.

Both versions run at the same time on servers of their own, and only one of them is ever at work: blocks of
orders go to the old, the new, the old … so that a machine that grows slower grows slower for both. The old
one is a git worktree of its own, started by its own command with our interpreter, and driven over REST like
anybody's: nothing of its benchmarks is needed.
"""

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.running import FIRST_PORT, SERVING, WARM_UP, Run, Site, connection, traded
from benchmarks.trading import open_company
from perpetual.installation import admin_key, delete_everything
from perpetual.servers.startup_errors import StartupError, free_port

BEFORE = "8bb4114"
"""The version before this one, until there is a tag for one."""
LAST = "last"
HERE = Path(__file__).parent.parent
BLOCKS = 7
READY_SECONDS = 300.0
ELSEWHERE = ("DATABASE_URL", "TEMPORAL_ADDRESS", "PERPETUAL_DIRECTORY", "PERPETUAL_API_PORT")
"""What would point an installation at other servers, or at another place."""


def run_beside(console: Console, *, revision: str, count: int, clients: int) -> int:
    """Measure and print. There is no target: what one wants to know is the ratio."""
    revision = _last_version() if revision == LAST else revision
    with ExitStack() as stack:
        tree = stack.enter_context(_worktree(revision))
        console.print(f"[dim]Starting {revision} and the working tree, side by side …[/dim]")
        old = stack.enter_context(_running(tree))
        new = stack.enter_context(_running(HERE))
        runs = uvloop.run(_measure(old, new, console, count=count, clients=clients))
    _show(console, revision, *runs)
    return 0


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StartupError(f"git {arguments[0]} failed: {' '.join(done.stderr.split())}")
    return done.stdout.strip()


def _last_version() -> str:
    """The last tag of a version, or the commit that is named here."""
    with contextlib.suppress(StartupError):
        return _git("describe", "--tags", "--abbrev=0", "--match", "v*")
    return BEFORE


@contextmanager
def _worktree(revision: str) -> Iterator[Path]:
    """The files of a revision, for a while."""
    directory = Path(tempfile.mkdtemp(prefix="perpetual-before-"))
    tree = directory / "tree"
    try:
        _git("worktree", "add", "--detach", str(tree), revision)
        yield tree
    finally:
        with contextlib.suppress(StartupError):
            _git("worktree", "remove", "--force", str(tree))
        shutil.rmtree(directory, ignore_errors=True)
        _git("worktree", "prune")


@contextmanager
def _running(tree: Path) -> Iterator[Site]:
    """The installation of a tree, by its own command; nothing is left of it."""
    directory = Path(tempfile.mkdtemp(prefix="perpetual-bench-"))
    directory.chmod(0o755)  # PostgreSQL may run as another user, who must reach its data.
    port = free_port(FIRST_PORT)
    command = [sys.executable, "-m", "perpetual", "up", "--directory", str(directory), "--port", str(port)]
    environment = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    with (directory / "up.log").open("wb") as log:
        started = subprocess.Popen(
            command, cwd=tree, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    base_url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(base_url, started, directory)
        yield Site(base_url, admin_key(directory), lambda: _processes(started.pid))
    finally:
        started.terminate()
        started.wait(120)
        delete_everything(directory)
        shutil.rmtree(directory, ignore_errors=True)


def _wait_for(base_url: str, started: "subprocess.Popen[bytes]", directory: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while not _answers(base_url):
        if started.poll() is not None:
            raise StartupError(" ".join((directory / "up.log").read_text().split())[-400:])
        if time.monotonic() > until:
            raise StartupError(f"{base_url} was not ready within {READY_SECONDS:.0f} s")
        time.sleep(0.2)


def _answers(base_url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base_url}/health/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _processes(supervisor: int) -> dict[str, int]:
    """What a supervisor has started, by what each is run as: no version's own names are needed."""
    found: dict[str, int] = {}
    for child in psutil.Process(supervisor).children():
        words = child.cmdline()
        program = Path(words[0]).name if words else ""
        kind = program if program in SERVING else next((word for word in words if word in SERVING), program)
        number = sum(name.partition("-")[0] == kind for name in found) + 1
        found[f"{kind}-{number}"] = child.pid
    return found


async def _measure(
    old: Site, new: Site, console: Console, *, count: int, clients: int
) -> tuple[list[Run], list[Run]]:
    for site in (old, new):
        first = connection(site)
        await open_company(first)
        await first.close()
        await traded(site, 2 * WARM_UP, clients)
    before: list[Run] = []
    after: list[Run] = []
    for block in range(BLOCKS):
        before.append(await traded(old, count, clients))
        after.append(await traded(new, count, clients))
        costs = f"{before[-1].cost_ms:.1f} and {after[-1].cost_ms:.1f} CPU ms per order"
        console.print(f"[dim]  block {block + 1} of {BLOCKS}: {costs}[/dim]")
    return before, after


def _show(console: Console, revision: str, before: list[Run], after: list[Run]) -> None:
    title = f"Medians of {len(before)} blocks in turn, {before[0].clients} clients"
    table = Table("", revision, "now", "now / before", "from – to", title=title)
    for kind in SERVING:
        pairs = [(old.cost_of(kind), new.cost_of(kind)) for old, new in zip(before, after, strict=True)]
        table.add_row(f"{kind}, CPU ms per order", *_compared(pairs, 1))
    pairs = [(old.cost_ms, new.cost_ms) for old, new in zip(before, after, strict=True)]
    table.add_row("all, CPU ms per order", *_compared(pairs, 1))
    pairs = [(old.per_second, new.per_second) for old, new in zip(before, after, strict=True)]
    table.add_row("orders per second", *_compared(pairs, 1))
    pairs = [(old.larger_share, new.larger_share) for old, new in zip(before, after, strict=True)]
    table.add_row("larger share of the workers' CPU", *_compared(pairs, 2))
    console.print(table)


def _compared(pairs: list[tuple[float, float]], decimals: int) -> list[str]:
    """Both medians, the median of the blocks' ratios, and the smallest and the largest of them."""
    ratios = [new / old for old, new in pairs]
    medians = [statistics.median(values) for values in zip(*pairs, strict=True)]
    return [
        *(f"{median:.{decimals}f}" for median in medians),
        f"{statistics.median(ratios):.2f}",
        f"{min(ratios):.2f} – {max(ratios):.2f}",
    ]
