"""Numbers that the books have lost are not given twice, whichever sequence they come from."""

import re

from foundation.database.migrations import ROOT, schema_files
from perpetual.reconciling.numbers import SEQUENCES

DRAWN = re.compile(r"sequence_number\(\s*\"([A-Z]+)\",\s*\"([a-z_.]+)\"")
DECLARED = re.compile(r"^CREATE SEQUENCE ([a-z_.]+)", re.MULTILINE)


def test_every_sequence_of_documents_is_known_by_the_letters_that_its_numbers_begin_with() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "activities").rglob("*.py")]
    declared = {name for file in schema_files() for name in DECLARED.findall(file.read_text("utf-8"))}

    assert dict(pair for source in sources for pair in DRAWN.findall(source)) == SEQUENCES
    assert set(SEQUENCES.values()) == declared
