"""The replay gate's report: made once for each hash seed, in a process of its own."""

import asyncio
import json
import os
import subprocess
import sys
from typing import Any

SEEDS = ("1", "2")

_reports: dict[str, list[dict[str, Any]]] = {}


async def report(seed: str) -> list[dict[str, Any]]:
    """What came of each replay under a hash seed: of today's processes, and of changed ones."""
    if seed not in _reports:
        _reports[seed] = await asyncio.to_thread(_made, seed)
    return _reports[seed]


def _made(seed: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.histories.replay"]
    environment = os.environ | {"PYTHONHASHSEED": seed}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (0, 1), done.stderr
    # What a process that stumbles writes to its log is there as well.
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"change"')]
