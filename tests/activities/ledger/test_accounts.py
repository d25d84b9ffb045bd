"""The chart of accounts, fiscal years and their locks."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from activities.ledger import accounts, journal
from activities.ledger.accounts import AccountHasPostings, YearHasEntries, YearsOverlap
from domains.ledger.messages import LoadChart, PutAccount, declared_roles
from domains.ledger.rules.journal import NoFiscalYear, PeriodLocked
from foundation.values.errors import Invalid
from tests.builders.finance import Accountant, a_line, an_entry
from tests.overlap import Asked, overlapping

MOVE = (("1400", 1), ("3000", -1))


async def test_the_template_has_about_sixty_accounts_and_one_for_every_role(accountant: Accountant) -> None:
    again = await accounts.load_chart(accountant.call(), LoadChart())

    assert again.added == 0
    template = accounts.TEMPLATE.read_text(encoding="utf-8").splitlines()[1:]
    assert 55 <= len(template) <= 75
    # Tests declare roles of their own.
    ours = {role.value for role in declared_roles().values() if type(role).__module__.startswith("domains.")}
    assert {row.rpartition(",")[2] for row in template} - {""} == ours


async def test_loading_the_template_leaves_accounts_as_they_are(accountant: Accountant) -> None:
    await accountant.account("1400", name="House bank", role="bank")

    await accounts.load_chart(accountant.call(), LoadChart())
    await accountant.account("1401", name="Second bank")
    with pytest.raises(Invalid, match="account 1400 has the role bank"):
        await accountant.account("1401", name="Second bank", role="bank")


async def test_fiscal_years_do_not_overlap(accountant: Accountant) -> None:
    with pytest.raises(YearsOverlap, match="2026"):
        await accountant.year(2026, code="26", starts_on=date(2026, 12, 31), ends_on=date(2027, 12, 30))
    with pytest.raises(Invalid, match="before the year starts"):
        await accountant.year(2027, ends_on=date(2026, 12, 31), starts_on=date(2027, 1, 1))


async def test_years_opened_at_once_do_not_overlap_either(accountant: Accountant) -> None:
    await asyncio.gather(*(accountant.balances() for _ in range(12)))  # Everybody has a connection.
    opened = await asyncio.gather(
        *(accountant.year(2027, code=f"27-{number}") for number in range(12)), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in opened) == ["NoneType", *["YearsOverlap"] * 11]


async def test_nothing_is_posted_outside_every_year_or_behind_a_lock(accountant: Accountant) -> None:
    await accountant.year(2026, locked_through=date(2026, 1, 31))

    with pytest.raises(NoFiscalYear, match="2025-12-31"):
        await accountant.post(an_entry(*MOVE, posted_on=date(2025, 12, 31)))
    with pytest.raises(PeriodLocked, match="2026 is locked through 2026-01-31"):
        await accountant.post(an_entry(*MOVE, posted_on=date(2026, 1, 31)))
    with pytest.raises(PeriodLocked):
        await accountant.bill(a_line(1, "1"), invoiced_on=date(2026, 1, 2))
    with pytest.raises(PeriodLocked):
        await accountant.receive("1", received_on=date(2026, 1, 2))
    await accountant.post(an_entry(*MOVE, posted_on=date(2026, 2, 1)))


async def test_a_lock_can_be_moved_and_lies_in_its_year(accountant: Accountant) -> None:
    await accountant.year(2026, locked_through=date(2026, 1, 31))
    await accountant.year(2026, locked_through=None)

    await accountant.post(an_entry(*MOVE, posted_on=date(2026, 1, 2)))
    with pytest.raises(Invalid, match="not a day of the fiscal year"):
        await accountant.year(2026, locked_through=date(2027, 1, 1))


async def test_a_year_keeps_the_days_on_which_something_was_posted(accountant: Accountant) -> None:
    await accountant.post(an_entry(*MOVE, posted_on=date(2026, 12, 31)))

    with pytest.raises(YearHasEntries, match="JE-2026-000001"):
        await accountant.year(2026, ends_on=date(2026, 12, 30))


async def test_what_is_just_being_posted_on_an_account_keeps_its_meaning(
    accountant: Accountant, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accountant.account("1999")
    entry = an_entry(("1999", 1), ("3000", -1))
    posts = Asked(journal.post_entry, accountant.call(), entry)
    expense = PutAccount.model_validate({"code": "1999", "name": "1999", "kind": "expense"})
    changes = Asked(accounts.put_account, accountant.call(), expense)

    with pytest.raises(AccountHasPostings, match="it stays of the kind asset"):
        await overlapping(monkeypatch, posts, changes, has_written=True)


async def test_a_period_closed_while_documents_are_posted_holds_no_entry_made_after_it(
    accountant: Accountant,
) -> None:
    async def post() -> bool:
        try:
            await accountant.post(an_entry(*MOVE, posted_on=date(2026, 1, 31)))
        except PeriodLocked:
            return False
        return True

    async def lock() -> Decimal:
        await asyncio.sleep(0.02)
        await accountant.year(2026, locked_through=date(2026, 1, 31))
        return (await accountant.balances()).get("bank", Decimal(0))

    posted = [asyncio.ensure_future(post()) for _ in range(40)]
    when_closed = await lock()
    answers = await asyncio.gather(*posted)

    assert (await accountant.balances()).get("bank", 0) == when_closed == sum(answers)
