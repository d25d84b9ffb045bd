"""Entries of a camt.053 that say less than most banks do, or say it in other words."""

from datetime import date
from decimal import Decimal

import pytest

from tests.builders.bank_statements import OTHERS_IBAN, camt, entry
from tests.domains.banking.test_files import one


@pytest.mark.parametrize(
    ("valued", "booked_on"), [("2026-03-20", date(2026, 3, 20)), ("2026-03-23", date(2026, 3, 20))]
)
def test_an_entry_without_a_day_of_booking_is_of_its_statement(valued: str, booked_on: date) -> None:
    undated = entry("5.00", day=valued).replace(f"<BookgDt><Dt>{valued}</Dt></BookgDt>", "")

    read = one(camt(entry("1.00"), undated, entry("2.00"), closing="8.00"))

    assert [line.booked_on for line in read.lines] == [date(2026, 3, 20), booked_on, date(2026, 3, 20)]
    assert read.lines[1].valued_on == date.fromisoformat(valued)


@pytest.mark.parametrize("said", ["true", "1"])
def test_a_reversal_names_the_parties_as_they_were_at_first(said: str) -> None:
    came_in = entry("5.00", name="Alice", iban=OTHERS_IBAN)
    back = came_in.replace("CRDT</CdtDbtInd>", f"DBIT</CdtDbtInd><RvslInd>{said}</RvslInd>")

    (line,) = one(camt(back, opening="5.00", closing="0.00")).lines

    assert (line.amount, line.party_name, line.party_iban) == (Decimal(-5), "Alice", OTHERS_IBAN)
