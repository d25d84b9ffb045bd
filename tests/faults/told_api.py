"""The real API, which dies at a marked point when it is told."""

import os
from pathlib import Path

from perpetual.cli import api
from tests.faults.dying import DIES_AS_TOLD, die_as_told

if __name__ == "__main__":
    die_as_told(Path(os.environ[DIES_AS_TOLD]))
    api()
