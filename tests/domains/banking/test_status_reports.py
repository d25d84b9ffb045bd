"""Status reports of banks are read as pain.002 says, and what is hostile is refused by name."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domains.banking.files import status_reports
from domains.banking.files.reading import read_statements
from domains.banking.files.statements import EntitiesRefused, UnknownFormat, WrongEncoding
from domains.banking.files.status_reports import (
    ReadStatusReport,
    StatusLevel,
    StatusReportMalformed,
    StatusReportTooLarge,
    ToldStatus,
    read_status_reports,
)
from tests.builders.bank_statements import camt, packed
from tests.builders.status_reports import payments, report, transaction

BERLIN = ZoneInfo("Europe/Berlin")
GROUP, INFORMATION, TRANSACTION = StatusLevel


def read(content: bytes) -> list[ReadStatusReport]:
    """As a company in Berlin reads it."""
    return read_status_reports(content, BERLIN)


def only(content: bytes) -> tuple[ToldStatus, ...]:
    """What the one report in a file says."""
    (one,) = read(content)
    return one.statuses


@pytest.mark.parametrize("version", ["03", "10"])
def test_what_is_said_of_the_group_of_a_payment_information_and_of_payments_is_read(version: str) -> None:
    content = report(
        "PR-000001",
        transaction("PR-000001-00001", "RJCT", "AC04", "Account closed", "since 2020"),
        transaction("PR-000001-00002", "ACSP"),
        group="PART",
        payment_information="PART",
        at="2026-03-20T20:00:00",
        version=version,
    )

    (one,) = read(content)

    assert one.message_id == "PR-000001"
    assert one.said_at == datetime(2026, 3, 20, 19, 0, tzinfo=UTC)
    assert [(told.level, told.status, told.end_to_end_id) for told in one.statuses] == [
        (GROUP, "PART", ""),
        (INFORMATION, "PART", ""),
        (TRANSACTION, "RJCT", "PR-000001-00001"),
        (TRANSACTION, "ACSP", "PR-000001-00002"),
    ]
    closed = one.statuses[2]
    assert (closed.reason_code, closed.reason_text) == ("AC04", "Account closed since 2020")
    assert {told.payment_information_id for told in one.statuses[1:]} == {"PR-000001"}


def test_a_group_is_told_alone_with_its_reasons() -> None:
    (told,) = only(report("PR-000001", group="RJCT", why=("FF01", "Invalid file")))

    assert (told.level, told.status, told.reason_code, told.reason_text) == (
        GROUP,
        "RJCT",
        "FF01",
        "Invalid file",
    )


def test_a_reason_in_the_banks_own_words_and_several_reasons_are_kept() -> None:
    own = (
        "<StsRsnInf><Rsn><Prtry>X9</Prtry></Rsn></StsRsnInf><StsRsnInf><AddtlInf>late</AddtlInf></StsRsnInf>"
    )
    content = report("PR-1", transaction("a", "RJCT")).replace(
        b"</TxInfAndSts>", f"{own}</TxInfAndSts>".encode()
    )

    (told,) = only(content)

    assert (told.reason_code, told.reason_text) == ("X9", "late")


def test_payments_of_several_payment_informations_are_told_apart() -> None:
    both = payments("one", transaction("a", "ACTC")) + payments("two", status="RJCT")

    told = only(report("PR-1", inside=both))

    assert [(one.payment_information_id, one.end_to_end_id) for one in told] == [("one", "a"), ("two", "")]


def test_several_in_a_zip_file_are_read_by_their_time() -> None:
    first, second = report("A", group="ACTC", at="2026-03-20T08:00:00Z"), report("B", group="ACCP")

    assert [one.message_id for one in read(packed(second, first))] == ["A", "B"]


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>'
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">&c;</Document>'
)
WHOLE = report("PR-1", group="ACTC")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (BOMB, EntitiesRefused),
        (camt(closing="0.00"), UnknownFormat),
        (WHOLE.replace(b"pain.002.001.10", b"pain.002.001.02"), UnknownFormat),
        (WHOLE.replace(b"pain.002.001.10", b"pain.001.001.09"), UnknownFormat),
        (b"<html></html>", UnknownFormat),
        (b":20:STARTUMSE", UnknownFormat),
        (b"", UnknownFormat),
        (packed(packed(WHOLE)), UnknownFormat),
        (WHOLE[:-20], StatusReportMalformed),
        (packed(), StatusReportMalformed),
        (b"PK\x03\x04 damaged", StatusReportMalformed),
        (WHOLE.replace(b"UTF-8", b"EBCDIC-9"), WrongEncoding),
        (report("", group="ACTC"), StatusReportMalformed),
        (report("PR-1"), StatusReportMalformed),
        (report("PR-1", group="ACTC", at="yesterday"), StatusReportMalformed),
        (report("PR-1", group="ACTC", at="0001-01-01T00:00:00+14:00"), StatusReportMalformed),
        (report("PR-1", inside="<a>" * 50 + "</a>" * 50, group="ACTC"), StatusReportMalformed),
    ],
)
def test_what_is_no_status_report_is_refused_by_name(content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read(content)


def test_a_status_report_is_no_statement_and_where_it_goes_is_said() -> None:
    with pytest.raises(UnknownFormat, match="/v1/payment-status-reports"):
        read_statements(WHOLE)


def test_what_says_more_than_is_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_reports, "MOST_LINES", 2)
    three = [transaction(name, "ACTC") for name in "abc"]

    assert len(only(report("PR-1", *three[:2]))) == 2
    with pytest.raises(StatusReportTooLarge):
        read(report("PR-1", *three))
    with pytest.raises(StatusReportTooLarge):
        read(packed(report("A", *three[:2]), report("B", group="ACTC")))


def test_what_is_longer_than_is_kept_is_cut() -> None:
    long: Any = "x" * 10_000

    (told,) = only(report("PR-1", transaction("a", long, "AC04", long)))

    assert (len(told.status), len(told.reason_text)) == (35, 2000)
