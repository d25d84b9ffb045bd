"""What a unit is called in documents that companies exchange.

EN 16931 has a unit (BT-130) by a code of UN/ECE Recommendation 20, or of Recommendation 21 for packages with
an X before it. A unit says its own as `un_code`; those that a company begins with are known without.
"""

from collections.abc import Mapping

from domains.master_data.messages import PutUnit

USUAL: Mapping[str, str] = {
    "pc": "H87",
    "pair": "PR",
    "set": "SET",
    "box": "XBX",
    "crate": "XCR",
    "bag": "XBG",
    "roll": "XRO",
    "pallet": "XPX",
    "g": "GRM",
    "kg": "KGM",
    "t": "TNE",
    "ml": "MLT",
    "l": "LTR",
    "mm": "MMT",
    "cm": "CMT",
    "m": "MTR",
    "km": "KMT",
    "m2": "MTK",
    "m3": "MTQ",
    "kWh": "KWH",
    "min": "MIN",
    "h": "HUR",
    "day": "DAY",
    "month": "MON",
}
"""The codes of the units that a company begins with."""
SAME = (
    ("H87", "C62", "EA", "NAR", "XPP", "PCE"),
    ("PR", "NPR"),
    ("XBX", "BX"),
    ("XCR", "CR"),
    ("XBG", "BG"),
    ("XRO", "RO"),
    ("XPX", "PF"),
)
"""Codes of one and the same unit, the one to write first.

A piece is defined as "a single item, article or exemplar" (H87): so it is what is counted by one (C62, also
"unit"), each (EA, "items regarded as separate units"), article (NAR) or, by Recommendation 21, piece (XPP).
PCE (UN/EDIFACT 6411), NPR and the packages without an X are withdrawn, and are still written.
Source: UN/ECE Recommendations 20 and 21, names and descriptions; rule BR-CL-23 of EN 16931.
"""


def codes_of(unit: PutUnit) -> tuple[str, ...]:
    """Every code that a document may name the unit by, in capitals: our own, and those that mean the same as
    its `un_code`. Where it says none, that of the usual unit counts, and else our own for one.
    """
    own = unit.code.upper()
    said = unit.un_code or USUAL.get(unit.code, own)
    same = next((codes for codes in SAME if said in codes), (said,))
    return tuple(dict.fromkeys((own, *same)))
