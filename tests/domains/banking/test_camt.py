"""Entries of a camt.053 that say less than most banks do, or say it in other words."""

from datetime import date
from decimal import Decimal

import pytest

from tests.builders.bank_statements import IBAN, OTHERS_IBAN, camt, entry
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


def side(role: str, name: str, iban: str) -> str:
    """One of the parties of an entry."""
    return f"<{role}><Pty><Nm>{name}</Nm></Pty></{role}><{role}Acct><Id><IBAN>{iban}</IBAN></Id></{role}Acct>"


def returned(*parties: str) -> bytes:
    """A payment of ours that came back, with the parties that the bank names."""
    back = entry("5.00").replace("<RltdPties></RltdPties>", f"<RltdPties>{''.join(parties)}</RltdPties>")
    back = back.replace("</TxDtls>", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>")
    return camt(back, closing="5.00")


@pytest.mark.parametrize(
    "parties",
    [
        # As they were when it was paid, and as they are when it comes back.
        (side("Dbtr", "Ourselves", IBAN), side("Cdtr", "Grove", OTHERS_IBAN)),
        (side("Dbtr", "Grove", OTHERS_IBAN), side("Cdtr", "Ourselves", IBAN)),
    ],
)
def test_on_the_other_side_of_a_return_is_whoever_is_not_ourselves(parties: tuple[str, ...]) -> None:
    (line,) = one(returned(*parties)).lines

    assert (line.party_name, line.party_iban) == ("Grove", OTHERS_IBAN)


@pytest.mark.parametrize("role", ["Dbtr", "Cdtr"])
def test_our_own_account_is_not_the_other_side_of_its_lines(role: str) -> None:
    (line,) = one(returned(side(role, "Ourselves", IBAN))).lines

    assert (line.party_name, line.party_iban) == ("", "")


def test_a_return_without_accounts_names_the_parties_as_they_were_at_first() -> None:
    names = "<Dbtr><Nm>Ourselves</Nm></Dbtr>", "<Cdtr><Nm>Grove</Nm></Cdtr>"

    assert one(returned(*names)).lines[0].party_name == "Grove"


BATCH = "<Btch><MsgId>OF-DAY-7</MsgId><PmtInfId>PR-000012</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>"


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        # Booked as one: without its payments, with what the bank calls it, and with payments without amounts.
        (BATCH, "PR-000012 OF-DAY-7"),
        (
            f"{BATCH}</NtryDtls><AddtlNtryInf>SEPA PR-000012</AddtlNtryInf><NtryDtls>",
            "SEPA PR-000012 OF-DAY-7",
        ),
        (f"{BATCH}<TxDtls/><TxDtls/>", "PR-000012 OF-DAY-7"),
        # A single payment of an order says for itself what it is.
        (f"{BATCH}<TxDtls><RmtInf><Ustrd>Milk</Ustrd></RmtInf></TxDtls>", "Milk"),
    ],
)
def test_what_was_booked_as_one_is_named_by_its_order(inside: str, text: str) -> None:
    before, _, rest = entry("-5.00").partition("<NtryDtls>")
    whole = f"{before}<NtryDtls>{inside}</NtryDtls>{rest.partition('</NtryDtls>')[2]}"

    (line,) = one(camt(whole, opening="5.00", closing="0.00")).lines

    assert (line.text, line.end_to_end_id) == (text, "")
