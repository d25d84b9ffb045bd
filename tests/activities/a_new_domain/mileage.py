"""Mileage: what employees are owed for driving, posted by the operation that accepts their claim."""

from datetime import date
from uuid import UUID

from activities.ledger import posting
from domains.ledger.messages import AccountRole, Document, LineToPost, Party, PartyType, Role, RoleKey
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.messages import Amount, Code, Message


class MileageRole(Role):
    """What mileage posts to; the key is the vehicle."""

    EXPENSE = "mileage_expense"


class ClaimMileage(Message):
    """An employee is owed an amount in the company's currency, by the cost centre."""

    claim_id: UUID
    employee_code: Code
    vehicle: Code
    cost_centre: Code
    claimed_on: date
    amount: Amount


@operation("mileage.claim")
async def claim_mileage(tx: Transaction, claim: ClaimMileage) -> ClaimMileage:
    """Owe an employee what was driven. Refuses: what `posting.post` refuses."""
    owed = Party(PartyType.EMPLOYEE, claim.employee_code)
    where = {"cost_centre": claim.cost_centre}
    expense = LineToPost(RoleKey(MileageRole.EXPENSE, claim.vehicle), claim.amount, dimensions=where)
    payable = LineToPost(AccountRole.PAYABLE, -claim.amount, party=owed)
    document = Document("mileage", claim.claim_id, "ML-000001")
    await posting.post(tx, document, claim.claimed_on, [expense, payable], text="Mileage")
    return claim
