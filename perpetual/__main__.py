"""`python -m perpetual` is the command `perpetual`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # Older ones would fail with a traceback further on.
    sys.exit("Perpetual needs Python 3.11 or later, and this is {}.{}.".format(*sys.version_info))

from importlib.util import find_spec

if not all(find_spec(name) for name in ("typer", "psutil", "temporalio")):
    sys.exit(
        "Perpetual's libraries are not in this Python: 'make up' puts them into .venv, and "
        "'.venv/bin/python -m perpetual' has them then."
    )

from foundation.runtime.modules import loading

with loading():
    from perpetual.cli import main

main()
