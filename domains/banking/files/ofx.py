"""OFX 1 (SGML, whose elements need no end) and OFX 2 (XML): statements of accounts and of credit cards.

A statement says what the balance is on a day; what it was at its beginning follows from its lines. That day
may be another than the last of what is listed, as when the past is asked for: then the statement before it
proves the balance, or whoever imports the file says what it was. Source: OFX 2.2, chapters 3 and 11.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import unescape

from domains.banking.files.statements import (
    MOST_LINES,
    EntitiesRefused,
    ReadLine,
    ReadStatement,
    StatementMalformed,
    StatementTooLarge,
    amount_of,
    clean,
    day_of_text,
    text_of,
)
from foundation.values.money import ZERO

# Nothing is tried twice: whatever a file says, it is read in a time that grows with its length.
_ELEMENT = re.compile(r"<(/?)([A-Za-z0-9.]{1,64}+)[^<>]*+>([^<]*+)")
_STATEMENTS = ("STMTRS", "CCSTMTRS")
_DECLARED = re.compile(rb"CHARSET:\s*(\w+)|encoding=[\"']([\w-]+)")


def read_ofx(content: bytes, closing_amount: Decimal | None = None) -> list[ReadStatement]:
    """The statements in a file; `closing_amount` is the last balance where the file has another day's.

    Refuses: EntitiesRefused, WrongEncoding, StatementMalformed, StatementTooLarge.
    """
    text = text_of(content, _encoding(content))
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise EntitiesRefused("the file declares a document type")
    return list(_statements(text, closing_amount))


def _encoding(content: bytes) -> str:
    head = content[:1000]
    if b"ENCODING:UTF-8" in head or (found := _DECLARED.search(head)) is None:
        return ""
    named = (found[1] or found[2]).decode().lower()
    # An older file says that it has no special characters, and has those of Windows.
    return "cp1252" if named in ("1252", "none") else "utf-8-sig" if named == "utf-8" else named


def _statements(text: str, told: Decimal | None) -> Iterator[ReadStatement]:
    fields: dict[str, str] = {}
    lines: list[dict[str, str]] = []
    into, path = fields, ""
    for ends, name, value in _ELEMENT.findall(text):
        tag = name.upper()
        if tag in _STATEMENTS:
            if ends:
                yield _statement(fields, lines, told)
            fields, lines = {}, []
            into, path = fields, ""
        elif tag == "STMTTRN":
            into = fields if ends else {}
            if not ends:
                lines.append(into)
            if len(lines) > MOST_LINES:
                raise StatementTooLarge(f"a statement may have {MOST_LINES} lines")
        elif tag in ("LEDGERBAL", "AVAILBAL", "BANKACCTTO", "CCACCTTO"):
            path = "" if ends else f"{tag}."
        elif not ends and value.strip():
            into.setdefault(path + tag, unescape(value.strip(), {"&nbsp;": " "}))


def _statement(fields: dict[str, str], lines: list[dict[str, str]], told: Decimal | None) -> ReadStatement:
    read = tuple(_line(line, f"transaction {number}") for number, line in enumerate(lines, 1))
    closing = _amount(_needed(fields, "LEDGERBAL.BALAMT"), "LEDGERBAL")
    balance_on = _day(_needed(fields, "LEDGERBAL.DTASOF"), "DTASOF")
    begins, ends = ([_day(fields[name], name)] if name in fields else [] for name in ("DTSTART", "DTEND"))
    days = [line.booked_on for line in read]
    until_on = max([*days, min([balance_on, *ends])])
    is_of_another_day = balance_on != until_on
    if is_of_another_day and told is not None:
        closing, is_of_another_day = told, False
    return ReadStatement(
        account=clean(_needed(fields, "ACCTID")).replace(" ", ""),
        currency=_needed(fields, "CURDEF"),
        bank_number="",
        sequence=None,
        page=1,
        from_on=min([*begins, *days, until_on]),
        until_on=until_on,
        opening_amount=closing - sum((line.amount for line in read), ZERO),
        closing_amount=closing,
        lines=read,
        balance_on=balance_on if is_of_another_day else None,
    )


def _line(line: dict[str, str], where: str) -> ReadLine:
    booked_on = _day(_needed(line, "DTPOSTED", where), where)
    said = [line.get("MEMO", ""), line.get("CHECKNUM", "")]
    return ReadLine(
        booked_on=booked_on,
        valued_on=_day(line["DTAVAIL"], where) if "DTAVAIL" in line else booked_on,
        amount=_amount(_needed(line, "TRNAMT", where), where),
        bank_reference=clean(line.get("FITID", "")),
        party_name=clean(line.get("NAME", "")),
        party_iban=clean(line.get("BANKACCTTO.ACCTID", "")).replace(" ", ""),
        text=clean(" ".join(said)),
        code=clean(line.get("TRNTYPE", "")),
    )


def _needed(fields: dict[str, str], name: str, where: str = "the statement") -> str:
    if not (found := fields.get(name)):
        raise StatementMalformed(f"{where}: it has no {name}")
    return found


def _amount(written: str, where: str) -> Decimal:
    # A comma is a decimal mark as well; nothing divides thousands.
    return amount_of(written.replace(",", "."), where)


def _day(written: str, where: str) -> date:
    return day_of_text(f"{written[:4]}-{written[4:6]}-{written[6:8]}", where)
