"""Invented VAT numbers: nobody has them, and their check digits are right."""

from itertools import product

from domains.master_data.rules.tax_numbers import is_vat_number, normal_tax_number
from foundation.values.errors import Refusals

SHAPES = {
    "CH": "CHE999{:04d}##MWST",
    "CZ": "CZ199{:04d}#",
    "DE": "DE9999{:04d}#",
    "GB": "GB999{:04d}##",
    "IT": "IT999{:04d}001#",
    "NL": "NL999{:04d}##B01",
    "PL": "PL9992{:04d}##",
}
"""By country; a place in a list stands in the braces, check digits where there is a #."""


def invented_tax_number(country: str, place: int) -> str:
    """The number of who has a place in a list; one without a form of its own where we know none.

    Raises ValueError for a place to which no check digits belong.
    """
    shape = SHAPES.get(country)
    if shape is None:
        return f"9992{place:04d}"
    written = shape.format(place)
    for digits in product("0123456789", repeat=written.count("#")):
        number = written.replace("#", "{}").format(*digits)
        if is_vat_number(number, country):
            return normal_tax_number(number, country, Refusals())
    raise ValueError(f"{country} has no number with the place {place}")
