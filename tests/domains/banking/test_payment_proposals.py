"""What is paid on a day, and what is not: due days, discounts, and who cannot be paid."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from domains.banking.messages.payment_proposals import LeftOutReason, PayReason
from domains.banking.rules.payment_proposals import (
    Payable,
    ProposalWanted,
    check_days,
    discount_yield_percent,
    proposed,
)
from domains.ledger.messages import Discount
from domains.ledger.rules.settlement import OpenDocument, OpenInstalment
from domains.master_data.messages import CurrencyAccount
from domains.master_data.views import SupplierView
from foundation.values.errors import Invalid

PAY_ON, NEXT = date(2026, 3, 10), date(2026, 3, 17)
LATER = date(2026, 4, 10)
IBAN = "DE02120300000000202051"


def owed(*instalments: tuple[date, str], **more: Any) -> Payable:
    """An invoice: when its instalments are due, and what is open of them; `discount` is by when, and how
    much, and `on_amount` of how much when some is paid already.
    """
    parts = tuple(OpenInstalment(uuid4(), on, Decimal(open_), Decimal(open_)) for on, open_ in instalments)
    all_open = sum((part.open_amount for part in parts), Decimal(0))
    discount = None
    if found := more.get("discount"):
        discount = Discount(found[0], Decimal(more.get("on_amount", all_open)), Decimal(found[1]))
    document = OpenDocument(
        "supplier_invoice", uuid4(), more.get("number", "SI-1"), None, "", discount, parts
    )
    return Payable(
        more.get("supplier", "GROVE"),
        more.get("currency", "EUR"),
        more.get("open_since", date(2026, 3, 1)),
        document,
    )


def a_supplier(code: str = "GROVE", **changes: Any) -> SupplierView:
    """One with an account in euros."""
    known = {"code": code, "name": code.title(), "city": "Werder", "country": "DE", "currency": "EUR"}
    account = CurrencyAccount(currency="EUR", iban=IBAN)
    standard = {"payment_terms_code": "NET30", "bank_accounts": (account,), "version": 1}
    return SupplierView(**(known | standard | changes))


def found(*payables: Payable, least: str | None = None, **supplier: Any) -> Any:
    """Payments and what is left out."""
    wanted = ProposalWanted("EUR", PAY_ON, NEXT, None if least is None else Decimal(least))
    known = {code: a_supplier(code, **supplier) for code in {one.supplier_code for one in payables}}
    return proposed(wanted, payables, known)


def paid(*payables: Payable, least: str | None = None) -> list[tuple[str, str, PayReason]]:
    """Of one payment's invoices: amount, discount, and why."""
    payments, left_out = found(*payables, least=least)
    assert left_out == ()
    return [
        (str(one.amount), str(one.discount_amount), one.reason)
        for payment in payments
        for one in payment.invoices
    ]


def test_two_per_cent_for_twenty_days_are_37_in_a_year() -> None:
    """2 % in 10 days, net 30: the example of every textbook."""
    assert discount_yield_percent(Decimal(2), Decimal(100), Decimal(20)) == Decimal("37.24")
    assert discount_yield_percent(Decimal(2), Decimal(100), Decimal(0)) is None


@pytest.mark.parametrize(("due_on", "amounts"), [(NEXT, ["100"]), (NEXT + timedelta(days=1), [])])
def test_what_is_due_before_the_next_payments_is_paid(due_on: date, amounts: list[str]) -> None:
    assert [amount for amount, *_ in paid(owed((due_on, "100")))] == amounts


def test_of_instalments_those_are_paid_that_are_due() -> None:
    assert paid(owed((PAY_ON, "40"), (NEXT, "30"), (LATER, "30"))) == [("70", "0", PayReason.DUE)]


def test_a_discount_is_taken_of_what_is_due_anyway() -> None:
    assert paid(owed((NEXT, "100"), discount=(PAY_ON, "2"))) == [("98", "2", PayReason.DUE)]


def test_a_discount_that_is_over_is_not_taken() -> None:
    over = owed((NEXT, "100"), discount=(PAY_ON - timedelta(days=1), "2"))

    assert paid(over, least="0") == [("100", "0", PayReason.DUE)]


def test_a_discount_after_some_was_paid_is_not_taken() -> None:
    in_part = owed((NEXT, "60"), discount=(NEXT, "2"), on_amount="100")

    assert paid(in_part, least="0") == [("60", "0", PayReason.DUE)]


@pytest.mark.parametrize(("least", "is_paid"), [(None, False), ("24.03", True), ("24.04", False)])
def test_a_discount_is_worth_paying_early_from_its_yield_on(least: str | None, is_paid: bool) -> None:
    # 2 / 98 * 365 / 31 days is 24.03 per cent.
    early = owed((LATER, "100"), discount=(NEXT, "2"))

    assert paid(early, least=least) == ([("98", "2", PayReason.DISCOUNT)] if is_paid else [])


def test_a_discount_that_the_next_payments_still_get_can_wait() -> None:
    assert paid(owed((LATER, "100"), discount=(NEXT + timedelta(days=1), "2")), least="0") == []


def test_paying_the_instalment_that_is_due_would_lose_the_discount() -> None:
    in_parts = owed((PAY_ON, "50"), (LATER, "50"), discount=(NEXT + timedelta(days=1), "2"))

    # On the mean, all is paid 15.5 days early: 2 / 98 * 365 / 15.5 is 48.06 per cent.
    assert paid(in_parts, least="48.06") == [("98", "2", PayReason.DISCOUNT)]
    assert paid(in_parts, least="48.07") == [("50", "0", PayReason.DUE)]


def test_a_last_instalment_less_than_the_discount_is_not_paid_at_all() -> None:
    assert paid(owed((NEXT, "99"), (LATER, "1"), discount=(NEXT, "2"))) == [("98", "2", PayReason.DUE)]


def test_several_invoices_of_a_supplier_are_one_payment() -> None:
    payments, _ = found(
        owed((NEXT, "100"), number="SI-2"),
        owed((PAY_ON, "50"), number="SI-3"),
        owed((NEXT, "7"), number="SI-1", supplier="ALMOND"),
    )

    assert [(one.supplier_code, str(one.amount), one.iban) for one in payments] == [
        ("ALMOND", "7", IBAN),
        ("GROVE", "150", IBAN),
    ]
    assert [one.invoice_number for one in payments[1].invoices] == ["SI-3", "SI-2"]


@pytest.mark.parametrize(
    ("invoice", "supplier", "reason"),
    [
        ({"currency": "USD"}, {}, LeftOutReason.OTHER_CURRENCY),
        ({}, {"blocked": True}, LeftOutReason.SUPPLIER_BLOCKED),
        ({}, {"bank_accounts": ()}, LeftOutReason.NO_BANK_ACCOUNT),
        (
            {},
            {"bank_accounts": (CurrencyAccount(currency="USD", iban=IBAN),)},
            LeftOutReason.NO_BANK_ACCOUNT,
        ),
        ({"open_since": PAY_ON + timedelta(days=1)}, {}, LeftOutReason.TOO_EARLY),
    ],
)
def test_what_cannot_be_paid_is_left_out_with_its_reason(
    invoice: dict[str, Any], supplier: dict[str, Any], reason: LeftOutReason
) -> None:
    payments, (left_out,) = found(owed((NEXT, "100"), **invoice), **supplier)

    assert (payments, left_out.reason, left_out.open_amount) == ((), reason, Decimal(100))
    assert found(owed((LATER, "100"), **invoice), **supplier) == ((), ()), "it is not due"


def test_the_next_payments_are_not_before_these() -> None:
    check_days(PAY_ON, PAY_ON)
    with pytest.raises(Invalid):
        check_days(NEXT, PAY_ON)
