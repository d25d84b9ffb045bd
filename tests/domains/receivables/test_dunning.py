"""When a letter is due and what interest comes to, computed by hand.

Interest by days of a year of 365: 10,000.00 at 9 % for 73 days, a fifth of the year, is 180.00.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from domains.receivables.messages import DunningLevel, DunningState, LevelText, PutDunningProcedure
from domains.receivables.rules import dunning as rules
from domains.receivables.rules.dunning import OpenPosition, PositionKind, Standing
from foundation.values.errors import Invalid

DUE = date(2026, 3, 1)
TEXTS = (LevelText(language="en", title="Reminder", text="Please pay."),)
LEVELS = [DunningLevel(days_overdue=days, texts=TEXTS) for days in (7, 21)]
FRESH = Standing(begun_on=DUE)


def a_position(amount: str = "100.00", **changes: Any) -> OpenPosition:
    """An invoice that fell due on the first of March."""
    known: dict[str, Any] = {"kind": PositionKind.INVOICE, "document_number": "INV-1", "document_on": DUE}
    known |= {"due_on": DUE, "currency": "EUR", "open_amount": Decimal(amount)}
    return OpenPosition(item_id=uuid4(), **known | {"base_open_amount": Decimal(amount)} | changes)


@pytest.mark.parametrize(
    ("amount", "percent", "days", "expected"),
    [
        ("10000.00", "9", 73, "180.00"),
        ("119.00", "9", 35, "1.03"),
        ("1000.00", "8.5", 50, "11.64"),
        ("100.00", "0", 365, "0.00"),
        ("100.00", "9", -3, "0.00"),
    ],
)
def test_interest_is_simple_and_by_the_day(amount: str, percent: str, days: int, expected: str) -> None:
    assert rules.interest(Decimal(amount), Decimal(percent), days, "EUR") == Decimal(expected)


@pytest.mark.parametrize(
    ("day", "standing", "expected"),
    [
        (7, FRESH, (DunningState.WAITING, 8)),
        (8, FRESH, (DunningState.DUE, 8)),
        (20, replace(FRESH, level=1, last_letter_on=date(2026, 3, 18)), (DunningState.WAITING, 25)),
        (22, replace(FRESH, level=1, last_letter_on=date(2026, 3, 8)), (DunningState.DUE, 22)),
        (23, replace(FRESH, promised_until=date(2026, 3, 23)), (DunningState.PROMISED, 24)),
        (24, replace(FRESH, promised_until=date(2026, 3, 23)), (DunningState.DUE, 24)),
        (24, replace(FRESH, is_disputed=True), (DunningState.DISPUTED, None)),
        (24, replace(FRESH, level=2, last_letter_on=date(2026, 3, 22)), (DunningState.LAST_LEVEL, None)),
        (1, FRESH, (DunningState.PAID, None)),
        (24, replace(FRESH, has_ended=True), (DunningState.ENDED, None)),
    ],
)
def test_what_a_dunning_waits_for(day: int, standing: Standing, expected: tuple[Any, int | None]) -> None:
    state, next_on = rules.review(LEVELS, standing, [a_position()], date(2026, 3, day))

    assert (state, next_on.day if next_on else None) == expected


def test_only_invoices_that_are_not_covered_make_a_letter_due() -> None:
    on = DUE + timedelta(days=30)
    covered = a_position("-100.00", kind=PositionKind.ON_ACCOUNT)
    in_dollars = a_position("-500.00", kind=PositionKind.ON_ACCOUNT, currency="USD")
    held = a_position(hold="disputed")

    assert rules.demanded([a_position(), covered], on) == []
    assert len(rules.demanded([a_position(), in_dollars], on)) == 1
    assert rules.demanded([a_position(kind=PositionKind.CHARGE)], on) == []
    assert rules.review(LEVELS, FRESH, [held], on) == (DunningState.DISPUTED, None)
    assert rules.review([], FRESH, [a_position()], on) == (DunningState.EXCLUDED, None)


def test_each_currency_has_its_letter_and_the_fee_is_charged_once_at_the_days_rate() -> None:
    level = DunningLevel(days_overdue=7, fee_amount=Decimal("5.00"), texts=TEXTS)
    positions = [a_position(), a_position(currency="USD")]
    rates = {"EUR": Decimal(1), "USD": Decimal("1.20")}

    def fees(own_currency: str) -> dict[str, Decimal]:
        letters = rules.letters(level, positions, date(2026, 4, 1), rates=rates, own_currency=own_currency)
        return {letter.currency: letter.fee_amount for letter in letters}

    assert fees("EUR") == {"EUR": Decimal("5.00"), "USD": Decimal(0)}
    assert fees("USD") == {"EUR": Decimal(0), "USD": Decimal("6.00")}


def test_a_procedures_levels_come_one_after_the_other_and_a_customer_has_one_procedure() -> None:
    levels = (LEVELS[1], LEVELS[0])
    procedure = PutDunningProcedure(code="P", name="P", customers=("A", "B", "C"), levels=levels)

    with pytest.raises(Invalid) as refused:
        rules.check_procedure(procedure, known={"A", "B"}, elsewhere={"B": "OTHER"})

    assert [error.field for error in refused.value.errors] == [
        "levels.1.days_overdue",
        "customers.1",
        "customers.2",
    ]
