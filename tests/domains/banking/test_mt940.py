"""Messages of the kind MT940 whose lines do not say when they were booked, or what kind of text they have."""

from datetime import date

import pytest

from domains.banking.files.reading import read_statements
from tests.builders.bank_statements import IBAN, OTHERS_IBAN
from tests.domains.banking.test_files import one


def a_message(number: int, opening: str, *lines: str, closing: str) -> str:
    """One message of an account in euros."""
    return "\n".join(
        (f":20:S{number}", ":25:1234567", f":28C:{number}", f":60F:{opening}", *lines, f":62F:{closing}", "-")
    )


@pytest.mark.parametrize(
    ("valued", "booked_on"),
    [
        ("260305", date(2026, 3, 5)),
        ("260306", date(2026, 3, 6)),
        ("260309", date(2026, 3, 6)),
        ("251231", date(2026, 3, 6)),
        ("2603090306", date(2026, 3, 6)),
    ],
)
def test_a_line_without_a_day_of_booking_is_of_its_statement(valued: str, booked_on: date) -> None:
    read = one(a_message(1, "C260305EUR100,00", f":61:{valued}C50,00NCHK", closing="C260306EUR150,00"))

    assert [line.booked_on for line in read.lines] == [booked_on]
    assert (read.from_on, read.until_on) == (date(2026, 3, 5), date(2026, 3, 6))


def test_several_statements_are_in_order_whatever_days_their_lines_count_from() -> None:
    first = a_message(1, "C260301EUR100,00", ":61:260302C10,00NTRF", closing="C260302EUR110,00")
    second = a_message(2, "C260302EUR110,00", ":61:2602280303D5,00NCHG", closing="C260303EUR105,00")
    early = a_message(2, "C260302EUR110,00", ":61:2602280228D5,00NCHG", closing="C260303EUR105,00")

    for later in (second, early):
        found = read_statements(f"{first}\n{later}".encode(), None, None)
        assert [str(one.closing_amount) for one in found] == ["110.00", "105.00"]


@pytest.mark.parametrize(
    "said", ["112-26031 INV-2026-00012 ALICE", "100,00 EUR deposit", "020-5551234 call", "123/45 rent"]
)
def test_a_text_that_begins_with_figures_has_no_fields(said: str) -> None:
    read = one(
        a_message(1, "C260305EUR100,00", ":61:260305C50,00NCHK", f":86:{said}", closing="C260305EUR150,00")
    )

    assert read.lines[0].text == said


def test_the_account_in_a_text_that_is_not_the_statements_own_is_the_other_side() -> None:
    content = (
        f":20:A\n:25:{IBAN}\n:28C:1/1\n:60F:C260319EUR10,00\n:61:2603200320C25,NTRFNONREF\n"
        f":86:From {OTHERS_IBAN} to {IBAN}\n:61:2603200320C1,NTRFNONREF\n:86:To {IBAN} for you\n"
        ":62F:C260320EUR36,\n-\n"
    )

    first, second = one(content).lines

    assert (first.party_iban, second.party_iban) == (OTHERS_IBAN, "")
