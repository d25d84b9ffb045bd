"""What is read of a bank's file, whatever its format: statements and their lines; and why a file is refused.

Amounts are signed as the account sees them: positive came in, negative went out.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from stdnum import iban
from stdnum.exceptions import ValidationError

from foundation.values.errors import BusinessError
from foundation.values.messages import LONGEST_TEXT, shortened

MOST_LINES = 200_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
LONGEST_COUNT = 18
"""So many figures has a number in ISO 20022."""
_FIGURE = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
"""Not all that Python takes: `1_000` and `1e3` are no amounts of a bank."""
_LARGEST = Decimal(10) ** 12


class UnknownFormat(BusinessError):
    """The file is none of the formats that are read: camt.053, MT940, OFX, or CSV with a mapping."""


class NotAStatement(BusinessError):
    """The file is a report of the day, or a notice of entries: without balances it cannot be proven."""


class EntitiesRefused(BusinessError):
    """The file declares a document type: with it come entities, which no bank's file needs."""


class WrongEncoding(BusinessError):
    """The file's characters are not those of the encoding that it says, or of any that banks use."""


class StatementTooLarge(BusinessError):
    """The file, or what is packed in it, is larger than a statement may be."""

    status = 413


class StatementMalformed(BusinessError):
    """The file breaks the rules of its format: the refusal says where."""


def booked_when_not_said(valued_on: date, from_on: date, until_on: date) -> date:
    """The day on which a line was booked that says only from when it counts: that day, if it lies in the
    statement; otherwise the last of the statement's days, for its balances have the line.
    """
    return valued_on if from_on <= valued_on <= until_on else until_on


@dataclass(frozen=True)
class ReadLine:
    """One entry of a statement, or one of the payments that the bank has booked together."""

    booked_on: date
    valued_on: date
    amount: Decimal
    bank_reference: str = ""
    end_to_end_id: str = ""
    mandate_id: str = ""
    party_name: str = ""
    party_iban: str = ""
    text: str = ""
    code: str = ""
    """What kind of transaction it is, in the bank's or the format's words."""


@dataclass(frozen=True)
class ReadStatement:
    """One statement as the bank wrote it."""

    account: str
    """The IBAN, or the number, that the bank gives the account; empty where the format has none."""
    currency: str
    bank_number: str
    """What the bank calls the statement."""
    sequence: int | None
    """Its place among the statements of the account; None where the bank does not count them."""
    page: int
    from_on: date
    until_on: date
    opening_amount: Decimal
    closing_amount: Decimal
    lines: tuple[ReadLine, ...]
    balance_on: date | None = None
    """The day of the balance where it is another than the last: what was booked between is not told."""

    @property
    def fingerprint(self) -> str:
        """The same for the same statement, however its file was named, packed or encoded."""
        said = astuple(replace(self, bank_number="", balance_on=None))
        return hashlib.sha256(repr(_plain(said)).encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(_plain(part) for part in value)
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def amount_of(written: str, where: str) -> Decimal:
    """A figure with a point. Refuses: StatementMalformed."""
    if _FIGURE.fullmatch(written.strip()):
        with suppress(InvalidOperation):
            amount = Decimal(written.strip())
            if abs(amount) < _LARGEST and amount == amount.quantize(Decimal("0.0001")):
                return amount
    raise StatementMalformed(f"{where}: '{shortened(written, 40)}' is no amount")


def day_of_text(written: str, where: str) -> date:
    """A day by ISO 8601, perhaps with a time behind it. Refuses: StatementMalformed."""
    with suppress(ValueError):
        return date.fromisoformat(written.strip()[:10])
    raise StatementMalformed(f"{where}: '{shortened(written, 40)}' is no day")


def count_of(written: str, where: str) -> int | None:
    """A number that the bank counts by; None when it is none, or zero. Refuses: StatementMalformed."""
    if not written.isdecimal():
        return None
    if len(written) > LONGEST_COUNT:
        raise StatementMalformed(f"{where}: a number has at most {LONGEST_COUNT} figures")
    return int(written) or None


def clean(written: str) -> str:
    """A text of the bank without line breaks and control characters, cut where it is longer than is kept."""
    return shortened(" ".join(_CONTROL.sub(" ", written).split()), LONGEST_TEXT)


def ibans_in(text: str) -> Iterator[str]:
    """The account numbers in a text whose check digits are right, without spaces."""
    for found in _IBAN.findall(text.upper()):
        written = found.replace(" ", "")
        # What follows it without a space may belong to the next word.
        for length in range(len(written), 14, -1):
            if is_iban(written[:length]):
                yield written[:length]
                break


def is_iban(written: str) -> bool:
    """Whether an account number has the form, the length and the check digits of its country's."""
    try:
        iban.validate(written, check_country=False)
    except ValidationError:
        return False
    return True


def text_of(content: bytes, told: str = "") -> str:
    """A text file's characters: in the encoding that is told, or else in Unicode, or in that of Windows.

    Refuses: WrongEncoding.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = [told] if told else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        with suppress(UnicodeError, LookupError):
            text = content.decode(encoding)
            if "\x00" not in text:
                return text
    raise WrongEncoding(
        f"the file is not written in {' or '.join(encodings)}: say at the account how the bank's files are"
    )
