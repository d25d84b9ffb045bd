"""Tax numbers: which of them are VAT numbers, whose, and in which form they are kept.

Only what a number says of itself is looked at, its form and its check digits; nobody outside is asked.
"""

import re
from typing import Final

from stdnum import get_cc_module
from stdnum.ch import vat as swiss
from stdnum.eu import vat as european
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.gb import vat as british
from stdnum.gr import vat as greek
from stdnum.it import codicefiscale
from stdnum.no import mva as norwegian

from foundation.values.errors import Refusals

LOOKS_LIKE: Final = {
    "AT": "ATU12345675",
    "BE": "BE0123456749",
    "BG": "BG123456786",
    "CH": "CHE-123.456.788 MWST",
    "CY": "CY10234567S",
    "CZ": "CZ12345679",
    "DE": "DE123456788",
    "DK": "DK12345674",
    "EE": "EE123456780",
    "EL": "EL123456783",
    "ES": "ESB12345674",
    "FI": "FI12345671",
    "FR": "FR12345678221",
    "GB": "GB123456782",
    "HR": "HR12345678903",
    "HU": "HU12345676",
    "IE": "IE1234560F",
    "IT": "IT12345678887",
    "LT": "LT123456715",
    "LU": "LU12345613",
    "LV": "LV41234567001",
    "MT": "MT12345671",
    "NL": "NL123456782B01",
    "NO": "NO 912 345 602 MVA",
    "PL": "PL1234567802",
    "PT": "PT123456789",
    "RO": "RO12345674",
    "SE": "SE123456789701",
    "SI": "SI12345679",
    "SK": "SK1234567895",
    "XI": "XI123456782",
}
"""By the letters that a VAT number begins with, one of that kind in the form in which it is kept."""


def normal_tax_number(tax_number: str, country: str, refusals: Refusals) -> str:
    """A tax number as it is kept. Notes one that begins as a VAT number does, and is none of its country.

    Any other is a national number, and stays as it was written.
    """
    try:
        return _vat_number(tax_number, country) or " ".join(tax_number.split())
    except ValidationError as error:
        begins = _letters(tax_number)
        wrong = (
            "its check digits are wrong" if isinstance(error, InvalidChecksum) else "it is not formed as one"
        )
        like = f"one that begins with {begins} looks like {LOOKS_LIKE[begins]}"
        refusals.add("tax_number", f"{tax_number} is no VAT number, {wrong}: {like}")
    except _OfAnotherCountry:
        own = _letters_of(country)
        like = f"one of {country} begins with {own} and looks like {LOOKS_LIKE[own]}"
        refusals.add("tax_number", f"{tax_number} is a VAT number of another country than {country}: {like}")
    return tax_number


def is_vat_number(tax_number: str, country: str) -> bool:
    """Whether a tax number of somebody in a country is one for value added tax, and no national one."""
    try:
        return _vat_number(tax_number, country) is not None
    except (ValidationError, _OfAnotherCountry):
        return False


def is_of_another_member_state(tax_number: str, country: str, than: str) -> bool:
    """Whether it is a VAT number of the European Union, of another state than `than`."""
    if not is_vat_number(tax_number, country):
        return False
    letters = _letters(tax_number)
    return letters.lower() in {*european.MEMBER_STATES, "el", "xi"} and letters != _letters_of(than)


class _OfAnotherCountry(Exception):
    """Somebody in the European Union has the VAT number of another country."""


def _vat_number(tax_number: str, country: str) -> str | None:
    """In its normal form; None when it does not begin as one. Raises what is wrong with it."""
    letters = _letters(tax_number)
    if letters not in LOOKS_LIKE:
        return None
    own = _letters_of(country)
    # Northern Ireland has numbers of the European Union beside the British ones.
    is_own = letters == own or (letters, own) == ("XI", "GB")
    if not is_own and _is_national(tax_number, country):
        return None
    # Whoever sits outside of the European Union may be registered in any of its states.
    if not is_own and country.lower() in european.MEMBER_STATES:
        raise _OfAnotherCountry
    match letters:
        case "CH":
            return swiss.format(swiss.validate(tax_number))
        case "EL":
            return f"EL{greek.validate(tax_number)}"
        case "GB":
            return f"GB{british.validate(tax_number)}"
        case "NO":
            return norwegian.format(norwegian.validate(tax_number))
        case _:
            return european.validate(tax_number)


def _letters(tax_number: str) -> str:
    return _letters_of(re.sub(r"[\W_]", "", tax_number)[:2].upper())


def _letters_of(country: str) -> str:
    """Those that its VAT numbers begin with."""
    return "EL" if country == "GR" else country


def _is_national(tax_number: str, country: str) -> bool:
    """Whether it begins with another country's letters by chance, as those of Italian people may."""
    own = codicefiscale if country == "IT" else get_cc_module(country, "vat")
    return own is not None and own.is_valid(tax_number)
