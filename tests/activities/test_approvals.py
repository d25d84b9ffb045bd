"""The last word about an approval: the operation that writes a decision down, and the table itself."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from asyncpg import PostgresError
from sqlalchemy import insert, text

from activities import approvals, identity
from domains.identity.messages import ALL_COMPANIES, GrantDelegation, IssueApiKey, RevokeDelegation
from domains.identity.rules import DecidesOnce, FourEyes, MayNotDecide
from foundation.database.connections import Database, rows_of
from foundation.database.tables import ApprovalState
from foundation.process.approval_messages import (
    ApprovalDecided,
    AskNextLevel,
    ContentNotNamed,
    NextLevelAsked,
    NothingToDecide,
    OtherContent,
    RecordDecision,
    RemindOfApproval,
    WithdrawApproval,
)
from foundation.values.errors import BusinessError
from foundation.values.messages import Call, Caller

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
async def approval(database: Database, company: str) -> AsyncIterator[UUID]:
    """Something that Sam asked a credit manager for."""
    approval_id = uuid4()
    row = {"id": approval_id, "process_id": f"{company}/test/1", "subject": "credit", "requested_by": "Sam"}
    row |= {"role": "credit manager", "status": "open", "requested_at": NOW, "remind_at": NOW}
    row |= {"matter": approval_id, "levels": 2}
    async with database.transaction() as tx:
        await tx.execute(text("SELECT set_config('perpetual.company', :c, true)"), {"c": company})
        await tx.execute(insert(rows_of(ApprovalState)).values(row))
    yield approval_id


async def decide(
    caller: Caller, approval: UUID, actor: str, *roles: str, yes: bool = True, content_hash: str = ""
) -> ApprovalDecided:
    """A decision, as a process hands it on."""
    by = caller.model_copy(update={"actor": actor})
    decision = RecordDecision(
        approval_id=approval, approved=yes, roles=roles, by=by, at=NOW, content_hash=content_hash
    )
    return await approvals.decide(Call.direct(by, str(uuid4())), decision)


async def hire(company: str, actor: str, *roles: str) -> None:
    """Somebody with a key."""
    key = IssueApiKey(
        actor=actor, companies=(company,), roles=roles, key_hash=uuid4().hex, issuer_has=("administrator",)
    )
    caller = Caller(company=ALL_COMPANIES, actor="a tester", correlation_id="-")
    await identity.issue_api_key(Call.direct(caller, str(uuid4())), key)


async def delegated(caller: Caller, giver: str, receiver: str) -> UUID:
    """The giver lets the receiver decide, for a day."""
    grant = GrantDelegation(
        delegation_id=uuid4(),
        from_actor=giver,
        to_actor=receiver,
        role="credit manager",
        valid_until=datetime.now(UTC) + timedelta(days=1),
        granted_by=giver,
        may_for_others=False,
    )
    await identity.grant_delegation(Call.direct(caller, str(uuid4())), grant)
    return grant.delegation_id


async def test_the_operation_itself_asks_who_may_decide(caller: Caller, company: str, approval: UUID) -> None:
    await hire(company, "Clara", "credit manager")
    await hire(company, "Dora", "viewer")
    delegation = await delegated(caller, "Clara", "Dora")
    refusals: list[tuple[str, str, type[BusinessError]]] = [
        ("Sam", "credit manager", FourEyes),
        ("Walt", "warehouse", MayNotDecide),
    ]
    for actor, role, refusal in refusals:
        with pytest.raises(refusal):
            await decide(caller, approval, actor, role)

    revoke = RevokeDelegation(delegation_id=delegation, revoked_by="Clara", may_for_others=False)
    await identity.revoke_delegation(Call.direct(caller, str(uuid4())), revoke)
    with pytest.raises(MayNotDecide):
        await decide(caller, approval, "Dora", "viewer")
    await delegated(caller, "Clara", "Dora")
    decided = await decide(caller, approval, "Dora", "viewer")

    assert (decided.by.actor, decided.on_behalf_of) == ("Dora", "Clara")
    # What was decided stays, and whoever asks later is told of it.
    late = await decide(caller, approval, "Clara", "credit manager", yes=False)
    assert (late.approved, late.by.actor, late.on_behalf_of) == (True, "Dora", "Clara")


async def test_a_delegation_ends_with_the_role_of_who_gave_it(
    database: Database, caller: Caller, company: str, approval: UUID
) -> None:
    await hire(company, "Clara", "credit manager")
    await hire(company, "Dora", "viewer")
    await delegated(caller, "Clara", "Dora")

    async with database.transaction() as tx:
        await tx.execute(text("SELECT set_config('perpetual.company', '*', true)"))
        taken = text(
            "UPDATE identity.api_key SET revoked_at = now() WHERE actor = 'Clara' AND :c = ANY(companies)"
        )
        await tx.execute(taken, {"c": company})

    with pytest.raises(MayNotDecide):
        await decide(caller, approval, "Dora", "viewer")


async def test_what_is_decided_is_neither_reminded_of_nor_withdrawn(caller: Caller, approval: UUID) -> None:
    await decide(caller, approval, "Clara", "credit manager")
    remind = RemindOfApproval(approval_id=approval, number=1, at=NOW, remind_at=NOW)
    withdraw = WithdrawApproval(approval_id=approval, reason="late")

    reminded = await approvals.remind(Call.direct(caller, str(uuid4())), remind)
    withdrawn = await approvals.withdraw(Call.direct(caller, str(uuid4())), withdraw)

    assert (reminded.status, reminded.reminders, withdrawn.status) == ("approved", 0, "approved")


async def test_what_was_read_is_what_is_decided(
    caller: Caller, company: str, database: Database, approval: UUID
) -> None:
    asked = another_of(await row_of(database, company, approval), content_hash="abc")
    await add(database, company, asked)

    for read in ("abd", "ABC"):
        with pytest.raises(OtherContent):
            await decide(caller, asked["id"], "Clara", "credit manager", content_hash=read)
    assert (await decide(caller, asked["id"], "Clara", "credit manager", content_hash="abc")).approved
    # The other one of the matter is hers no more; somebody who has read nothing decides about it.
    assert (await decide(caller, approval, "Carl", "credit manager")).approved


async def test_what_must_be_read_is_approved_by_its_hash_only(
    caller: Caller, company: str, database: Database, approval: UUID
) -> None:
    must = {"content_hash": "abc", "must_be_read": True}
    asked, other = [another_of(await row_of(database, company, approval), **must) for _ in range(2)]
    for row in (asked, other):
        await add(database, company, row)

    with pytest.raises(ContentNotNamed):
        await decide(caller, asked["id"], "Clara", "credit manager")
    assert (await decide(caller, asked["id"], "Clara", "credit manager", content_hash="abc")).approved
    assert not (await decide(caller, other["id"], "Carl", "credit manager", yes=False)).approved


async def test_nobody_has_two_voices_in_a_matter_nor_lends_one_that_is_used(
    caller: Caller, company: str, database: Database, approval: UUID
) -> None:
    await hire(company, "Clara", "credit manager")
    await hire(company, "Dora", "viewer")
    await delegated(caller, "Clara", "Dora")
    second = another_of(await row_of(database, company, approval), level=2)
    await add(database, company, second)

    await decide(caller, approval, "Dora", "viewer")

    for actor, role in (("Dora", "credit manager"), ("Clara", "credit manager")):
        with pytest.raises(DecidesOnce):
            await decide(caller, second["id"], actor, role)
    assert (await decide(caller, second["id"], "Carl", "credit manager")).by.actor == "Carl"


@pytest.mark.parametrize(
    "change",
    [
        "decided_by = 'Dora'",
        "decided_by = 'Clara'",
        "decided_by = 'Carl', on_behalf_of = 'Dora'",
        "decided_by = 'Carl', on_behalf_of = 'Clara'",
    ],
)
async def test_the_table_refuses_a_second_voice(
    caller: Caller, database: Database, company: str, approval: UUID, change: str
) -> None:
    second = another_of(await row_of(database, company, approval), level=2)
    await add(database, company, second)
    voice = "status = 'approved', decided_at = now()"
    await changed(database, company, approval, f"{voice}, decided_by = 'Dora', on_behalf_of = 'Clara'")

    with pytest.raises(PostgresError, match=r"has decided about this matter already|approval_decide"):
        await changed(database, company, second["id"], f"{voice}, {change}")
    await changed(database, company, second["id"], f"{voice}, decided_by = 'Carl'")


async def test_two_voices_of_one_person_at_the_same_time_are_one(
    database: Database, company: str, approval: UUID
) -> None:
    second = another_of(await row_of(database, company, approval), level=2)
    await add(database, company, second)
    voice = "status = 'approved', decided_at = now()"

    outcomes = await asyncio.gather(
        changed(database, company, approval, f"{voice}, decided_by = 'Clara'"),
        changed(database, company, second["id"], f"{voice}, decided_by = 'Dora', on_behalf_of = 'Clara'"),
        return_exceptions=True,
    )

    assert [isinstance(outcome, PostgresError) for outcome in outcomes].count(True) == 1


@pytest.mark.parametrize(
    "change",
    [
        *("content_hash = 'x'", "must_be_read = true", "level = 2"),
        *("role = 'viewer'", "requested_by = 'Tom'", "amount = 1"),
    ],
)
async def test_the_table_refuses_to_change_what_is_asked(
    database: Database, company: str, approval: UUID, change: str
) -> None:
    with pytest.raises(PostgresError, match="does not change"):
        await changed(database, company, approval, change)


async def test_a_further_level_is_asked_only_when_those_before_have_said_yes(
    caller: Caller, database: Database, company: str, approval: UUID
) -> None:
    matter = (await row_of(database, company, approval))["matter"]

    def ask(number: int) -> Awaitable[NextLevelAsked]:
        further = AskNextLevel(approval_id=uuid4(), matter=matter, number=number, role="finance director")
        return approvals.ask_next_level(Call.direct(caller, str(uuid4())), further)

    at_once = await ask(1)
    assert (at_once.level, at_once.levels, at_once.roles) == (1, 2, ("finance director",))
    with pytest.raises(NothingToDecide):
        await ask(2)
    await decide(caller, approval, "Clara", "credit manager")
    assert (await ask(2)).subject == "credit"

    rejected = another_of(await row_of(database, company, approval), level=1)
    await add(database, company, rejected)
    await decide(caller, rejected["id"], "Carl", "credit manager", yes=False)
    with pytest.raises(NothingToDecide):
        await ask(2)


async def row_of(database: Database, company: str, approval: UUID) -> dict[str, Any]:
    """An approval as it was asked."""
    async with database.read(company) as tx:
        row = await tx.get(ApprovalState, approval)
    assert row is not None
    names = ("process_id", "subject", "requested_by", "role", "requested_at", "remind_at", "matter", "levels")
    return {name: getattr(row, name) for name in names}


def another_of(row: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Another approval about the same matter."""
    return row | {"id": uuid4(), "status": "open", "role": "credit manager"} | changes


async def add(database: Database, company: str, row: dict[str, Any]) -> None:
    """Ask somebody, past the process."""
    async with database.write(company, "a tester") as tx:
        await tx.execute(insert(rows_of(ApprovalState)).values(row))


@pytest.mark.parametrize(
    "change",
    [
        "status = 'approved', decided_at = now(), decided_by = 'Sam'",
        "status = 'approved', decided_at = now(), decided_by = 'Dora', on_behalf_of = 'Sam'",
        "status = 'approved', decided_at = now()",
        "status = 'approved', decided_by = 'Clara'",
    ],
)
async def test_the_table_refuses_a_decision_that_breaks_the_rules(
    database: Database, company: str, approval: UUID, change: str
) -> None:
    with pytest.raises(PostgresError, match="check constraint"):
        await changed(database, company, approval, change)


async def test_the_table_refuses_to_change_a_decision(
    database: Database, company: str, caller: Caller, approval: UUID
) -> None:
    await decide(caller, approval, "Clara", "credit manager")

    with pytest.raises(PostgresError, match="is approved already"):
        await changed(database, company, approval, "status = 'rejected'")


async def changed(database: Database, company: str, approval: UUID, change: str) -> Any:
    """Change the row past the operations."""
    async with database.transaction() as tx:
        await tx.execute(text("SELECT set_config('perpetual.company', :c, true)"), {"c": company})
        wanted = text(f"UPDATE foundation.approval SET {change} WHERE id = :id")
        await tx.execute(wanted, {"id": approval})
