"""What a supplier is debited: the mirror of what it had billed, in proportion, to the cent."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domains.ledger.messages import Discount, Opened, OpenGoods, TaxShare
from domains.ledger.rules.settlement import OpenInstalment
from domains.payables.rules.debit_notes import (
    InvoiceLineLeft,
    NothingToClaim,
    NotWhatIsClaimed,
    check_confirms,
    claimed_lines,
    discount_left,
    left_of,
    postings,
    set_off,
    total_of,
)
from foundation.values.money import DualAmount

ON = date(2026, 3, 20)


def gone(quantity: str, value: str) -> OpenGoods:
    """Goods of the first line that went back."""
    opened = Opened("VR-1", (UUID(int=9),), ON, None)
    return OpenGoods(UUID(int=9), 1, Decimal(quantity), Decimal(value), opened)


def billed(number: int, quantity: str, net: str, tax: str, **changes: Any) -> InvoiceLineLeft:
    """What is left of a line of an invoice."""
    known: dict[str, Any] = {
        "invoice_id": UUID(int=number),
        "invoice_number": f"SI-{number}",
        "supplier_number": f"RE-{number}",
        "posted_on": date(2026, 3, 10 + number),
        "invoice_line_number": 1,
        "order_line_number": 1,
        "item_code": "APPLE",
        "description": "Apple",
        "unit": "pc",
        "stock_per_unit": Decimal(1),
        "stock_quantity": Decimal(quantity),
        "net_amount": Decimal(net),
        "tax_amount": Decimal(tax),
        "tax_code": "S19",
        "ordered_price": Decimal("4.00"),
        "rate": Decimal(1),
    }
    return InvoiceLineLeft(**known | changes)


def test_the_last_invoice_first_and_of_each_its_share() -> None:
    invoices = [billed(1, "10", "40.00", "7.60"), billed(2, "3", "12.60", "2.39")]

    lines = claimed_lines([gone("5", "20.00")], invoices, ON, "EUR", "EUR")

    assert [
        (one.billed.invoice_number, one.net_amount, one.tax_amount, one.received_amount) for one in lines
    ] == [
        ("SI-2", Decimal("12.60"), Decimal("2.39"), Decimal("12.00")),
        ("SI-1", Decimal("8.00"), Decimal("1.52"), Decimal("8.00")),
    ]


def test_what_was_not_billed_is_not_claimed() -> None:
    for goods in ([gone("5", "20.00")], []):
        with pytest.raises(NothingToClaim):
            claimed_lines(goods, [billed(1, "4", "16.00", "3.04")], ON, "EUR", "EUR")


@pytest.mark.parametrize(("currency", "rate"), [("EUR", "1"), ("USD", "1.2")])
def test_the_entry_adds_up_in_both_currencies(currency: str, rate: str) -> None:
    lines = claimed_lines(
        [gone("3", "10.01")], [billed(1, "3", "12.60", "2.39", rate=Decimal(rate))], ON, currency, "EUR"
    )
    offs = set_off(total_of(lines), [OpenInstalment(UUID(int=1), ON, Decimal(10), Decimal("8.40"))], "EUR")

    entry = postings(lines, offs, "GROVE", currency, "PO-1", lambda role: role.value)

    assert sum(line.amount for line in entry) == 0 == sum(line.base_amount for line in entry)
    owed = sum(line.base_amount for line in entry if line.account_code == "payable")
    gained = sum(off.exchange_difference for off in offs)
    assert owed == total_of(lines).base_amount + gained


def test_a_claim_takes_off_what_is_due_first_and_no_more_than_is_open() -> None:
    instalments = [
        OpenInstalment(UUID(int=1), ON, Decimal(30), Decimal("25.00")),
        OpenInstalment(UUID(int=2), ON, Decimal(70), Decimal("58.33")),
    ]

    offs = set_off(DualAmount(Decimal(50), Decimal("41.67")), instalments, "EUR")

    assert [(one.item_id.int, one.amount, one.base_amount) for one in offs] == [
        (1, Decimal(30), Decimal("25.00")),
        (2, Decimal(20), Decimal("16.67")),
    ]
    assert sum(one.claimed_base for one in offs) == Decimal("41.67")


def test_no_more_is_left_than_had_come_of_what_is_billed() -> None:
    assert left_of(Decimal(10), Decimal(8), Decimal("10.00"), Decimal("3.00"), "EUR") == Decimal("5.00")


def test_a_discount_goes_down_in_proportion() -> None:
    whole = Discount(ON, Decimal("47.60"), Decimal("0.80"), (TaxShare(1, "1570", Decimal("0.15")),))

    left = discount_left(whole, Decimal("23.80"), "EUR")

    assert (left.on_amount, left.net_amount) == (Decimal("23.80"), Decimal("0.40"))
    assert left.taxes == (TaxShare(1, "1570", Decimal("0.08")),)


def test_the_supplier_credits_what_is_claimed_or_it_is_refused_with_the_amount() -> None:
    check_confirms("DN-1", Decimal("19.04"), Decimal("19.04"), "EUR")
    with pytest.raises(NotWhatIsClaimed, match=r"claims 19\.04 EUR"):
        check_confirms("DN-1", Decimal("19.04"), Decimal("19.00"), "EUR")
