"""What is agreed with a customer while its letter is being written: whoever comes first is heeded."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from activities.ledger import payments
from activities.receivables import dunning, dunning_procedures
from domains.receivables.messages import (
    CustomerReminded,
    DisputeDunning,
    DunningState,
    EndDunning,
    LoadDunningProcedure,
    PromiseDunning,
    RemindCustomer,
    ResumeDunning,
)
from domains.receivables.tables.dunning import Dunning, DunningLetter
from foundation.database.connections import database
from foundation.operations.operation import Operation
from tests.builders.finance import CUSTOMER, Accountant, a_line, a_payment
from tests.overlap import Asked, overlapping

FIRST_LETTER = date(2026, 4, 8)
"""Seven days after the invoices of `A_DAY` were due."""
SECOND_LETTER = date(2026, 4, 22)
PROMISED = date(2026, 4, 30)
WHY = "we talked on the phone"


class Dunned:
    """A customer that was reminded once of an invoice over 100, and is to be reminded again."""

    def __init__(self, accountant: Accountant) -> None:
        self.accountant = accountant
        self.invoice_id = self.dunning_id = UUID(int=0)

    async def begin(self) -> "Dunned":
        """The first letter is written."""
        await dunning_procedures.load_dunning_procedure(self.accountant.call(), LoadDunningProcedure())
        invoice = await self.accountant.bill(a_line(1, "100"))
        self.invoice_id = invoice.invoice_id
        begun = RemindCustomer(
            customer_code=CUSTOMER, on=FIRST_LETTER, first_item_id=invoice.invoice_id, today=FIRST_LETTER
        )
        reminded = await dunning.remind_customer(self.accountant.call(), begun)
        assert (reminded.level, len(reminded.letters)) == (1, 1)
        assert reminded.dunning_id is not None
        self.dunning_id = reminded.dunning_id
        return self

    def the_next_letter(self) -> Asked:
        """The second letter, which is due."""
        remind = RemindCustomer(customer_code=CUSTOMER, on=SECOND_LETTER, today=SECOND_LETTER)
        return Asked(dunning.remind_customer, self.accountant.call(), remind)

    def agreed(self, what: str) -> Asked:
        """What is agreed with the customer."""
        of: dict[str, Any] = {"dunning_id": self.dunning_id}
        stop = {"ended_on": SECOND_LETTER, "outcome": "stopped", "reason": WHY}
        agreements: dict[str, tuple[Operation[Any, Any], Any]] = {
            "a promise": (
                dunning.promise_dunning,
                PromiseDunning(**of, until=PROMISED, on=SECOND_LETTER),
            ),
            "a dispute": (dunning.dispute_dunning, DisputeDunning(**of, reason=WHY)),
            "a dispute of the invoice": (
                dunning.dispute_dunning,
                DisputeDunning(**of, reason=WHY, invoice_id=self.invoice_id),
            ),
            "a stop": (dunning.end_dunning, EndDunning(**of, **stop)),
            "a settled dispute": (dunning.resume_dunning, ResumeDunning(**of, reason=WHY)),
        }
        operation, command = agreements[what]
        return Asked(operation, self.accountant.call(), command)

    async def now(self) -> tuple[Any, list[int]]:
        """How the dunning stands, and the levels of its letters."""
        async with database().read(self.accountant.caller.company) as tx:
            letters = select(DunningLetter.level).where(DunningLetter.dunning_id == self.dunning_id)
            levels = await tx.scalars(letters.order_by(DunningLetter.level))
            return await tx.get(Dunning, self.dunning_id), levels


@pytest.fixture
async def dunned(accountant: Accountant) -> Dunned:
    """A customer that is being reminded."""
    return await Dunned(accountant).begin()


def agrees(now: Any, what: str) -> bool:
    """Whether what was agreed still stands."""
    match what:
        case "a promise":
            return bool(now.promised_until == PROMISED)
        case "a dispute":
            return bool(now.disputed_because == WHY)
        case "a stop":
            return (now.outcome, now.ended_because) == ("stopped", WHY)
        case _:
            return True


@pytest.mark.parametrize(
    ("what", "state"),
    [
        ("a promise", DunningState.PROMISED),
        ("a dispute", DunningState.DISPUTED),
        ("a dispute of the invoice", DunningState.DISPUTED),
        ("a stop", DunningState.PAID),
    ],
)
async def test_a_letter_is_not_written_over_what_was_agreed_just_before(
    dunned: Dunned, monkeypatch: pytest.MonkeyPatch, what: str, state: DunningState
) -> None:
    reminded: CustomerReminded
    _, reminded = await overlapping(monkeypatch, dunned.agreed(what), dunned.the_next_letter())

    assert (reminded.letters, reminded.state) == ((), state)
    now, levels = await dunned.now()
    assert (now.level, now.last_letter_on, levels) == (1, FIRST_LETTER, [1])
    assert agrees(now, what)
    await dunned.accountant.everything_agrees()


@pytest.mark.parametrize("what", ["a promise", "a dispute", "a dispute of the invoice", "a stop"])
async def test_what_is_agreed_just_after_a_letter_stands_and_so_does_the_letter(
    dunned: Dunned, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    reminded: CustomerReminded
    reminded, _ = await overlapping(monkeypatch, dunned.the_next_letter(), dunned.agreed(what))

    assert (reminded.level, len(reminded.letters)) == (2, 1)
    now, levels = await dunned.now()
    assert (now.level, now.last_letter_on, levels) == (2, SECOND_LETTER, [1, 2])
    assert agrees(now, what)
    after = await dunned.the_next_letter().answer()
    assert after.letters == ()
    await dunned.accountant.everything_agrees()


async def test_a_letter_is_written_when_the_dispute_was_settled_just_before(
    dunned: Dunned, monkeypatch: pytest.MonkeyPatch
) -> None:
    await dunned.agreed("a dispute").answer()

    _, reminded = await overlapping(monkeypatch, dunned.agreed("a settled dispute"), dunned.the_next_letter())

    assert (reminded.level, len(reminded.letters)) == (2, 1)


async def test_a_letter_counts_the_money_that_a_payment_has_just_left_on_account(
    dunned: Dunned, monkeypatch: pytest.MonkeyPatch
) -> None:
    await dunned.accountant.bill(a_line(1, "80"))
    paid = a_payment("180", invoice_id=dunned.invoice_id, received_on=SECOND_LETTER)
    pays = Asked(payments.post_payment, dunned.accountant.call(), paid)

    payment, reminded = await overlapping(monkeypatch, pays, dunned.the_next_letter())

    assert payment.on_account_amount == 80
    assert (reminded.letters, reminded.state) == ((), DunningState.PAID)


async def test_two_runs_at_once_remind_a_customer_once(
    dunned: Dunned, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await overlapping(monkeypatch, dunned.the_next_letter(), dunned.the_next_letter())

    assert (first.level, len(first.letters), second.letters) == (2, 1, ())
    now, levels = await dunned.now()
    assert (now.level, levels) == (2, [1, 2])
    await dunned.accountant.everything_agrees()
