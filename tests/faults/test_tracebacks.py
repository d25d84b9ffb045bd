"""A defect is shown with what the API has logged of it."""

import json
from pathlib import Path

from tests.faults.patience import Defect
from tests.faults.tracebacks import explained

LOGGED = """Traceback (most recent call last):
  File "/venv/lib/python3.11/site-packages/starlette/routing.py", line 73, in app
    response = await f(request)
  File "/perpetual/api/sales/orders.py", line 179, in pay
    return await processes.command(asked)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
AssertionError: nobody thought of this"""


def test_defects_are_shown_with_our_frames_and_those_that_are_alike_once(
    tmp_path: Path,
) -> None:
    log = tmp_path / "api.log"
    log.write_text(
        "not JSON\n"
        + json.dumps({"event": "defect", "correlation_id": "other", "exception": "AnotherError"})
        + "\n"
        + json.dumps({"event": "defect", "correlation_id": "abc", "exception": LOGGED})
    )
    known, unknown = Defect("/pay", {"correlation_id": "abc"}), Defect("/ship", None)

    shown, not_logged = explained([known, unknown, known], log)

    assert shown.splitlines() == [
        "2 times, first /pay: {'correlation_id': 'abc'}",
        "Traceback (most recent call last):",
        '  File "/perpetual/api/sales/orders.py", line 179, in pay',
        "    return await processes.command(asked)",
        "           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        "AssertionError: nobody thought of this",
    ]
    assert not_logged.endswith("nothing was logged")
