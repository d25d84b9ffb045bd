"""A running process is told at which marked points it is to die: they need not be known when it starts."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from foundation.runtime import faults

IS_API = "PERPETUAL_IS_API"
"""What is forked is to be the API and no worker."""
LOGS_TO = "PERPETUAL_LOGS_TO"
"""The file into which it logs, when that is another than all others have."""
DIES_AS_TOLD = "PERPETUAL_DIES_AS_TOLD"
"""The file in which it is told, one point a line: it dies at the first that it comes by."""


def tell(told: Path, *points: object) -> None:
    """Whoever looks into the file dies at one of these."""
    _write(told, "\n".join(map(str, points)))


def died_at(told: Path) -> str | None:
    """Where somebody has died as told; asked once for each death. Nobody is to die any more."""
    told.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        where = _note(told).read_text()
        _note(told).unlink()
        return where
    return None


def die_as_told(told: Path) -> None:
    """From now on, look into the file at every marked point."""

    def reach(point: str, operation: str) -> None:
        here = f"{point}:{operation}"
        with suppress(FileNotFoundError):
            if here in told.read_text().splitlines():
                told.unlink()
                _write(_note(told), here)
                os.kill(os.getpid(), signal.SIGKILL)

    faults.reach = reach


def _write(file: Path, text: str) -> None:
    """All of it or nothing: whoever reads it at the same moment reads no half."""
    fresh = file.with_suffix(f"{file.suffix}.new")
    fresh.write_text(text)
    fresh.rename(file)


def _note(told: Path) -> Path:
    return told.with_suffix(".died")
