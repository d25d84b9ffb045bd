"""What a code or an address must look like to be one: a currency that exists, a mail address."""

import re
from typing import Final

from babel.core import get_global
from babel.numbers import is_currency

from foundation.values.errors import Refusals
from foundation.values.mail_addresses import normal_mail_address

COUNTRIES: Final = frozenset(get_global("territory_languages")) - {"ZZ"}
"""Of ISO 3166-1, and those that the world writes to without one, such as XK; ZZ is none that is known."""

UN_CODE: Final = re.compile(r"[A-Z0-9]{2,3}")


def check_currency(currency: str, refusals: Refusals, field: str = "currency") -> None:
    """Note a code that ISO 4217 has not."""
    if not is_currency(currency):
        refusals.add(field, f"there is no currency {currency} (ISO 4217)")


def check_country(country: str | None, refusals: Refusals) -> None:
    """Note a code that ISO 3166 has not."""
    if country is not None and country not in COUNTRIES:
        refusals.add("country", f"there is no country {country} (ISO 3166-1)")


def check_un_code(code: str, refusals: Refusals) -> None:
    """Note what is not formed as a code of a unit; nothing is one that is not said. No list is asked."""
    if code and not UN_CODE.fullmatch(code):
        refusals.add(
            "un_code",
            f"{code} is no code of UN/ECE Recommendation 20: one has two or three capital letters or digits, "
            "as KGM, or XBX for a package",
        )


def normal_email(email: str, refusals: Refusals, field: str = "email") -> str:
    """An e-mail address as it is kept; nothing is one that is not known. Notes what is none."""
    try:
        return normal_mail_address(email)
    except ValueError as error:
        refusals.add(field, str(error))
    return email
