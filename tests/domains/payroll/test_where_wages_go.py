"""Net pay goes to the accounts that the payslip says, as long as the person has them."""

from decimal import Decimal
from uuid import UUID

import pytest

from domains.payroll.messages.payslips import PaidTo
from domains.payroll.messages.records import PayAccount
from domains.payroll.rules.wages import account_now, parts_of

OLD, NEW, SAVINGS = "DE02120300000000202051", "DE89370400440532013000", "DE75512108001245126199"
SLIP = UUID("6c1f5b1e-0d0a-4b43-9a53-1f1a7a0f8a11")


def accounts(*ibans: str) -> tuple[PayAccount, ...]:
    return tuple(PayAccount(iban=iban, bic="NEWDEFFXXX") for iban in ibans)


@pytest.mark.parametrize(
    ("known", "goes_to"),
    [
        ((), (OLD, "OLDDEFFXXX")),
        ((OLD,), (OLD, "OLDDEFFXXX")),
        ((OLD, NEW), (OLD, "OLDDEFFXXX")),
        ((SAVINGS, NEW), (NEW, "NEWDEFFXXX")),
    ],
)
def test_the_account_is_the_payslips_as_long_as_the_person_has_it(
    known: tuple[str, ...], goes_to: tuple[str, str]
) -> None:
    paid_to = PaidTo(iban=OLD, bic="OLDDEFFXXX", amount=Decimal("10.00"))

    assert account_now(paid_to, accounts(*known)) == goes_to


def test_parts_keep_their_places_and_say_where_else_they_went() -> None:
    said = [PaidTo(iban=one, amount=Decimal(amount)) for one, amount in ((SAVINGS, "0.00"), (OLD, "10.00"))]

    (part,) = parts_of(SLIP, "PY-000001-E-1", ("E-1", "Erna"), said, accounts(SAVINGS, NEW))

    assert (part.place, part.amount, part.iban, part.iban_before) == (2, Decimal("10.00"), NEW, OLD)
