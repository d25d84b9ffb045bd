"""What a code or an address must look like to be one: a currency that exists, a mail address."""

import re

from babel.numbers import is_currency

from foundation.values.errors import Refusals

# A part, an @, and a domain with a dot in it: whether somebody reads it, only a mail can tell.
_EMAIL = re.compile(
    r"(?!\.)(?!.*\.\.)[^\s@<>()\[\],;:\\\"]{1,64}(?<!\.)"
    r"@(?:[^\W_](?:[^\W_]|-){0,61}\.|[^\W_]\.)+[^\W\d_]{2,63}"
)


def check_currency(currency: str, refusals: Refusals) -> None:
    """Note a code that ISO 4217 has not."""
    if not is_currency(currency):
        refusals.add("currency", f"there is no currency {currency} (ISO 4217)")


def check_email(email: str, refusals: Refusals) -> None:
    """Note what is no e-mail address; nothing is one that is not known."""
    if email and (len(email) > 254 or not _EMAIL.fullmatch(email)):
        refusals.add("email", f"{email} is no e-mail address; one looks like name@example.com")
