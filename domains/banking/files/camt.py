"""camt.053.001.02 and .08 (ISO 20022): bank to customer statements, read piece by piece.

A document type is refused before anything in it is looked at. Source: the message definition reports of
camt.053.001.02 and camt.053.001.08; what a code means, the external code sets of ISO 20022.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from domains.banking.files.statements import (
    MOST_LINES,
    EntitiesRefused,
    NotAStatement,
    ReadLine,
    ReadStatement,
    StatementMalformed,
    StatementTooLarge,
    UnknownFormat,
    WrongEncoding,
    amount_of,
    booked_when_not_said,
    clean,
    count_of,
    day_of_text,
)
from foundation.values.money import ZERO

VERSIONS = frozenset({"02", "08"})
DEEPEST = 40
"""So many levels has no message of ISO 20022."""
_MESSAGE = re.compile(r"camt\.(\d{3})\.001\.(\d{2})$")
_OPENING, _CLOSING = ("OPBD", "PRCD", "ITBD"), ("CLBD", "ITBD")
_BOOKED = ("BookgDt/Dt", "BookgDt/DtTm")
_PIECE = 65_536


def read_camt(content: bytes) -> list[ReadStatement]:
    """The statements in a file. Refuses: EntitiesRefused, UnknownFormat, NotAStatement, WrongEncoding,
    StatementMalformed, StatementTooLarge.
    """
    reader = _Reader()
    parser = ElementTree.XMLParser(target=reader)  # It refuses what entities come with.
    try:
        for start in range(0, len(content), _PIECE):
            parser.feed(content[start : start + _PIECE])
        parser.close()
    except ElementTree.ParseError as wrong:
        raise StatementMalformed(f"the file is no XML: {wrong}") from None
    except (LookupError, ValueError) as wrong:
        if reader.has_begun:
            raise
        # What it says it is written in is looked at before anything else.
        raise WrongEncoding(f"the file's encoding cannot be read: {wrong}") from None
    return reader.statements


class _Reader:
    """Takes the file as it is parsed: each part of a statement is built, read and forgotten."""

    def __init__(self) -> None:
        self.statements: list[ReadStatement] = []
        self._path: list[str] = []
        self._statement = _Statement()
        self._part: ElementTree.TreeBuilder | None = None

    @property
    def has_begun(self) -> bool:
        """Whether an element was read."""
        return bool(self._path or self.statements)

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """It comes before anything that it declares. Refuses: EntitiesRefused."""
        raise EntitiesRefused(f"the file declares a document type {name}")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        namespace, _, name = tag.rpartition("}")
        if not self._path:
            _check_message(name, namespace)
        self._path.append(name)
        if len(self._path) > DEEPEST:
            raise StatementMalformed(f"there are more than {DEEPEST} levels")
        if len(self._path) == 3 and name == "Stmt":
            self._statement = _Statement()
        if len(self._path) == 4 and self._path[2] == "Stmt":
            self._part = ElementTree.TreeBuilder()
        if self._part is not None:
            self._part.start(name, attributes)

    def data(self, text: str) -> None:
        """What stands in it."""
        if self._part is not None:
            self._part.data(text)

    def end(self, _tag: str) -> None:
        """It ends: a part of a statement is read, or the statement is whole."""
        name = self._path.pop()
        if self._part is not None:
            self._part.end(name)
        if self._part is not None and len(self._path) == 3:
            self._statement.take(self._part.close())
            self._part = None
        if len(self._path) == 2 and name == "Stmt":
            self.statements.append(self._statement.whole())

    def close(self) -> None:
        """The end of the file."""


def _check_message(name: str, namespace: str) -> None:
    found = _MESSAGE.search(namespace)
    if name != "Document" or found is None:
        raise UnknownFormat(f"the file is XML, but no message of ISO 20022: {clean(name)}")
    kind, version = found.groups()
    if kind in ("052", "054"):
        raise NotAStatement(f"camt.{kind} has no balances of a day that is over: import the camt.053")
    if kind != "053" or version not in VERSIONS:
        known = ", ".join(f"camt.053.001.{one}" for one in sorted(VERSIONS))
        raise UnknownFormat(f"{found[0]} is not read; {known} are")


class _Statement:
    """One statement, as far as it was read."""

    def __init__(self) -> None:
        self.parts: dict[str, Element] = {}
        self.balances: list[tuple[str, Decimal, date, str]] = []
        self.lines: list[ReadLine] = []
        self.undated: set[int] = set()
        """The places of those lines of which the bank does not say when it has booked them."""

    def take(self, part: Element) -> None:
        """One part of it."""
        if part.tag == "Bal":
            currency = _amount_element(part).get("Ccy", "")
            kind = _text(part, "Tp/CdOrPrtry/Cd")
            self.balances.append((kind, _signed(part, "balance"), _day(part, "Dt", "balance"), currency))
        elif part.tag == "Ntry":
            # The account stands before the entries, by the order of the message's parts.
            own = _text(self.parts.get("Acct", Element("Acct")), "Id/IBAN").replace(" ", "")
            found = _lines_of(part, f"entry {len(self.lines) + 1}", own)
            if _day_of(part, _BOOKED) is None:
                self.undated.update(range(len(self.lines), len(self.lines) + len(found)))
            self.lines += found
            if len(self.lines) > MOST_LINES:
                raise StatementTooLarge(f"a statement may have {MOST_LINES} lines")
        else:
            self.parts.setdefault(part.tag, part)

    def whole(self) -> ReadStatement:
        """All that it says. Refuses: StatementMalformed without an opening or a closing balance."""
        opening = _balance(self.balances, _OPENING, "opening")
        closing = _balance(list(reversed(self.balances)), _CLOSING, "closing")
        account = self.parts.get("Acct", Element("Acct"))
        period = self.parts.get("FrToDt")
        number = self._text("ElctrncSeqNb") or self._text("LglSeqNb")
        from_on = _day_of(period, ("FrDtTm", "FrDt")) or opening[2]
        first, last = min(from_on, closing[2]), closing[2]
        for place in self.undated:
            line = self.lines[place]
            booked_on = booked_when_not_said(line.valued_on, first, last)
            self.lines[place] = replace(line, booked_on=booked_on)
        currencies = {one[3] for one in self.balances} | {_text(account, "Ccy")} - {""}
        if len(currencies) != 1:
            raise StatementMalformed(f"a statement is in one currency: {', '.join(sorted(currencies))}")
        return ReadStatement(
            account=(_text(account, "Id/IBAN") or _text(account, "Id/Othr/Id")).replace(" ", ""),
            currency=currencies.pop(),
            bank_number=self._text("Id"),
            sequence=count_of(number, "ElctrncSeqNb"),
            page=count_of(self._text("StmtPgntn", "PgNb"), "PgNb") or 1,
            from_on=first,
            until_on=last,
            opening_amount=opening[1],
            closing_amount=closing[1],
            lines=tuple(self.lines),
        )

    def _text(self, part: str, path: str = ".") -> str:
        found = self.parts.get(part)
        return "" if found is None else _text(found, path)


def _balance(
    balances: Iterable[tuple[str, Decimal, date, str]], kinds: Iterable[str], what: str
) -> tuple[str, Decimal, date, str]:
    known = list(balances)
    for kind in kinds:
        if found := next((one for one in known if one[0] == kind), None):
            return found
    raise StatementMalformed(f"the statement has no {what} balance ({', '.join(kinds)})")


def _lines_of(entry: Element, where: str, own: str) -> list[ReadLine]:
    """What an entry is made of: its payments, where the bank names each with its amount; none not booked."""
    if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) != "BOOK":
        return []
    booked_on = _day_of(entry, _BOOKED)
    valued_on = _day_of(entry, ("ValDt/Dt", "ValDt/DtTm"))
    if booked_on is None and valued_on is None:
        raise StatementMalformed(f"{where}: it has no day")
    known: dict[str, Any] = {
        "booked_on": booked_on or valued_on,
        "valued_on": valued_on or booked_on,
        "code": clean(_code(entry)),
    }
    amount = _signed(entry, where)
    details = entry.findall("NtryDtls/TxDtls")
    parts = [_amount_of(detail, entry, where) for detail in details]
    whole = [_detail(entry, details, known, amount, own)]
    if len(parts) < 2 or any(part is None for part in parts):
        return whole
    if sum((part for part in parts if part is not None), ZERO) != amount:
        return whole  # Fees taken off, or another currency: what the bank has booked is what counts.
    return [
        _detail(entry, [detail], known, part, own)
        for detail, part in zip(details, parts, strict=True)
        if part is not None
    ]


def _amount_of(detail: Element, entry: Element, where: str) -> Decimal | None:
    """The amount of one payment of several, in the entry's currency; None when it is not said."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        found = detail.find(path)
        if found is not None and found.get("Ccy") == _amount_element(entry).get("Ccy"):
            side = _text(detail, "CdtDbtInd") or _text(entry, "CdtDbtInd")
            return _with_sign(amount_of(found.text or "", where), side, where)
    return None


def _detail(
    entry: Element, details: list[Element], known: dict[str, Any], amount: Decimal, own: str
) -> ReadLine:
    first = details[0] if details else Element("TxDtls")
    name, iban = _other_side(entry, first, own, came_in=amount > 0) if len(details) < 2 else ("", "")
    said = [text for detail in details for text in _remittance(detail)]
    said += [_text(entry, "AddtlNtryInf")] if not any(said) else []
    end_to_end = _text(first, "Refs/EndToEndId")
    if len(details) != 1:
        said += _orders(entry, " ".join(said))
    return ReadLine(
        **known,
        amount=amount,
        bank_reference=clean(_text(first, "Refs/AcctSvcrRef") or _text(entry, "AcctSvcrRef")),
        end_to_end_id="" if end_to_end == "NOTPROVIDED" or len(details) > 1 else clean(end_to_end),
        mandate_id=clean(_text(first, "Refs/MndtId")),
        party_name=name,
        party_iban=iban,
        text=clean(" ".join(said)),
    )


def _other_side(entry: Element, detail: Element, own: str, *, came_in: bool) -> tuple[str, str]:
    """The name and the IBAN of who paid us, or whom we paid. A reversal, and most returns, name the two as
    they were at first, other returns as they are now: whoever has the statement's own account is not the
    other.
    """
    is_back = _text(entry, "RvslInd") in ("true", "1") or detail.find("RtrInf") is not None
    sides = ("Dbtr", "Cdtr") if came_in is not is_back else ("Cdtr", "Dbtr")
    ibans = [_text(detail, f"RltdPties/{side}Acct/Id/IBAN").replace(" ", "") for side in sides]
    of = 1 if own and ibans[0] == own else 0
    if own and ibans[of] == own:
        return "", ""
    side = sides[of]
    names = (f"{side}/Pty/Nm", f"{side}/Nm", f"Ultmt{side}/Pty/Nm", f"Ultmt{side}/Nm")
    found = (_text(detail, f"RltdPties/{name}") for name in names)
    return clean(next(filter(None, found), "")), ibans[of]


def _remittance(detail: Element) -> Iterator[str]:
    for one in detail.findall("RmtInf/Ustrd"):
        yield one.text or ""
    for one in detail.findall("RmtInf/Strd/CdtrRefInf/Ref"):
        yield one.text or ""
    for one in detail.findall("RmtInf/Strd/RfrdDocInf/Nb"):
        yield one.text or ""
    yield _text(detail, "RtrInf/Rsn/Cd")
    yield _text(detail, "AddtlTxInf")


def _orders(entry: Element, said: str) -> list[str]:
    """What an entry names of orders that the bank has booked as one: some say it in no text."""
    batches = entry.findall("NtryDtls/Btch")
    named = [_text(batch, name) for batch in batches for name in ("PmtInfId", "MsgId")]
    return [one for one in dict.fromkeys(named) if one and one not in said]


def _code(entry: Element) -> str:
    parts = [_text(entry, f"BkTxCd/Domn/{path}") for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    return "-".join(filter(None, parts)) or _text(entry, "BkTxCd/Prtry/Cd")


def _signed(part: Element, where: str) -> Decimal:
    amount = amount_of(_amount_element(part).text or "", where)
    return _with_sign(amount, _text(part, "CdtDbtInd"), where)


def _with_sign(amount: Decimal, side: str, where: str) -> Decimal:
    if side not in ("CRDT", "DBIT") or amount < 0:
        raise StatementMalformed(f"{where}: it is neither credit nor debit, or less than nothing")
    return amount if side == "CRDT" else -amount


def _amount_element(part: Element) -> Element:
    found = part.find("Amt")
    if found is None:
        raise StatementMalformed(f"{part.tag} has no amount")
    return found


def _day(part: Element, path: str, where: str) -> date:
    found = _day_of(part, (f"{path}/Dt", f"{path}/DtTm"))
    if found is None:
        raise StatementMalformed(f"{where}: it has no day")
    return found


def _day_of(part: Element | None, paths: Iterable[str]) -> date | None:
    for path in paths:
        if part is not None and (written := _text(part, path)):
            return day_of_text(written, path)
    return None


def _text(part: Element, path: str) -> str:
    found = part if path == "." else part.find(path)
    return "" if found is None else (found.text or "").strip()
