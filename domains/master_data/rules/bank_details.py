"""IBAN and BIC: their form, length and check digits, and the form in which they are kept.

Only what they say of themselves is looked at; no bank is asked.
"""

from collections.abc import Callable
from typing import Protocol

from stdnum import bic, iban
from stdnum.exceptions import InvalidChecksum, ValidationError

from foundation.values.errors import Refusals


class BankDetails(Protocol):
    """Where money is to be paid."""

    @property
    def iban(self) -> str:
        """By ISO 13616; empty when there is none."""

    @property
    def bic(self) -> str:
        """By ISO 9362; empty when it is not said."""


def normal_bank_details(account: BankDetails, refusals: Refusals, of: str = "") -> dict[str, str]:
    """IBAN and BIC as they are kept, without spaces. Notes what is none; `of` is where a request has them."""
    return {
        "iban": _normal(account.iban, _is_iban, refusals, f"{of}iban", "IBAN", "DE02120300000000202051"),
        "bic": _normal(account.bic, bic.validate, refusals, f"{of}bic", "BIC", "BYLADEM1001"),
    }


def _is_iban(written: str) -> str:
    # Which banks a country has changes; a number that says all that it must is one.
    return str(iban.validate(written, check_country=False))


def _normal(
    written: str, validate: Callable[[str], str], refusals: Refusals, field: str, what: str, like: str
) -> str:
    try:
        return str(validate(written)) if written.strip() else ""
    except InvalidChecksum:
        refusals.add(field, f"{written} is no {what}, its check digits are wrong")
    except ValidationError:
        refusals.add(field, f"{written} is no {what}, it is not formed as one: one looks like {like}")
    return written
