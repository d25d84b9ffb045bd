"""What a code or an address must look like to be one: a currency that exists, a mail address."""

from babel.numbers import is_currency

from foundation.values.errors import Refusals
from foundation.values.mail_addresses import normal_mail_address


def check_currency(currency: str, refusals: Refusals) -> None:
    """Note a code that ISO 4217 has not."""
    if not is_currency(currency):
        refusals.add("currency", f"there is no currency {currency} (ISO 4217)")


def normal_email(email: str, refusals: Refusals) -> str:
    """An e-mail address as it is kept; nothing is one that is not known. Notes what is none."""
    try:
        return normal_mail_address(email)
    except ValueError as error:
        refusals.add("email", str(error))
    return email
