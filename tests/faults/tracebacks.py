"""Why a request was answered with 500: what the API has logged under the answer's correlation id."""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tests.faults.patience import Defect


def explained(defects: Iterable[Defect], log: Path) -> list[str]:
    """The defects with their tracebacks, without the frames of the libraries; each traceback once."""
    defects = list(defects)
    wanted = {defect.correlation_id: "nothing was logged" for defect in defects}
    for line in log.read_text(errors="replace").splitlines() if wanted else ():
        with suppress(ValueError, AttributeError):
            event = json.loads(line)
            if event.get("correlation_id") in wanted and event.get("exception"):
                wanted[event["correlation_id"]] = ours(event["exception"])
    alike: dict[str, list[Defect]] = {}
    for defect in defects:
        alike.setdefault(wanted[defect.correlation_id], []).append(defect)
    return [f"{len(found)} times, first {found[0]}\n{why}" for why, found in alike.items()]


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
