"""Statements in OFX whose balance is of another day than the end of what they list."""

from datetime import date
from decimal import Decimal

import pytest

from domains.banking.rules.statements import BalanceDiffers, LastStatement, StatementMissing, check_follows
from tests.domains.banking.test_files import OFX_1, one

LATER = OFX_1.replace("<DTASOF>20260331", "<DTASOF>20260415120000")
"""Its lines are until the end of March, and its balance is that of 15 April."""
EARLIER = OFX_1.replace("<DTASOF>20260331", "<DTASOF>20260320")
"""Its balance is of the day before its last line."""


def before(closing: str) -> LastStatement:
    """The last statement of the account."""
    return LastStatement("GIRO-000001", None, 1, date(2026, 2, 28), Decimal(closing))


def test_a_later_balance_makes_the_statement_no_longer_than_its_period() -> None:
    statement = one(LATER)

    assert (statement.from_on, statement.until_on) == (date(2026, 3, 1), date(2026, 3, 31))
    assert one(OFX_1.replace("<DTEND>20260331", "")).until_on == date(2026, 3, 31)


@pytest.mark.parametrize("content", [LATER, EARLIER])
def test_a_balance_of_another_day_is_proven_by_the_statement_before_it_alone(content: str) -> None:
    statement = one(content)

    check_follows(statement, before("500.00"), consecutive_numbers=True)
    with pytest.raises(StatementMissing):
        check_follows(statement, before("499.00"), consecutive_numbers=True)
    with pytest.raises(BalanceDiffers, match="closing_amount"):
        check_follows(statement, None, consecutive_numbers=True)


def test_whoever_imports_it_may_say_what_the_balance_was_at_its_end() -> None:
    statement = one(LATER, closing="600.00")

    check_follows(statement, None, consecutive_numbers=True)
    assert (statement.opening_amount, statement.closing_amount) == (Decimal("482.50"), Decimal("600.00"))
    assert one(OFX_1, closing="600.00").closing_amount == Decimal("617.50"), "its own is of its last day"


@pytest.mark.parametrize("as_of", ["20260331", "20260325", "20260321"])
def test_the_balance_of_a_day_after_which_nothing_was_booked_is_that_of_the_end(as_of: str) -> None:
    statement = one(OFX_1.replace("<DTASOF>20260331", f"<DTASOF>{as_of}"))

    check_follows(statement, None, consecutive_numbers=True)
    assert statement.until_on == date(2026, 3, int(as_of[-2:]))
