"""Which wages a payment run pays, and which of them it leaves out when it is released."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from domains.banking.messages.payment_runs import RunInvoiceStatus, RunPaymentState
from domains.banking.rules.payment_runs import RunLine
from domains.banking.rules.wages import how_far, why_not_paid
from domains.ledger.messages.wages import WagePart

SLIP = UUID("6c1f5b1e-0d0a-4b43-9a53-1f1a7a0f8a11")
IBAN, OTHER = "DE02120300000000202051", "DE89370400440532013000"
TODAY = date(2026, 3, 31)


def a_part(iban: str = IBAN) -> WagePart:
    return WagePart(SLIP, "PY-000001-E-1", 1, "E-1", "Erna", Decimal("10.00"), iban, "")


LINE = RunLine(
    invoice_id=SLIP,
    supplier_code="E-1",
    iban=IBAN,
    bic="",
    open_amount=Decimal("10.00"),
    amount=Decimal("10.00"),
    discount_amount=Decimal(0),
    status=RunInvoiceStatus.INCLUDED,
    left_out_because="",
)


@pytest.mark.parametrize(
    ("part", "open_amount", "since", "because"),
    [
        (a_part(), "10.00", TODAY, None),
        (a_part(), "25.00", TODAY, None),
        (a_part(), "9.99", TODAY, "not_open"),
        (None, "10.00", TODAY, "not_open"),
        (a_part(OTHER), "10.00", TODAY, "bank_account_changed"),
        (a_part(), "10.00", date(2026, 4, 1), "too_early"),
    ],
)
def test_what_has_changed_since_is_left_out(
    part: WagePart | None, open_amount: str, since: date, because: str | None
) -> None:
    assert why_not_paid(LINE, part, Decimal(open_amount), since, TODAY) == because


def test_what_did_not_arrive_is_open_again() -> None:
    states: dict[RunPaymentState | None, str] = {one: how_far(one).value for one in RunPaymentState}

    again = {one for one, state in states.items() if state == "open"}
    assert again == {RunPaymentState.REJECTED, RunPaymentState.RETURNED, RunPaymentState.TAKEN_BACK}
    assert how_far(None) == "open"
