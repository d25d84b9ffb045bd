"""Numbers that stand in lines: ours or the supplier's, and of the party on the line's other side."""

from dataclasses import replace
from decimal import Decimal

import pytest

from domains.banking.rules.matching import Known, KnownBy
from domains.ledger.messages.money import Owed
from tests.builders.bank_statements import OTHERS_IBAN
from tests.domains.banking.test_matching import FIRST, a_line, found, owed


def billed(number: str, theirs: str, amount: str = "63.65", party: str = "GROVE") -> Owed:
    """An invoice of a supplier, by our number and by its own."""
    return replace(owed(number, amount, party), party_type="supplier", reference=theirs)


GROVES, PLANTATIONS = billed("SI-2026-000001", "RE-4711"), billed("SI-2026-000002", "RE-4711", party="PLANT")


@pytest.mark.parametrize("text", ["RE-4711", "Rechnung re 4711 vom 11.3.", "SI-2026-000001", "RE4711, danke"])
def test_what_we_have_paid_is_found_by_the_suppliers_number_as_by_ours(text: str) -> None:
    (match,) = found(a_line("-63.65", text), documents=(GROVES,), by_us=True)

    assert (match.rule, match.asked["supplier_invoice_id"]) == (KnownBy.NUMBER, GROVES.document_id)


def test_by_the_suppliers_number_alone_all_of_an_invoice_is_paid() -> None:
    assert found(a_line("-60.00", "RE-4711"), documents=(GROVES,), by_us=True) == []
    (named,) = found(a_line("-60.00", "RE-4711", party_name="Grove"), documents=(GROVES,), by_us=True)
    (ours,) = found(a_line("-60.00", "SI-2026-000001"), documents=(GROVES,), by_us=True)
    assert named.asked["amount"] == ours.asked["amount"] == Decimal("60.00")


def test_of_a_number_that_two_suppliers_have_given_the_party_says_whose_it_is() -> None:
    both = (GROVES, PLANTATIONS)

    assert found(a_line("-63.65", "RE-4711"), documents=both, by_us=True) == []
    (match,) = found(a_line("-63.65", "RE-4711", party_name="Plant"), documents=both, by_us=True)
    assert match.asked["supplier_invoice_id"] == PLANTATIONS.document_id
    learned = {(OTHERS_IBAN, False): Known(("supplier", "GROVE"), None)}
    line = a_line("-63.65", "RE-4711", party_iban=OTHERS_IBAN, party_name="Plant")
    (match,) = found(line, documents=both, by_us=True, known=learned)
    assert match.asked["supplier_invoice_id"] == GROVES.document_id


def test_a_number_is_not_that_of_somebody_else_than_the_line_says() -> None:
    others = billed("SI-2026-000003", "A-1", "10.00", "PLANT")
    learned = {(OTHERS_IBAN, False): Known(("supplier", "PLANT"), None)}

    for text in ("RE-4711", "SI-2026-000001"):
        by_iban = a_line("-63.65", text, party_iban=OTHERS_IBAN)
        assert found(by_iban, documents=(GROVES,), by_us=True, known=learned) == []
        by_name = a_line("-63.65", text, party_name="Plant")
        assert found(by_name, documents=(GROVES, others), by_us=True) == []
    from_bob = {(OTHERS_IBAN, True): Known(("customer", "BOB"), None)}
    line = a_line("119.00", "INV-2026-000001", party_iban=OTHERS_IBAN)
    assert found(line, documents=(FIRST,), known=from_bob) == []


def test_an_account_that_was_learned_says_nothing_of_who_is_paid() -> None:
    known = {(OTHERS_IBAN, False): Known(None, "6430")}
    line = a_line("-63.65", "RE-4711", party_iban=OTHERS_IBAN)

    (match,) = found(line, documents=(GROVES,), by_us=True, known=known)

    assert match.rule == KnownBy.NUMBER
