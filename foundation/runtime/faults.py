"""Marked points at which a fault run may kill this process, to prove that nothing is lost or doubled when
it dies there.

`PERPETUAL_DIE_AT="after commit:sales.place_order"` with `PERPETUAL_DIE_ONCE=<file>` kills with SIGKILL the
first process that comes by and can take the file; the next ones pass. `PERPETUAL_NOTE_ATTEMPTS=<file>` has
every attempt at an operation written there, so that a run can tell how many were attempted twice. Without the
variables a point costs one look at an empty string.
"""

import os
import signal
from pathlib import Path

BEFORE_BEGIN = "before begin"
MID_TRANSACTION = "mid-transaction"
AFTER_COMMIT = "after commit"

BEGUN = "begun"
FOUND = "found"
"""The operation was applied before: the attempt found its key, and answers as the first one did."""

_die_at = os.environ.get("PERPETUAL_DIE_AT", "")
_attempts = os.environ.get("PERPETUAL_NOTE_ATTEMPTS", "")


def reach(point: str, operation: str) -> None:
    """Come by a marked point; die there if a fault run asks for it."""
    if _die_at and _die_at == f"{point}:{operation}":
        try:
            Path(os.environ["PERPETUAL_DIE_ONCE"]).open("x").close()
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


def note(what: str, key: str) -> None:
    """Note an attempt at an operation, or that it found its key; nothing unless a fault run asks for it."""
    if _attempts:
        with Path(_attempts).open("a") as attempts:
            attempts.write(f"{what} {key}\n")
