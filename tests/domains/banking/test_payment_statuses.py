"""What a bank says of payments: of whom it is said, and what of it counts, in whatever order it comes."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from domains.banking.files.status_reports import (
    ReadStatusReport,
    StatusLevel,
    StatusReportTooLarge,
    ToldStatus,
    read_status_reports,
)
from domains.banking.messages.payment_runs import RunPaymentState
from domains.banking.messages.payment_statuses import StatusOutcome
from domains.banking.rules import payment_statuses as rules
from domains.banking.rules.payment_statuses import KnownStatus, OrderedRun, StatusLine
from tests.builders.status_reports import report, transaction

ONE, TWO = UUID(int=1), UUID(int=2)
RUN = OrderedRun("PR-1", True, {"PR-1-1": ONE, "PR-1-2": TWO})


def at(hour: int) -> datetime:
    """A moment of the day."""
    return datetime(2026, 3, 20, hour, tzinfo=UTC)


def told(status: str, hour: int = 12, payment: UUID | None = ONE, why: str = "") -> StatusLine:
    """What a bank has said of a payment."""
    said = ToldStatus(StatusLevel.TRANSACTION, status, reason_code=why)
    return StatusLine("B1", at(hour), "PR-1", said, payment, StatusOutcome.NOTED)


def becomes(*lines: StatusLine, known: KnownStatus | None = None) -> list[str]:
    """The outcomes of lines, one after the other."""
    return [one.outcome.value for one in rules.judged(lines, {ONE: known} if known else {})]


def said_of(*inside: str, **of: Any) -> list[tuple[str, str, str]]:
    """Of which payment what is said, and what becomes of it."""
    reports = read_status_reports(report("PR-1", *inside, **of), UTC)
    lines = rules.lines_of(reports, {"PR-1": RUN})
    return [(one.told.end_to_end_id, one.told.status, one.outcome.value) for one in lines]


def test_what_is_more_precise_goes_before_what_is_said_of_many() -> None:
    one = transaction("PR-1-1", "RJCT")

    assert said_of(group="ACTC") == [("PR-1-1", "ACTC", "noted"), ("PR-1-2", "ACTC", "noted")]
    assert said_of(one, group="PART") == [("PR-1-2", "PART", "noted"), ("PR-1-1", "RJCT", "noted")]
    assert said_of(one, group="PART", payment_information="ACSP") == [
        ("PR-1-2", "ACSP", "noted"),
        ("PR-1-1", "RJCT", "noted"),
    ]
    assert said_of(one, transaction("PR-1-2", "ACSC"), group="PART") == [
        ("PR-1-1", "RJCT", "noted"),
        ("PR-1-2", "ACSC", "noted"),
    ]


def test_a_payment_information_that_is_not_ours_takes_nothing_from_the_group() -> None:
    other = (
        "<OrgnlPmtInfAndSts><OrgnlPmtInfId>X</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts></OrgnlPmtInfAndSts>"
    )

    assert said_of(group="ACTC", inside=other) == [
        ("PR-1-1", "ACTC", "noted"),
        ("PR-1-2", "ACTC", "noted"),
        ("", "RJCT", "unknown_payment_information"),
    ]


def test_what_is_said_of_many_over_and_over_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_LINES", 5)
    whole = ToldStatus(StatusLevel.PAYMENT_INFORMATION, "ACTC")
    said = ReadStatusReport("B1", at(1), "PR-1", (whole,) * 3)

    with pytest.raises(StatusReportTooLarge):
        rules.lines_of([said], {"PR-1": RUN})


@pytest.mark.parametrize(
    ("known", "line", "outcome"),
    [
        (None, told("ACTC"), "noted"),
        (None, told("RJCT"), "to_reject"),
        (KnownStatus("ACSP", at(12)), told("PDNG", 13), "noted"),
        (KnownStatus("ACSP", at(12)), told("ACTC", 11), "older"),
        (KnownStatus("ACSP", at(12)), told("ACWC", 12), "noted"),
        (KnownStatus("ACSP", at(12)), told("ACSC", 11), "noted"),
        (KnownStatus("ACSP", at(12)), told("RJCT", 11), "to_reject"),
        (KnownStatus("ACSC", at(12)), told("ACSP", 13), "after_settlement"),
        (KnownStatus("ACSC", at(12)), told("RJCT", 13), "after_settlement"),
        (KnownStatus("ACSC", at(12)), told("ACCC", 13), "noted"),
        (KnownStatus("ACCC", at(12)), told("ACSC", 11), "older"),
        (KnownStatus("RJCT", at(12)), told("RJCT", 13), "after_rejection"),
        (KnownStatus("RJCT", at(12)), told("ACSC", 13), "after_rejection"),
        (KnownStatus("ACSP", at(12)), told("RJCT", 13, why="AM05"), "duplicate"),
        (KnownStatus("ACSC", at(12)), told("RJCT", 13, why="AM05"), "duplicate"),
        (None, told("RJCT", why="DUPL"), "duplicate"),
        (None, told("RJCT", why="DU01"), "duplicate"),
        (None, told("ACSP", why="AM05"), "noted"),
    ],
)
def test_the_newest_counts_but_for_what_has_ended(
    known: KnownStatus | None, line: StatusLine, outcome: str
) -> None:
    assert becomes(line, known=known) == [outcome]


def test_in_whatever_order_it_comes_a_payment_is_rejected_once_and_stays_so() -> None:
    said = [told("ACTC", 9), told("RJCT", 10), told("PDNG", 11), told("RJCT", 12)]

    for order in permutations(said):
        found = becomes(*order)
        assert found.count("to_reject") == 1
        after = found[found.index("to_reject") + 1 :]
        assert set(after) <= {"after_rejection"}


def test_a_duplicate_tells_nothing_of_the_payment_that_it_repeats() -> None:
    again = told("RJCT", 13, why="AM05")

    assert becomes(told("ACSP", 12), again, told("ACSC", 14)) == ["noted", "duplicate", "noted"]
    assert becomes(again, told("RJCT", 14, why="AC04")) == ["duplicate", "to_reject"]


def test_each_payment_is_looked_at_by_itself_and_what_is_of_none_stays() -> None:
    unknown = told("RJCT", payment=None)

    assert becomes(told("RJCT"), told("ACSP", payment=TWO), unknown) == ["to_reject", "noted", "noted"]


STATES: Iterable[tuple[dict[str, bool], str, str]] = [
    ({}, "", "planned"),
    ({"is_posted": True, "stands": True}, "", "in_transit"),
    ({"is_posted": True, "stands": True}, "PDNG", "in_transit"),
    ({"is_posted": True, "stands": True}, "ACSC", "accepted"),
    ({"is_posted": True, "stands": True}, "RJCT", "in_transit"),
    ({"is_posted": True}, "ACSC", "taken_back"),
    ({"is_posted": True, "rejected_on": True}, "RJCT", "rejected"),
    ({"is_posted": True, "stands": True, "confirmed_by": True}, "RJCT", "confirmed"),
    ({"is_posted": True, "confirmed_by": True, "returned_by": True}, "", "returned"),
]


@pytest.mark.parametrize(("known", "status", "state"), STATES)
def test_the_books_go_before_what_the_bank_says(known: dict[str, bool], status: str, state: str) -> None:
    nothing = dict.fromkeys(("is_posted", "stands", "confirmed_by", "returned_by", "rejected_on"), False)

    assert rules.state_of(status, **nothing | known) == RunPaymentState(state)


def test_a_reversal_says_why_the_bank_has_rejected() -> None:
    assert rules.why_reversed("PR-1-1", "AC04", "closed") == (
        "PR-1-1 was rejected by the bank (AC04 ClosedAccountNumber: closed)"
    )
    assert rules.why_reversed("PR-1-1", "X9", "") == "PR-1-1 was rejected by the bank (X9)"
    assert rules.why_reversed("PR-1-1", "", "") == "PR-1-1 was rejected by the bank"
    assert len(rules.why_reversed("PR-1-1", "AC04", "x" * 2000)) == 2000
