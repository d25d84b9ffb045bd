"""Why a request was answered with 500: what the API has logged under the answer's correlation id."""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tests.faults.patience import Defect


def explained(defects: Iterable[Defect], log: Path) -> list[str]:
    """Each defect with its traceback, without the frames of the libraries."""
    wanted = {defect.correlation_id: "" for defect in defects if defect.correlation_id}
    for line in log.read_text(errors="replace").splitlines() if wanted else ():
        with suppress(ValueError, AttributeError):
            event = json.loads(line)
            if event.get("correlation_id") in wanted and event.get("exception"):
                wanted[event["correlation_id"]] = ours(event["exception"])
    return [f"{defect}\n{wanted.get(defect.correlation_id) or 'nothing was logged'}" for defect in defects]


def ours(traceback: str) -> str:
    """A traceback's frames in our own code, and what was raised."""
    kept, is_library = [], False
    for line in traceback.splitlines():
        if line.startswith("  File "):
            is_library = "site-packages" in line or "/lib/python" in line
        elif not line.startswith("    "):
            is_library = False
        if not is_library:
            kept.append(line)
    return "\n".join(line for line in kept if line.strip())
