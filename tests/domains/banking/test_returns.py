"""Which payment a line is known to bring back."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from domains.banking.rules.matching import KnownBy, matches
from domains.banking.rules.returns import PaidBefore, is_said_to_return, returned_by
from tests.builders.bank_statements import OTHERS_IBAN
from tests.domains.banking.test_matching import FIRST, a_line


def paid(amount: str = "119.00", *, days_before: int = 3, **said: str) -> PaidBefore:
    """A payment that was a line before."""
    own = {
        "document_number": "PAY-2026-000007",
        "bank_reference": "",
        "text": "",
        "end_to_end_id": "",
        "party_name": "",
        "party_iban": "",
        "code": "",
    }
    return PaidBefore(
        document_id=uuid4(),
        posted_on=date(2026, 3, 20) - timedelta(days=days_before),
        amount=Decimal(amount),
        **own | said,
    )


def test_a_line_names_the_payment_that_it_brings_back() -> None:
    by_reference, by_bank = paid(end_to_end_id="E-1"), paid(bank_reference="2026031700042")

    assert returned_by(a_line("-119.00", end_to_end_id="E-1"), [by_reference, by_bank]) == [by_reference]
    assert returned_by(a_line("-119.00", "of 2026031700042"), [by_reference, by_bank]) == [by_bank]
    assert returned_by(a_line("-119.00", "PAY-2026-000007"), [by_bank]) == [by_bank]
    assert returned_by(a_line("-119.00"), [paid(), by_bank]) == []


@pytest.mark.parametrize(
    ("amount", "days_before"), [("119.00", 3), ("-119.01", 3), ("-119.00", -1), ("-119.00", 401)]
)
def test_money_comes_back_whole_later_and_within_the_time_for_it(amount: str, days_before: int) -> None:
    before = paid(end_to_end_id="E-1", days_before=days_before)

    assert returned_by(a_line(amount, end_to_end_id="E-1"), [before]) == []


@pytest.mark.parametrize(
    "said",
    [
        {"text": "Rücklastschrift"},
        {"text": "RETURNED PAYMENT"},
        {"text": "SEPA-Rückgabe"},
        {"text": "/RTRN/ AC04"},
        {"code": "PMNT-IDDT-UPDD"},
        {"code": "159"},
        {"code": "NRTI"},
    ],
)
def test_by_its_party_a_payment_comes_back_when_the_bank_says_so(said: dict[str, str]) -> None:
    of_alice, of_others = paid(party_iban=OTHERS_IBAN), paid(party_name="Bob")
    line = a_line("-119.00", **{"text": ""} | {"party_iban": OTHERS_IBAN} | said)

    assert is_said_to_return(line)
    assert returned_by(line, [of_alice, of_others]) == [of_alice]


@pytest.mark.parametrize("text", ["", "Return of goods", "Refund, Retoure 4711", "Miete"])
def test_money_that_goes_to_the_same_party_is_no_return(text: str) -> None:
    line = a_line("-119.00", text, party_iban=OTHERS_IBAN)

    assert returned_by(line, [paid(party_iban=OTHERS_IBAN)]) == []


def test_the_text_of_the_payment_says_which_one_a_return_is_of() -> None:
    first, second = paid(text="Invoice 2026-0001"), paid(text="Invoice 2026-0002")

    line = a_line("-119.00", "UNPAID Invoice 2026-0002")
    assert returned_by(line, [first, second]) == [second]
    assert returned_by(a_line("-119.00", "Invoice 2026-0002"), [first, second]) == []


def test_of_several_payments_that_may_come_back_a_person_knows_which() -> None:
    same = [paid("-119.00", end_to_end_id="E-1"), paid("-119.00", end_to_end_id="E-1")]
    line = a_line("119.00", "INV-2026-000001", end_to_end_id="E-1", party_name="Alice")

    assert list(matches([line], (FIRST,), (), {}, (), same)) == []
    twice = list(matches([line, line], (FIRST,), (), {}, (), same[:1]))
    assert [match.rule for match in twice] == [KnownBy.RETURNED, KnownBy.NUMBER]
    assert twice[0].asked == {"returned_document_id": same[0].document_id}
