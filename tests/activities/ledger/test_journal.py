"""The journal: entries of people, and how they are taken back."""

import asyncio
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from activities.ledger import journal
from domains.ledger.messages import EntryLine
from domains.ledger.rules.journal import NotPostable, PeriodLocked, Unbalanced
from domains.ledger.rules.reversals import ReversedAlready
from foundation.values.errors import Invalid, NotFound
from tests.builders.finance import Accountant, a_line, amounts, an_entry, figures

CAPITAL = (("1400", "25000"), ("3000", "-25000"))


async def test_an_entry_is_posted_and_numbered(accountant: Accountant) -> None:
    entry = an_entry(*CAPITAL)
    posted = await accountant.post(entry)

    (seen,) = await accountant.entries()
    assert posted.entry_number == seen.entry_number == "JE-2026-000001"
    assert (seen.entry_id, seen.currency, seen.fiscal_year) == (entry.entry_id, "EUR", "2026")
    assert await accountant.balances() == {"bank": Decimal(25000), "3000": Decimal(-25000)}


async def test_the_same_key_twice_is_one_entry(accountant: Accountant) -> None:
    entry = an_entry(*CAPITAL)

    first = await journal.post_entry(accountant.call("a key"), entry)
    again = await journal.post_entry(accountant.call("a key"), entry)

    assert first == again
    assert len(await accountant.entries()) == 1


async def test_an_entry_in_another_currency_is_converted_at_the_day_s_rate(accountant: Accountant) -> None:
    await accountant.rate("USD", "1.20")

    await accountant.post(
        an_entry(("1400", "10"), ("6400", "10"), ("6430", "10"), ("3000", "-30"), currency="USD")
    )

    (entry,) = await accountant.entries()
    assert [line.base_amount for line in entry.lines] == figures("8.33", "8.33", "8.33", "-25", "0.01")
    assert (entry.lines[-1].account_code, entry.lines[-1].amount) == ("6710", Decimal(0))


async def test_a_wrong_entry_is_refused_with_everything_that_is_wrong_with_it(accountant: Accountant) -> None:
    await accountant.account("6900", kind="expense", blocked=True)

    with pytest.raises(Invalid) as refused:
        await accountant.post(an_entry(("GHOST", 1), ("6900", -1), ("1400", "0.001"), ("1400", "-0.001")))
    with pytest.raises(Unbalanced, match=r"differ by 1\.00 EUR"):
        await accountant.post(an_entry(("1400", "2.00"), ("3000", "-1.00")))
    with pytest.raises(Unbalanced, match="move something"):
        await accountant.post(an_entry(("1400", 0), ("3000", 0)))

    assert [error.field for error in refused.value.errors] == [
        "lines.0.account_code",
        "lines.1.account_code",
        "lines.2.amount",
        "lines.3.amount",
    ]
    assert await accountant.entries() == []


async def test_an_entry_that_does_not_balance_in_the_company_s_currency_is_refused(
    accountant: Accountant,
) -> None:
    await accountant.rate("USD", "1.20")
    lines = (
        EntryLine(account_code="1400", amount=Decimal(12), base_amount=Decimal(10)),
        EntryLine(account_code="3000", amount=Decimal(-12), base_amount=Decimal("-9.99")),
    )

    with pytest.raises(Unbalanced, match=r"0\.01 EUR"):
        await accountant.post(an_entry(lines=lines, currency="USD"))


async def test_an_entry_is_taken_back_by_its_mirror_image_once(accountant: Accountant) -> None:
    entry = an_entry(*CAPITAL)
    posted = await accountant.post(entry)

    await accountant.reverse(entry.entry_id, on=date(2026, 4, 1))

    original, mirror = await accountant.entries()
    assert amounts(mirror) == {code: -amount for code, amount in amounts(original).items()}
    assert (mirror.reverses_id, mirror.posted_on) == (entry.entry_id, date(2026, 4, 1))
    assert mirror.text == f"Reversal of {posted.entry_number}: wrong"
    assert await accountant.balances() == {}
    with pytest.raises(ReversedAlready, match="reversed already, by RV-2026-000001"):
        await accountant.reverse(entry.entry_id)


async def test_of_many_who_take_an_entry_back_at_once_one_is_told(accountant: Accountant) -> None:
    entries = [an_entry(*CAPITAL) for _ in range(12)]
    await asyncio.gather(*(accountant.post(entry) for entry in entries))

    answers = await asyncio.gather(
        *(accountant.reverse(entries[0].entry_id) for _ in entries), return_exceptions=True
    )

    assert (
        sorted(type(answer).__name__ for answer in answers) == ["DocumentReversed"] + ["ReversedAlready"] * 11
    )
    assert (await accountant.balances())["bank"] == 11 * 25000


async def test_a_document_s_entry_an_unknown_one_or_a_closed_day_is_refused(accountant: Accountant) -> None:
    await accountant.bill(a_line(1, "1"))
    (of_invoice,) = await accountant.entries("invoice")
    mine = an_entry(*CAPITAL)
    await accountant.post(mine)

    with pytest.raises(NotFound, match="no journal entry"):
        await accountant.reverse(of_invoice.entry_id)
    with pytest.raises(NotFound):
        await accountant.reverse(uuid4())
    await accountant.account("3000", kind="equity", blocked=True)
    with pytest.raises(NotPostable, match="3000 is blocked"):
        await accountant.reverse(mine.entry_id)
    await accountant.year(2026, locked_through=date(2026, 3, 31))
    with pytest.raises(PeriodLocked):
        await accountant.reverse(mine.entry_id)


async def test_fifty_entries_at_once_get_fifty_numbers_without_a_gap(accountant: Accountant) -> None:
    turn = asyncio.Semaphore(16)

    async def post(number: int) -> None:
        async with turn:
            if number % 5:
                await accountant.post(an_entry(*CAPITAL))
            else:
                with pytest.raises(Invalid):
                    await accountant.post(an_entry(("GHOST", 1), ("3000", -1)))

    await asyncio.gather(*(post(number) for number in range(50)))

    numbers = [entry.entry_number for entry in await accountant.entries()]
    assert numbers == [f"JE-2026-{number:06d}" for number in range(1, 41)]
