"""pain.002.001.03 and .10 (ISO 20022): customer payment status reports, read piece by piece.

A bank says in it what becomes of the payments of a pain.001: of all of them, of those of a payment
information, or of one. Source: the message definition reports of pain.002.001.03 and pain.002.001.10.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from operator import attrgetter
from xml.etree.ElementTree import Element

from domains.banking.files.iso20022 import SectionReader, text_at
from domains.banking.files.reading import XML, format_of, unpacked
from domains.banking.files.statements import (
    MOST_LINES,
    StatementMalformed,
    StatementTooLarge,
    UnknownFormat,
    clean,
)
from foundation.values.errors import BusinessError
from foundation.values.messages import shortened

VERSIONS = frozenset({"03", "10"})
_YEARS = range(2000, 2200)
_MESSAGE = re.compile(r"(pain|camt)\.(\d{3})\.001\.(\d{2})$")
_HEADER, _GROUP, _PAYMENTS = "GrpHdr", "OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts"


class StatusReportMalformed(BusinessError):
    """The file breaks the rules of pain.002: the refusal says where."""


class StatusReportTooLarge(BusinessError):
    """The file, or what is packed in it, is larger than a status report may be."""

    status = 413


class StatusLevel(StrEnum):
    """Of what a bank says a status."""

    GROUP = "group"
    """Of all payments of the file."""
    PAYMENT_INFORMATION = "payment_information"
    TRANSACTION = "transaction"


@dataclass(frozen=True)
class ToldStatus:
    """What a bank says of a payment, or of many."""

    level: StatusLevel
    status: str
    """A code of ISO 20022, such as RJCT."""
    reason_code: str = ""
    reason_text: str = ""
    payment_information_id: str = ""
    end_to_end_id: str = ""


@dataclass(frozen=True)
class ReadStatusReport:
    """One status report, about one payment file."""

    report_id: str
    """What the bank calls the report."""
    said_at: datetime
    """When the bank has made it."""
    message_id: str
    """The id of the payment file that it is about."""
    statuses: tuple[ToldStatus, ...]
    """In the order of the file; a group's before those of its payments."""


def read_status_reports(content: bytes, zone: tzinfo) -> list[ReadStatusReport]:
    """All reports in a file, the earliest first; a moment without an offset is one of the time zone.

    Refuses: UnknownFormat, EntitiesRefused, WrongEncoding, StatusReportTooLarge, StatusReportMalformed.
    """
    found = []
    try:
        for one in unpacked(content):
            if format_of(one) != XML:
                raise UnknownFormat("the file is no pain.002, nor a zip file of them")
            reader = _Reader(zone)
            reader.read(one)
            found.append(reader.whole())
    except StatementTooLarge as too_large:
        raise StatusReportTooLarge(too_large.message) from None
    except StatementMalformed as malformed:
        raise StatusReportMalformed(malformed.message) from None
    if sum(len(one.statuses) for one in found) > MOST_LINES:
        raise StatusReportTooLarge(f"a file may say the status of {MOST_LINES:,} payments")
    if not found:
        raise StatusReportMalformed("there is no status report in the file")
    return sorted(found, key=attrgetter("said_at", "report_id"))


@dataclass
class _PaymentInformation:
    """What is told of a payment information, as far as it was read."""

    id: str = ""
    status: str = ""
    reason: tuple[str, str] = ("", "")
    transactions: list[ToldStatus] = field(default_factory=list)


class _Reader(SectionReader):
    sections = frozenset({_HEADER, _GROUP, _PAYMENTS})

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone
        self._texts: dict[str, str] = {}
        """Of the header and of what is said of the group."""
        self._group_reason = ("", "")
        self._payments = _PaymentInformation()
        self._statuses: list[ToldStatus] = []

    def check_message(self, name: str, namespace: str) -> None:
        """Refuses: UnknownFormat."""
        found = _MESSAGE.search(namespace)
        if name != "Document" or found is None:
            raise UnknownFormat(f"the file is XML, but no pain.002: {clean(name)}")
        if (found[1], found[2]) != ("pain", "002") or found[3] not in VERSIONS:
            known = ", ".join(f"pain.002.001.{one}" for one in sorted(VERSIONS))
            raise UnknownFormat(f"{found[0]} is not read as a status report; {known} are")

    def begin_section(self, section: str) -> None:
        self._payments = _PaymentInformation()

    def take(self, section: str, part: Element) -> None:
        if part.tag == "StsRsnInf" and section == _GROUP:
            self._group_reason = _both(self._group_reason, _reason(part))
        elif part.tag == "StsRsnInf":
            self._payments.reason = _both(self._payments.reason, _reason(part))
        elif part.tag == "TxInfAndSts":
            self._take_transaction(part)
        elif section == _PAYMENTS and part.tag == "OrgnlPmtInfId":
            self._payments.id = clean(text_at(part))
        elif section == _PAYMENTS and part.tag == "PmtInfSts":
            self._payments.status = text_at(part)
        else:
            self._texts.setdefault(f"{section}/{part.tag}", text_at(part))

    def _take_transaction(self, part: Element) -> None:
        reason = ("", "")
        for one in part.findall("StsRsnInf"):
            reason = _both(reason, _reason(one))
        if status := text_at(part, "TxSts"):
            end_to_end_id = clean(text_at(part, "OrgnlEndToEndId"))
            told = _told(StatusLevel.TRANSACTION, status, reason, end_to_end_id=end_to_end_id)
            self._payments.transactions.append(told)
        if len(self._payments.transactions) > MOST_LINES:
            raise StatementTooLarge(f"a file may say the status of {MOST_LINES:,} payments")

    def end_section(self, section: str) -> None:
        if section != _PAYMENTS:
            return
        payments = self._payments
        if payments.status:
            of_all = _told(StatusLevel.PAYMENT_INFORMATION, payments.status, payments.reason)
            payments.transactions.insert(0, of_all)
        self._statuses += (replace(one, payment_information_id=payments.id) for one in payments.transactions)

    def whole(self) -> ReadStatusReport:
        """All that it says. Refuses: StatementMalformed."""
        message_id = clean(self._texts.get(f"{_GROUP}/OrgnlMsgId", ""))
        if not message_id:
            raise StatementMalformed("OrgnlMsgId: the report does not say which payment file it is about")
        if status := self._texts.get(f"{_GROUP}/GrpSts"):
            self._statuses.insert(0, _told(StatusLevel.GROUP, status, self._group_reason))
        if not self._statuses:
            raise StatementMalformed("the report says the status of nothing")
        return ReadStatusReport(
            report_id=clean(self._texts.get(f"{_HEADER}/MsgId", "")),
            said_at=_moment(self._texts.get(f"{_HEADER}/CreDtTm", ""), self._zone),
            message_id=message_id,
            statuses=tuple(self._statuses),
        )


def _told(level: StatusLevel, status: str, reason: tuple[str, str], *, end_to_end_id: str = "") -> ToldStatus:
    return ToldStatus(level, shortened(clean(status), 35), *reason, end_to_end_id=end_to_end_id)


def _reason(part: Element) -> tuple[str, str]:
    """The code, or what the bank says in its own words instead; and what it adds."""
    code = text_at(part, "Rsn/Cd") or text_at(part, "Rsn/Prtry")
    added = " ".join((one.text or "").strip() for one in part.findall("AddtlInf"))
    return shortened(clean(code), 35), clean(added)


def _both(before: tuple[str, str], more: tuple[str, str]) -> tuple[str, str]:
    """Two reasons of one status: the first code, and all that is said."""
    return before[0] or more[0], clean(f"{before[1]} {more[1]}")


def _moment(written: str, zone: tzinfo) -> datetime:
    with suppress(ValueError):
        moment = datetime.fromisoformat(written)
        if moment.year in _YEARS:
            return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    raise StatementMalformed(f"CreDtTm: '{shortened(written, 40)}' is no moment")
