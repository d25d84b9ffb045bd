"""A running process is told at which marked point it is to die: it need not be known when it starts."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from foundation import faults

DIES_AS_TOLD = "PERPETUAL_DIES_AS_TOLD"
"""The file in which it is told; the file is gone when it has died."""


def die_as_told(told: Path) -> None:
    """From now on, look into the file at every marked point."""

    def reach(point: str, operation: str) -> None:
        with suppress(FileNotFoundError):
            if told.read_text() == f"{point}:{operation}":
                told.unlink()
                os.kill(os.getpid(), signal.SIGKILL)

    faults.reach = reach
