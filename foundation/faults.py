"""Marked points at which a fault run may kill this process, to prove that nothing is lost or doubled when
it dies there.

`PERPETUAL_DIE_AT="after commit:sales.place_order"` with `PERPETUAL_DIE_ONCE=<file>` kills with SIGKILL the
first process that comes by and can take the file; the next ones pass. Without the variable a point costs
one look at an empty string.
"""

import os
import signal
from pathlib import Path

BEFORE_BEGIN = "before begin"
MID_TRANSACTION = "mid-transaction"
AFTER_COMMIT = "after commit"

_die_at = os.environ.get("PERPETUAL_DIE_AT", "")


def reach(point: str, operation: str) -> None:
    """Come by a marked point; die there if a fault run asks for it."""
    if _die_at and _die_at == f"{point}:{operation}":
        try:
            Path(os.environ["PERPETUAL_DIE_ONCE"]).open("x").close()
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)
