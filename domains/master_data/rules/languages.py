"""What taxes, terms and units are called in a customer's language; by their own name where nobody said it."""

from collections.abc import Mapping
from itertools import chain
from typing import Final

from domains.master_data.messages import PutPaymentTerms, PutTaxCode

UNITS: Final[Mapping[str, Mapping[str, str]]] = {
    "pc": {"de": "Stk."},
    "box": {"de": "Karton"},
    "pack": {"de": "Packung"},
    "pair": {"de": "Paar"},
    "set": {"de": "Satz"},
    "pallet": {"de": "Palette"},
    "h": {"de": "Std."},
    "day": {"de": "Tag"},
    "month": {"de": "Monat"},
}
"""Codes of units that are words; kg, m and l are the same in all languages."""


def unit_in(language: str, unit: str) -> str:
    """A unit as a customer reads it."""
    return UNITS.get(unit, {}).get(language, unit)


def terms_in(language: str, terms: PutPaymentTerms) -> str:
    """What payment terms are called."""
    return terms.names.get(language, terms.name)


def exemption_in(language: str, tax_code: PutTaxCode) -> str:
    """Why tax is not charged; empty when it is."""
    return tax_code.exemption_reasons.get(language, tax_code.exemption_reason)


def tax_in(language: str, tax_code: PutTaxCode, component: str) -> str:
    """What one of the taxes behind a tax code is called."""
    ever = chain(tax_code.components, *(change.components for change in tax_code.changes))
    return next((one.names.get(language, component) for one in ever if one.name == component), component)
