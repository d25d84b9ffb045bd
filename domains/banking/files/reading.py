"""Which format a file has, and what is packed in it."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from operator import attrgetter

from domains.banking.files.camt import read_camt
from domains.banking.files.csv_files import AccountOfFile, read_csv
from domains.banking.files.mt940 import is_mt940, read_mt940
from domains.banking.files.ofx import read_ofx
from domains.banking.files.statements import (
    ReadStatement,
    StatementMalformed,
    StatementTooLarge,
    UnknownFormat,
)

MOST_BYTES = 150_000_000
"""So large may be what is packed in a file, all together."""
MOST_FILES = 400
XML = "camt.053"
"""What any XML looks like at first: its reader says which message it is."""
_PACKED = (b"PK\x03\x04", b"PK\x05\x06")
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError)
_XML_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read_statements(
    content: bytes, account: AccountOfFile | None = None, closing_amount: Decimal | None = None
) -> list[ReadStatement]:
    """All statements in a file, the earliest of an account first.

    The account that is named with it says how texts are written. Refuses: UnknownFormat, NotAStatement,
    EntitiesRefused, WrongEncoding, StatementTooLarge, StatementMalformed.
    """
    found: list[ReadStatement] = []
    for one in unpacked(content):
        kind = format_of(one)
        if kind == XML:
            found += read_camt(one)
        elif kind == "MT940":
            found += read_mt940(one, account.encoding if account else "")
        elif kind == "OFX":
            found += read_ofx(one, closing_amount)
        elif account is not None and account.csv is not None:
            found += read_csv(one, account.csv, account, closing_amount)
        else:
            raise UnknownFormat(
                "the file is neither camt.053, nor MT940, nor OFX; a CSV file is read by the mapping of the "
                "bank account that is named with it"
            )
    if not found:
        raise StatementMalformed("there is no statement in the file")
    return sorted(found, key=attrgetter("account", "until_on", "from_on"))


def format_of(content: bytes) -> str:
    """What a file looks like; empty when it may be a CSV file."""
    head = content[:4000]
    text = head.decode("utf-16" if head.startswith(_XML_BOMS[1:]) else "latin-1", errors="replace")
    text = text.removeprefix("ï»¿").lstrip()
    if "OFXHEADER" in text or "<OFX>" in text.upper():
        return "OFX"
    if text.startswith("<"):
        return XML
    return "MT940" if is_mt940(text) else ""


def unpacked(content: bytes) -> Iterator[bytes]:
    """The files in a zip file, by their names; or the file itself. Refuses: StatementTooLarge, UnknownFormat,
    StatementMalformed.
    """
    if not content.startswith(_PACKED):
        yield content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            files = [one for one in packed.infolist() if not one.is_dir()]
            if len(files) > MOST_FILES:
                raise StatementTooLarge(f"{len(files)} files are packed in it; it may be {MOST_FILES}")
            left = MOST_BYTES
            for one in sorted(files, key=attrgetter("filename")):
                with packed.open(one) as file:
                    packed_one = file.read(left + 1)  # Whatever it says of its size.
                left -= len(packed_one)
                if left < 0:
                    raise StatementTooLarge(f"more than {MOST_BYTES // 1_000_000} MB are packed in it")
                if packed_one.startswith(_PACKED):
                    raise UnknownFormat(f"{one.filename}: a packed file in a packed file is not read")
                yield packed_one
    except _DAMAGED as wrong:
        raise StatementMalformed(f"the packed file cannot be read: {wrong}") from None
