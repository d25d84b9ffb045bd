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
from xml.etree.ElementTree import Element

from domains.banking.files.iso20022 import SectionReader, text_at
from domains.banking.files.statements import (
    MOST_LINES,
    NotAStatement,
    ReadLine,
    ReadStatement,
    StatementMalformed,
    StatementTooLarge,
    UnknownFormat,
    amount_of,
    booked_when_not_said,
    clean,
    count_of,
    day_of_text,
)
from foundation.values.money import ZERO

VERSIONS = frozenset({"02", "08"})
_STATUS_REPORT = re.compile(r"pain\.002\.001\.\d{2}$")
_MESSAGE = re.compile(r"camt\.(\d{3})\.001\.(\d{2})$")
_OPENING, _CLOSING = ("OPBD", "PRCD", "ITBD"), ("CLBD", "ITBD")
_BOOKED = ("BookgDt/Dt", "BookgDt/DtTm")


def read_camt(content: bytes) -> list[ReadStatement]:
    """The statements in a file. Refuses: EntitiesRefused, UnknownFormat, NotAStatement, WrongEncoding,
    StatementMalformed, StatementTooLarge.
    """
    reader = _Reader()
    reader.read(content)
    return reader.statements


class _Reader(SectionReader):
    sections = frozenset({"Stmt"})

    def __init__(self) -> None:
        super().__init__()
        self.statements: list[ReadStatement] = []
        self._statement = _Statement()

    def check_message(self, name: str, namespace: str) -> None:
        _check_message(name, namespace)

    def begin_section(self, section: str) -> None:
        self._statement = _Statement()

    def take(self, section: str, part: Element) -> None:
        self._statement.take(part)

    def end_section(self, section: str) -> None:
        self.statements.append(self._statement.whole())


def _check_message(name: str, namespace: str) -> None:
    if _STATUS_REPORT.search(namespace):
        raise UnknownFormat("pain.002 is a payment status report: import it with /v1/payment-status-reports")
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
            kind = text_at(part, "Tp/CdOrPrtry/Cd")
            self.balances.append((kind, _signed(part, "balance"), _day(part, "Dt", "balance"), currency))
        elif part.tag == "Ntry":
            # The account stands before the entries, by the order of the message's parts.
            own = text_at(self.parts.get("Acct", Element("Acct")), "Id/IBAN").replace(" ", "")
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
        currencies = {one[3] for one in self.balances} | {text_at(account, "Ccy")} - {""}
        if len(currencies) != 1:
            raise StatementMalformed(f"a statement is in one currency: {', '.join(sorted(currencies))}")
        return ReadStatement(
            account=(text_at(account, "Id/IBAN") or text_at(account, "Id/Othr/Id")).replace(" ", ""),
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
        return "" if found is None else text_at(found, path)


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
    if (text_at(entry, "Sts/Cd") or text_at(entry, "Sts")) != "BOOK":
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
            side = text_at(detail, "CdtDbtInd") or text_at(entry, "CdtDbtInd")
            return _with_sign(amount_of(found.text or "", where), side, where)
    return None


def _detail(
    entry: Element, details: list[Element], known: dict[str, Any], amount: Decimal, own: str
) -> ReadLine:
    first = details[0] if details else Element("TxDtls")
    name, iban = _other_side(entry, first, own, came_in=amount > 0) if len(details) < 2 else ("", "")
    said = [text for detail in details for text in _remittance(detail)]
    said += [text_at(entry, "AddtlNtryInf")] if not any(said) else []
    end_to_end = text_at(first, "Refs/EndToEndId")
    if len(details) != 1:
        said += _orders(entry, " ".join(said))
    return ReadLine(
        **known,
        amount=amount,
        bank_reference=clean(text_at(first, "Refs/AcctSvcrRef") or text_at(entry, "AcctSvcrRef")),
        end_to_end_id="" if end_to_end == "NOTPROVIDED" or len(details) > 1 else clean(end_to_end),
        mandate_id=clean(text_at(first, "Refs/MndtId")),
        party_name=name,
        party_iban=iban,
        text=clean(" ".join(said)),
    )


def _other_side(entry: Element, detail: Element, own: str, *, came_in: bool) -> tuple[str, str]:
    """The name and the IBAN of who paid us, or whom we paid. A reversal, and most returns, name the two as
    they were at first, other returns as they are now: whoever has the statement's own account is not the
    other.
    """
    is_back = text_at(entry, "RvslInd") in ("true", "1") or detail.find("RtrInf") is not None
    sides = ("Dbtr", "Cdtr") if came_in is not is_back else ("Cdtr", "Dbtr")
    ibans = [text_at(detail, f"RltdPties/{side}Acct/Id/IBAN").replace(" ", "") for side in sides]
    of = 1 if own and ibans[0] == own else 0
    if own and ibans[of] == own:
        return "", ""
    side = sides[of]
    names = (f"{side}/Pty/Nm", f"{side}/Nm", f"Ultmt{side}/Pty/Nm", f"Ultmt{side}/Nm")
    found = (text_at(detail, f"RltdPties/{name}") for name in names)
    return clean(next(filter(None, found), "")), ibans[of]


def _remittance(detail: Element) -> Iterator[str]:
    for one in detail.findall("RmtInf/Ustrd"):
        yield one.text or ""
    for one in detail.findall("RmtInf/Strd/CdtrRefInf/Ref"):
        yield one.text or ""
    for one in detail.findall("RmtInf/Strd/RfrdDocInf/Nb"):
        yield one.text or ""
    yield text_at(detail, "RtrInf/Rsn/Cd")
    yield text_at(detail, "AddtlTxInf")


def _orders(entry: Element, said: str) -> list[str]:
    """What an entry names of orders that the bank has booked as one: some say it in no text."""
    batches = entry.findall("NtryDtls/Btch")
    named = [text_at(batch, name) for batch in batches for name in ("PmtInfId", "MsgId")]
    return [one for one in dict.fromkeys(named) if one and one not in said]


def _code(entry: Element) -> str:
    parts = [text_at(entry, f"BkTxCd/Domn/{path}") for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    return "-".join(filter(None, parts)) or text_at(entry, "BkTxCd/Prtry/Cd")


def _signed(part: Element, where: str) -> Decimal:
    amount = amount_of(_amount_element(part).text or "", where)
    return _with_sign(amount, text_at(part, "CdtDbtInd"), where)


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
        if part is not None and (written := text_at(part, path)):
            return day_of_text(written, path)
    return None
