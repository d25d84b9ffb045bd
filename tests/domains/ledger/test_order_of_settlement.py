"""Which of several invoices money settles first: the oldest due, and of one day the lowest number."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from tests.domains.ledger.test_settlement import DAY, an_open_invoice, settled_by

INVOICES = (
    an_open_invoice("INV-9", due_on=DAY - timedelta(days=3)),
    an_open_invoice("INV-1", due_on=DAY),
    an_open_invoice("INV-2", due_on=DAY),
    an_open_invoice("INV-0", due_on=date(2026, 5, 1)),
)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_oldest_due_is_settled_first_and_of_one_day_the_lowest_number(order: tuple[int, ...]) -> None:
    settlement = settled_by("350", *(INVOICES[place] for place in order))

    assert [one.document.number for one in settlement.settled] == ["INV-9", "INV-1", "INV-2", "INV-0"]
    assert [one.amount for one in settlement.settled] == [100, 100, 100, 50]
