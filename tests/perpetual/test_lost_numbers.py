"""Numbers that the books have lost are not given twice, whichever sequence they come from."""

import re

from foundation.database.migrations import ROOT, schema_files

DRAWN = re.compile(r"sequence_number\(\s*\"([A-Z]+)\",\s*\"([a-z_.]+)\"")
DECLARED = re.compile(r"^CREATE SEQUENCE ([a-z_.]+)", re.MULTILINE)
SAID = re.compile(r"^COMMENT ON SEQUENCE ([a-z_.]+) IS '([A-Z]+)'", re.MULTILINE)


def test_every_sequence_says_what_its_numbers_begin_with() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "activities").rglob("*.py")]
    schemas = [file.read_text("utf-8") for file in schema_files()]
    drawn = {sequence: series for source in sources for series, sequence in DRAWN.findall(source)}

    assert {name: series for schema in schemas for name, series in SAID.findall(schema)} == drawn
    assert {name for schema in schemas for name in DECLARED.findall(schema)} == set(drawn)
    assert len(set(drawn.values())) == len(drawn), "two series begin with the same letters"
