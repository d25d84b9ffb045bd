"""E-mail addresses: what is one, and in which form it is kept."""

from typing import Annotated, Final

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, StringConstraints

MOST: Final = 254
"""Characters of an address (RFC 5321)."""


def normal_mail_address(address: str) -> str:
    """An address as mail servers read it: a domain in small letters, and in ASCII whatever its language.

    Whether somebody reads what is sent there, only a mail can tell: no server is asked. What stands before
    the @ must be ASCII, for not every server takes other letters. Nothing is no address, and stays nothing.
    Raises ValueError, with what is wrong and what a right one looks like.
    """
    if not address.strip():
        return ""
    try:
        found = validate_email(address.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        why = str(error).rstrip(".")
        raise ValueError(f"{address} is no e-mail address: {why}; one looks like name@example.com") from None
    return found.ascii_email or found.normalized


MailAddress = Annotated[str, StringConstraints(max_length=MOST), AfterValidator(normal_mail_address)]
"""An address, or nothing."""
