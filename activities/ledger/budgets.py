"""Cost centres and their budgets, written down by code."""

from sqlalchemy import text

from domains.ledger.messages.budgets import (
    COST_CENTRE,
    BudgetChangedEvent,
    BudgetPut,
    CostCentrePut,
    PutBudget,
    PutCostCentre,
)
from domains.ledger.messages.events import DimensionValueChangedEvent
from domains.ledger.queries import budgets as queries
from domains.ledger.rules.budgets import check_budget
from domains.ledger.tables.accounts import DimensionValue
from domains.ledger.tables.budgets import Budget
from domains.master_data import queries as master_data
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import Invalid
from foundation.values.money import ZERO, rounded

# Two budgets of a cost centre are written one after the other, as the table's trigger has it.
_ONE_AT_A_TIME = text("SELECT ledger.lock_budgets(:cost_centre)")


@operation("ledger.put_cost_centre", event=DimensionValueChangedEvent)
async def put_cost_centre(tx: Transaction, put: PutCostCentre) -> CostCentrePut:
    """Write down a cost centre. Refuses: ExistsAlready, ChangedMeanwhile."""
    created = await records.put(tx, DimensionValue, put.model_dump() | {"dimension": COST_CENTRE})
    return CostCentrePut(code=put.code, created=created)


@operation("ledger.put_budget", event=BudgetChangedEvent)
async def put_budget(tx: Transaction, put: PutBudget) -> BudgetPut:
    """Write down what may be committed for a cost centre from a day to a day.

    The amount is in the company's currency, rounded half-up to its minor unit. Refuses: Invalid, also when a
    new one, or one that was another's, is of no cost centre that may be used; BudgetsOverlap; BudgetInUse,
    when more is committed, or for a day that would not be in it any more, or when it was used and would be
    another cost centre's; ExistsAlready, ChangedMeanwhile.
    """
    await tx.execute(_ONE_AT_A_TIME, {"cost_centre": put.cost_centre})
    company = await master_data.company(tx)
    put = put.model_copy(update={"amount": rounded(put.amount, company.currency)})
    known = next(iter(await queries.locked_budgets(tx, [put.code])), None)
    # That of a cost centre that was blocked since is still lowered, and ended.
    keeps_its_own = known is not None and known.cost_centre == put.cost_centre
    if not keeps_its_own and not await queries.cost_centres_in_use(tx, [put.cost_centre]):
        why = f"there is no cost centre {put.cost_centre} that is not blocked: POST /v1/cost-centres"
        raise Invalid(f"cost_centre: {why}", errors=[("cost_centre", why)])
    check_budget(
        put,
        known,
        await queries.other_budgets(tx, put),
        has_been_used=known is not None and await queries.has_been_used(tx, put.code),
        committed_for=await queries.days_committed_for(tx, put.code),
    )
    # What is committed is no part of what people write.
    asked = put.model_dump(exclude={"committed_amount"})
    created = await records.put(tx, Budget, asked)
    told = put.model_dump(include={"code", "cost_centre", "starts_on", "ends_on", "amount"})
    return BudgetPut(**told, committed_amount=known.committed_amount if known else ZERO, created=created)
