"""`python -m perpetual` is the command `perpetual`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # Older ones would fail with a traceback further on.
    sys.exit("Perpetual needs Python 3.11 or later, and this is {}.{}.".format(*sys.version_info))

from perpetual.cli import main

main()
