"""What a line is known to be by a rule, and what waits for a person."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

import pytest

from domains.banking.rules.in_transit import PaidPart, PaymentInTransit, PaymentsOfRuns
from domains.banking.rules.matching import Known, KnownBy, Match, matches
from domains.banking.rules.postings import LineFacts
from domains.ledger.messages.money import InBooks, Owed
from tests.builders.bank_statements import OTHERS_IBAN


def a_line(amount: str, text: str = "", **more: str) -> LineFacts:
    """A line of a statement; what came in is positive."""
    said: dict[str, Any] = {"end_to_end_id": "", "party_name": "", "party_iban": ""} | more
    return LineFacts(
        id=uuid4(),
        statement_id=uuid4(),
        statement_number="GIRO-000001",
        line_number=1,
        bank_account_code="GIRO",
        account_code="1455",
        currency="EUR",
        booked_on=date(2026, 3, 20),
        amount=Decimal(amount),
        open_amount=Decimal(amount),
        text=text,
        **said,
    )


def owed(number: str, amount: str, party: str = "ALICE", name: str = "") -> Owed:
    """An open document."""
    return Owed(
        document_id=id_of(number),
        document_number=number,
        party_type="customer",
        party_code=party,
        party_name=name or party.title(),
        open_amount=Decimal(amount),
    )


def id_of(number: str) -> UUID:
    """Of a document."""
    return uuid5(NAMESPACE_OID, number)


def found(
    *lines: LineFacts,
    by_us: bool = False,
    known: Mapping[tuple[str, bool], Known] | None = None,
    documents: tuple[Owed, ...] = (),
    books: tuple[InBooks, ...] = (),
    transit: tuple[PaymentInTransit, ...] = (),
) -> list[Match]:
    """What the rules know."""
    receivable, payable = ((), documents) if by_us else (documents, ())
    runs = PaymentsOfRuns(transit, {one.end_to_end_id for one in transit}, [])
    return list(matches(lines, receivable, payable, known or {}, books, runs=runs))


FIRST, SECOND = owed("INV-2026-000001", "119.00"), owed("INV-2026-000002", "50.00")

WRITTEN = [
    "INV-2026-000001",
    "Rechnung inv-2026-000001 vom 1.3.",
    "INV 2026 000001 20.03.2026",
    "Thank you,INV2026000001/Alice",
    "INV-2026-00 0001",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_the_number_of_an_invoice_is_found_however_it_is_written(text: str) -> None:
    (match,) = found(a_line("119.00", text), documents=(FIRST, SECOND))

    assert (match.rule, match.party) == (KnownBy.NUMBER, "ALICE")
    assert match.asked["invoice_id"] == FIRST.document_id


NOT_WRITTEN = ["INV-2026-0000011", "1INV-2026-000001", "INV-2026-000003", "2026-000001", ""]


@pytest.mark.parametrize("text", NOT_WRITTEN)
def test_a_number_that_is_longer_or_another_is_none_of_an_invoice(text: str) -> None:
    assert found(a_line("119.00", text), documents=(FIRST, SECOND)) == []


def test_the_reference_of_who_pays_is_read_as_well() -> None:
    (match,) = found(a_line("119.00", end_to_end_id="INV-2026-000001"), documents=(FIRST,))

    assert match.asked["invoice_id"] == FIRST.document_id


def test_a_number_that_two_suppliers_have_given_says_nothing() -> None:
    same = (owed("RE-4711", "10.00", "GROVE"), owed("RE-4711", "10.00", "PLANTATION"))

    assert found(a_line("-10.00", "RE-4711"), documents=same, by_us=True) == []


def test_several_invoices_of_a_customer_that_come_to_the_amount_are_all_paid() -> None:
    text = "INV-2026-000001, INV-2026-000002"

    both = found(a_line("169.00", text), documents=(FIRST, SECOND))
    too_little = found(a_line("160.00", text), documents=(FIRST, SECOND))
    of_two = found(a_line("169.00", text), documents=(FIRST, owed("INV-2026-000002", "50.00", "BOB")))

    assert [(match.part, match.asked["amount"]) for match in both] == [
        (1, Decimal("119.00")),
        (2, Decimal("50.00")),
    ]
    assert too_little == of_two == []


def test_a_customer_may_pay_too_much_and_we_may_not() -> None:
    (match,) = found(a_line("120.00", "INV-2026-000001", party_name="Alice"), documents=(FIRST,))

    assert match.asked["amount"] == Decimal("120.00")
    assert found(a_line("-120.00", "INV-2026-000001"), documents=(FIRST,), by_us=True) == []
    (paid,) = found(a_line("-100.00", "INV-2026-000001"), documents=(FIRST,), by_us=True)
    assert paid.asked == {"supplier_invoice_id": FIRST.document_id, "amount": Decimal("100.00")}


def test_too_much_is_of_a_customer_only_when_the_bank_says_who_paid() -> None:
    text, learned = "INV-2026-000001", {(OTHERS_IBAN, True): Known(("customer", "ALICE"), None)}

    (match,) = found(a_line("120.00", text, party_iban=OTHERS_IBAN), documents=(FIRST,), known=learned)
    assert match.party == "ALICE"
    for who in ({}, {"party_name": "Bob"}, {"party_iban": OTHERS_IBAN}):
        assert found(a_line("120.00", text, **who), documents=(FIRST,)) == []


def test_what_came_in_pays_no_supplier_and_what_went_out_no_customer() -> None:
    assert found(a_line("119.00", "INV-2026-000001"), documents=(FIRST,), by_us=True) == []
    assert found(a_line("-119.00", "INV-2026-000001"), documents=(FIRST,)) == []


def test_of_two_lines_for_one_invoice_the_first_pays_it() -> None:
    lines = [a_line("119.00", "INV-2026-000001"), a_line("119.00", "INV-2026-000001")]

    assert [match.line for match in found(*lines, documents=(FIRST,))] == lines[:1]


def test_a_customer_known_by_its_name_pays_what_has_the_amount() -> None:
    documents = (FIRST, SECOND)

    (match,) = found(a_line("50.00", "Danke", party_name="  alice "), documents=documents)
    assert (match.rule, match.asked["invoice_id"]) == (KnownBy.AMOUNT, SECOND.document_id)
    assert found(a_line("51.00", party_name="Alice"), documents=documents) == []
    twice = (SECOND, owed("INV-2026-000003", "50.00"))
    assert found(a_line("50.00", party_name="Alice"), documents=twice) == []
    namesakes = (SECOND, owed("INV-2026-000003", "70.00", "ALICE-2", "Alice"))
    assert found(a_line("50.00", party_name="Alice"), documents=namesakes) == []


def test_who_was_learned_of_by_the_iban_is_known_whatever_its_name() -> None:
    line = a_line("50.00", party_name="Somebody", party_iban=OTHERS_IBAN)
    learned = {(OTHERS_IBAN, True): Known(("customer", "ALICE"), None)}

    (match,) = found(line, documents=(SECOND,), known=learned)
    assert (match.rule, match.party) == (KnownBy.AMOUNT, "ALICE")
    assert (
        found(line, documents=(SECOND,), known={(OTHERS_IBAN, False): Known(("customer", "ALICE"), None)})
        == []
    )


def test_a_supplier_with_the_code_of_a_customer_is_somebody_else() -> None:
    line = a_line("119.00", party_name="Somebody", party_iban=OTHERS_IBAN)
    known = {(OTHERS_IBAN, True): Known(("supplier", "ALICE"), None)}

    assert found(line, documents=(FIRST,), known=known) == []
    assert found(line, books=(paid("119.00"),), known=known) == []
    assert len(found(line, books=(paid("119.00", party_type="supplier"),), known=known)) == 1


def test_an_account_that_was_learned_is_posted_to_again() -> None:
    (match,) = found(
        a_line("-6.50", "Fee", party_name="Savings Bank"),
        known={("savings bank", False): Known(None, "6430")},
    )

    assert (match.rule, match.asked) == (KnownBy.ACCOUNT, {"account_code": "6430"})


def paid(amount: str, *, day: int = 19, **more: str) -> InBooks:
    """A payment of Alice's that is in the books."""
    said = {"number": "PAY-2026-000007", "reference": "", "party_code": "ALICE", "party_name": "Alice"} | more
    return InBooks(
        document_id=uuid4(),
        posted_on=date(2026, 3, day),
        amount=Decimal(amount),
        **{"party_type": "customer"} | said,
    )


def test_what_is_in_the_books_is_found_there_and_not_posted_once_more() -> None:
    line, known = a_line("119.00", "Danke", party_name="Alice"), paid("119.00")

    (match,) = found(line, documents=(FIRST,), books=(known, paid("119.01")))
    assert (match.rule, match.asked) == (KnownBy.BOOKS, {"document_id": known.document_id})
    assert found(line, documents=(FIRST,), books=(known, paid("119.00"))) == [], "a person knows which"
    twice = found(line, a_line("119.00", party_name="Alice"), documents=(FIRST,), books=(known,))
    assert [match.rule for match in twice] == [KnownBy.BOOKS, KnownBy.AMOUNT]


def test_the_books_come_before_an_invoice_that_is_named() -> None:
    named, known = a_line("119.00", "INV-2026-000001", party_name="Alice"), paid("119.00")

    (match,) = found(named, documents=(FIRST,), books=(known,))
    assert (match.rule, match.asked) == (KnownBy.BOOKS, {"document_id": known.document_id})
    assert found(named, documents=(FIRST,), books=(known, paid("119.00"))) == [], "a person knows which"
    (other,) = found(named, documents=(FIRST,), books=(paid("118.00"),))
    assert other.rule == KnownBy.NUMBER


@pytest.mark.parametrize("reference", ["Transfer", "4711", "PO 4711", "PO-47112", "1PO 47119", "7119 PO"])
def test_a_reference_is_a_number_that_stands_alone(reference: str) -> None:
    nobodys = paid("119.00", party_code="", party_name="", number="", reference=reference)

    assert found(a_line("119.00", "Transfer 21PO 47119 PO-471122"), books=(nobodys,)) == []


def test_a_reference_says_which_payment_it_is_and_its_day_when() -> None:
    by_reference = paid("119.00", party_code="", party_name="", reference="PO 4711")

    (match,) = found(a_line("119.00", end_to_end_id="po-4711"), books=(by_reference,))
    assert match.asked == {"document_id": by_reference.document_id}
    assert found(a_line("119.00", "something"), books=(by_reference,)) == []
    in_words = paid("119.00", party_code="", party_name="", reference="Order no.: 4711 - Alice")
    assert len(found(a_line("119.00", "Our Order no.: 4711 - Alice, thanks"), books=(in_words,))) == 1
    for day in (9, 21):
        assert found(a_line("119.00", party_name="Alice"), books=(paid("119.00", day=day),)) == []


def ordered(number: int = 1, *, day: int = 20) -> PaymentInTransit:
    """A payment of 63.65 to the dairy, in a run that was released on a day of March."""
    return PaymentInTransit(
        payment_id=id_of(f"payment {number}"),
        run_id=id_of("run"),
        run_number="PR-000007",
        end_to_end_id=f"PR-000007-{number:05d}",
        party="DAIRY",
        parts=(PaidPart("supplier_payment", uuid4(), "1470", Decimal("63.65")),),
        paid_on=date(2026, 3, day),
        released_on=date(2026, 3, day),
        iban=OTHERS_IBAN,
        payee_name="Dairy",
    )


@pytest.mark.parametrize(
    ("said", "day", "is_known"),
    [
        ({"party_name": "Dairy"}, 20, True),
        ({"party_iban": OTHERS_IBAN}, 20, True),
        ({"text": "Order PR-000007"}, 20, True),
        # The bank has booked it a day before there was such an order.
        ({"party_name": "Dairy"}, 21, False),
        ({"party_iban": OTHERS_IBAN}, 21, False),
        ({"text": "Order PR-000007"}, 21, False),
        # Nobody else has its end-to-end id: it is posted with the run.
        ({"end_to_end_id": "PR-000007-00001"}, 21, True),
    ],
)
def test_a_line_of_before_a_run_was_ordered_is_none_of_its_payments(
    said: dict[str, str], day: int, is_known: bool
) -> None:
    known = found(a_line("-63.65", **said), transit=(ordered(day=day),))

    assert [match.rule for match in known] == ([KnownBy.PAYMENT_RUN] if is_known else [])


def test_a_payment_in_the_books_goes_before_one_of_a_run_that_has_only_amount_and_party_in_common() -> None:
    by_hand = paid("-63.65", number="SP-2026-000003", party_code="DAIRY", party_name="Dairy")
    line = a_line("-63.65", "Milk", party_name="Dairy")
    names_it = a_line("-63.65", "PR-000007-00001", party_name="Dairy")

    first, second = found(line, line, books=(by_hand,), transit=(ordered(),))
    assert [match.rule for match in (first, second)] == [KnownBy.BOOKS, KnownBy.PAYMENT_RUN]
    assert first.asked == {"document_id": by_hand.document_id}
    assert [match.rule for match in found(names_it, books=(by_hand,), transit=(ordered(),))] == [
        KnownBy.PAYMENT_RUN
    ]
    # Of two in the books, a person knows which.
    assert found(line, books=(by_hand, by_hand), transit=(ordered(),)) == []
