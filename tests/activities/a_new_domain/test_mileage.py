"""What a domain that only posts needs: an operation of a few lines, and nothing else of ours is edited."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from activities.ledger.accounts import put_account_role, put_dimension_value
from activities.master_data.parties import register_party
from domains.ledger.messages import (
    Party,
    PartyType,
    PutAccountRole,
    PutDimensionValue,
)
from domains.ledger.queries.documents import OPEN_ITEMS
from domains.ledger.rules.journal import NotPostable
from foundation.database.connections import database
from tests.activities.a_new_domain import mileage
from tests.builders.finance import Accountant

MOST_LINES = 40


@pytest.fixture
async def employer(accountant: Accountant) -> Accountant:
    """A company with an employee, a cost centre, and an account for each kind of vehicle."""
    await accountant.account("6500", kind="expense", role="mileage_expense")
    await accountant.account("6510", kind="expense")
    role = PutAccountRole(role="mileage_expense", key="CAR", account_code="6510")
    await put_account_role(accountant.call(), role)
    sales = PutDimensionValue(dimension="cost_centre", code="SALES", name="Sales")
    await put_dimension_value(accountant.call(), sales)
    await accountant.within(lambda tx: register_party(tx, Party(PartyType.EMPLOYEE, "E1"), "Erika"))
    return accountant


def a_claim(**changes: object) -> mileage.ClaimMileage:
    """Erika drove the car for sales."""
    claim = mileage.ClaimMileage(
        claim_id=uuid4(),
        employee_code="E1",
        vehicle="CAR",
        cost_centre="SALES",
        claimed_on=date(2026, 3, 2),
        amount=Decimal("30.00"),
    )
    return claim.model_copy(update=changes)


async def test_its_operation_posts_to_a_keyed_role_a_party_and_a_cost_centre(employer: Accountant) -> None:
    await mileage.claim_mileage(employer.call(), a_claim())

    (entry,) = await employer.entries("mileage")
    expense, payable = entry.lines
    assert (expense.account_code, expense.amount) == ("6510", Decimal("30.00"))
    assert expense.dimensions == {"cost_centre": "SALES"}
    assert (payable.party_type, payable.party_code, payable.amount) == ("employee", "E1", Decimal("-30.00"))
    async with database().read(employer.caller.company) as tx:
        (item,) = await OPEN_ITEMS.all(tx, side="payable")
    assert (item.party_code, item.document_number, item.open_amount) == ("E1", "ML-000001", Decimal("-30.00"))


async def test_a_key_without_a_row_of_its_own_posts_to_the_roles_account(employer: Accountant) -> None:
    await mileage.claim_mileage(employer.call(), a_claim(vehicle="BICYCLE"))

    (entry,) = await employer.entries("mileage")
    assert entry.lines[0].account_code == "6500"


@pytest.mark.parametrize(("field", "why"), [("employee_code", "employee"), ("cost_centre", "cost_centre")])
async def test_it_is_refused_when_it_names_nobody(employer: Accountant, field: str, why: str) -> None:
    with pytest.raises(NotPostable, match=f"there is no {why} NOBODY"):
        await mileage.claim_mileage(employer.call(), a_claim(**{field: "NOBODY"}))

    assert await employer.entries("mileage") == []


async def test_the_same_claim_twice_posts_once(employer: Accountant) -> None:
    claim = a_claim()

    for _ in range(2):
        await mileage.claim_mileage(employer.call("claim"), claim)

    assert len(await employer.entries("mileage")) == 1


def test_it_is_written_in_few_lines() -> None:
    lines = Path(mileage.__file__).read_text(encoding="utf-8").splitlines()

    assert len(lines) <= MOST_LINES
