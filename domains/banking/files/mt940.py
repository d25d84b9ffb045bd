"""MT940 (SWIFT): customer statements as text, in the dialects of the banks that still send them.

What banks do differently: 30 days in each month, a line broken anywhere, no entry date, the currency behind
the account's number, German structured fields (`?20`), tags between slashes, several `:86:` to one line.
Source: SWIFT, Category 9, MT 940; for `?nn` fields the format specification of Deutsche Kreditwirtschaft,
DFÜ-Abkommen, appendix 3, chapter 8.
"""

import calendar
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from domains.banking.files.statements import (
    MOST_LINES,
    NotAStatement,
    ReadLine,
    ReadStatement,
    StatementMalformed,
    StatementTooLarge,
    amount_of,
    booked_when_not_said,
    clean,
    count_of,
    ibans_in,
    is_iban,
    text_of,
)

_FIELD = re.compile(r":(20|21|25|28C?|60[FM]|61|86|62[FM]|64|65|NS|13D?|34F|90[CD]):(.*)", re.DOTALL)
_OF_A_DAY = frozenset({"34F", "13D", "90C", "90D"})
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d[\d,]*)$")
_ENTRY = re.compile(
    r"(?P<valued>\d{6})(?P<entered>\d{4})?(?P<side>R?[CD])[A-Z]?(?P<amount>\d+(?:,\d*)?)"
    r"(?:(?P<code>[NFS][A-Z0-9 ]{3}|[NFS]))?(?P<reference>.*)",
    re.DOTALL,
)
# Not a number, an amount or a day with which a text begins.
_STRUCTURED = re.compile(r"(\d{3})([^\w\s.,:/-])(?=\d\d)")
_SEPA = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE)\+")
_SLASHED = re.compile(r"/(TRTP|IBAN|BIC|NAME|REMI|EREF|MARF|CSID|CNTP|ORDP|BENM|PREF|RTRN|ISDT)/")
_PURPOSE = [f"{number}" for number in (*range(20, 30), *range(60, 64))]


def is_mt940(text: str) -> bool:
    """Whether a text begins as a message of this kind does, whatever stands before its first field."""
    head = text[:2000]
    return (
        re.search(r"^:20:", head, re.MULTILINE) is not None
        and re.search(r"^:25:", head, re.MULTILINE) is not None
    )


def read_mt940(content: bytes, encoding: str = "") -> list[ReadStatement]:
    """The statements in a file.

    Refuses: WrongEncoding, NotAStatement, StatementMalformed, StatementTooLarge.
    """
    return [message.whole() for message in _messages(text_of(content, encoding))]


@dataclass
class _Message:
    """One message, as far as it was read."""

    fields: dict[str, str] = field(default_factory=dict)
    entries: list[tuple[str, list[str]]] = field(default_factory=list)
    """What each `:61:` says, and what is said about it."""

    def take(self, tag: str, value: str) -> None:
        """One field of it."""
        if tag in _OF_A_DAY:
            raise NotAStatement("this is an MT942, which has no balances: import the MT940 of the day")
        is_over = "62" in {known[:2] for known in self.fields}
        if tag == "61":
            self.entries.append((value, []))
            if len(self.entries) > MOST_LINES:
                raise StatementTooLarge(f"a statement may have {MOST_LINES} lines")
        elif tag in ("86", "NS"):
            if self.entries and not is_over:
                self.entries[-1][1].append(value)
        else:
            self.fields.setdefault(tag, value)

    def whole(self) -> ReadStatement:
        """All that it says. Refuses: StatementMalformed."""
        opened_on, currency, opening = self._balance("60F", "60M", "opening")
        until_on, closes_in, closing = self._balance("62F", "62M", "closing")
        if currency != closes_in:
            raise StatementMalformed(f"it opens in {currency} and closes in {closes_in}")
        number, page = self._number()
        account = _account(self.fields.get("25", ""), currency)
        lines = tuple(
            _line(entry, about, f":61: number {position}", (opened_on, until_on), account)
            for position, (entry, about) in enumerate(self.entries, 1)
        )
        days = [line.booked_on for line in lines]
        return ReadStatement(
            account=account,
            currency=currency,
            bank_number=clean(self.fields.get("20", "")),
            sequence=number,
            page=page,
            from_on=min([*days, opened_on, until_on]),
            until_on=max(opened_on, until_on),
            opening_amount=opening,
            closing_amount=closing,
            lines=lines,
        )

    def _balance(self, final: str, between: str, what: str) -> tuple[date, str, Decimal]:
        tag = final if final in self.fields else between
        found = _BALANCE.match(self.fields.get(tag, "").strip().replace("\n", ""))
        if found is None:
            raise StatementMalformed(f":{final}: there is no {what} balance, or it is none")
        side, day, currency, amount = found.groups()
        figure = _amount(amount, f":{tag}:")
        return _day(day, f":{tag}:"), currency, figure if side == "C" else -figure

    def _number(self) -> tuple[int | None, int]:
        said = self.fields.get("28C", self.fields.get("28", "")).strip()
        number, _, page = said.partition("/")
        counted = int(number) if number.isdecimal() and len(number) < 16 else 0
        return counted or None, count_of(page, ":28C:") or 1


def _messages(text: str) -> Iterator[_Message]:
    message: _Message | None = None
    tag, value = "", ""
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ":20:"]:
        found = _FIELD.match(line)
        is_end = line.strip() in ("-", "-}") or line.startswith(("-\x03", "-}", "{1:"))
        if found is None and not is_end:
            value += f"\n{line}"
            continue
        if message is not None and tag:
            message.take(tag, value)
        tag, value = found.groups() if found is not None else ("", "")
        if tag == "20" or is_end:
            if message is not None:
                yield message
            message = _Message() if tag == "20" else None


def _account(written: str, currency: str) -> str:
    account = "".join(written.split())
    if not is_iban(account) and account.endswith(currency):
        return account.removesuffix(currency)
    return account


def _line(entry: str, about: list[str], where: str, days: tuple[date, date], account: str) -> ReadLine:
    first, _, more = entry.partition("\n")
    found = _ENTRY.match(first)
    if found is None:  # Broken within.
        first, _, more = entry.replace("\n", "", 1).partition("\n")
        found = _ENTRY.match(first)
    if found is None:
        raise StatementMalformed(f"{where}: '{clean(first)[:60]}' is no entry")
    valued_on = _day(found["valued"], where)
    amount = _amount(found["amount"], where)
    # The reversal of a credit goes out.
    came_in = found["side"] in ("C", "RD")
    own, _, reference = found["reference"].partition("//")
    said = _said(about, account)
    return ReadLine(
        booked_on=_entered_on(found["entered"], valued_on, days),
        valued_on=valued_on,
        amount=amount if came_in else -amount,
        bank_reference=_given(reference) or _given(own),
        end_to_end_id=said["end_to_end_id"],
        mandate_id=said["mandate_id"],
        party_name=said["party_name"],
        party_iban=said["party_iban"],
        text=clean(" ".join(filter(None, (said["text"], clean(more))))),
        code=said["code"] or (found["code"] or "").strip(),
    )


def _said(about: list[str], own: str) -> dict[str, str]:
    """What is said about an entry: in German fields, between slashes, or as it comes. An account in the text
    is the other side's unless it is the statement's own.
    """
    joined = "".join("".join(about).split("\n")).strip()
    if structured := _STRUCTURED.match(joined):
        return _in_fields(structured[1], joined[structured.end() - 1 :], structured[2], own)
    text = clean(" ".join(" ".join(about).split("\n")))
    parts = _SLASHED.split(joined) if joined.startswith("/") else []
    tagged = dict(zip(parts[1::2], parts[2::2], strict=True))
    account = "".join(tagged.get("IBAN", "").split())
    return {
        "code": clean(tagged.get("TRTP", "")),
        "end_to_end_id": _given(tagged.get("EREF", "")),
        "mandate_id": clean(tagged.get("MARF", "")),
        "party_name": clean(tagged.get("NAME", "")),
        "party_iban": account if is_iban(account) else _other_iban(text, own),
        "text": clean(tagged.get("REMI", "")) or text,
    }


def _other_iban(text: str, own: str) -> str:
    return next((one for one in ibans_in(text) if one != own), "")


def _in_fields(code: str, written: str, mark: str, own: str) -> dict[str, str]:
    parts = re.split(rf"{re.escape(mark)}(\d\d)", written)
    fields: dict[str, str] = {}
    for name, value in zip(parts[1::2], parts[2::2], strict=True):
        fields[name] = fields.get(name, "") + value
    purpose = "".join(fields.get(name, "") for name in _PURPOSE)
    pieces = _SEPA.split(purpose)
    tagged = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    account = "".join(fields.get("31", "").split())
    said = [pieces[0], tagged.get("SVWZ", "")]
    return {
        "code": code,
        "end_to_end_id": _given(tagged.get("EREF", "")),
        "mandate_id": clean(tagged.get("MREF", "")),
        "party_name": clean(fields.get("32", "") + fields.get("33", "")),
        "party_iban": account.upper() if is_iban(account) else _other_iban(purpose, own),
        "text": clean(" ".join([*said, fields.get("00", "")] if not any(said) else said)),
    }


def _given(reference: str) -> str:
    cleaned = clean(reference)
    return "" if cleaned.upper() in ("NOTPROVIDED", "NOT PROVIDED", "NONREF") else cleaned


def _entered_on(month_and_day: str | None, valued_on: date, stated: tuple[date, date]) -> date:
    """The day on which it was booked: in the year in which it is nearest to the day that it counts from."""
    if not month_and_day:
        return booked_when_not_said(valued_on, *stated)
    month, day = int(month_and_day[:2]), int(month_and_day[2:])
    days = []
    for year in (valued_on.year - 1, valued_on.year, valued_on.year + 1):
        with suppress(ValueError):
            days.append(date(year, month, day))
    return min(days, key=lambda one: abs(one - valued_on), default=valued_on)


def _day(written: str, where: str) -> date:
    """A day of six figures. Interest is counted from 30 February as well: it is the month's last day."""
    year, month, day = 2000 + int(written[:2]), int(written[2:4]), int(written[4:])
    if year > 2079:
        year -= 100
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise StatementMalformed(f"{where}: {written} is no day")
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _amount(written: str, where: str) -> Decimal:
    return amount_of(written.replace(",", "."), where)
