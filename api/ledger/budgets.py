"""Cost centres, their budgets, and what is committed of them."""

from activities.ledger.budgets import put_budget, put_cost_centre
from api.door import Asked, AskedRequest, Router, allows
from api.ledger.days import AsOf
from api.lists import add_list
from api.records import Resource, records, router_for
from domains.ledger.queries import budgets as queries
from domains.ledger.queries.budgets import BudgetReport, BudgetView, CostCentreView
from domains.ledger.tables.accounts import DimensionValue
from domains.ledger.tables.budgets import Budget

commitments = Router(prefix="/v1/budget-commitments", tags=["Finance"])
add_list(commitments, queries.COMMITMENTS, allows("ledger.budget.read"))

reports = Router(prefix="/v1/reports", tags=["Reports"])


@reports.get("/budgets", dependencies=[allows("ledger.report.read")])
async def budget_report(asked: Asked, as_of: AsOf) -> BudgetReport:
    """All budgets: what was committed at the end of a day, and what was left of the amount of today."""
    async with asked.read() as tx:
        return await queries.budget_report(tx, as_of)


async def _cost_centre(asked: AskedRequest, code: str) -> CostCentreView | None:
    async with asked.read() as tx:
        return await queries.cost_centre(tx, code)


async def _budget(asked: AskedRequest, code: str) -> BudgetView | None:
    async with asked.read() as tx:
        return await queries.budget(tx, code)


routers = [
    router_for(
        Resource(
            path="cost-centres",
            tag="Finance",
            permission="ledger.cost_centre",
            put=put_cost_centre,
            view=CostCentreView,
            records=records("cost-centres", CostCentreView, queries.COST_CENTRES, DimensionValue),
            read=_cost_centre,
            example={"code": "WORKSHOP", "name": "Workshop"},
        )
    ),
    router_for(
        Resource(
            path="budgets",
            tag="Finance",
            permission="ledger.budget",
            put=put_budget,
            view=BudgetView,
            records=records("budgets", BudgetView, queries.BUDGETS, Budget),
            read=_budget,
            example={
                "code": "WORKSHOP-2026",
                "name": "Workshop, 2026",
                "cost_centre": "WORKSHOP",
                "starts_on": "2026-01-01",
                "ends_on": "2026-12-31",
                "amount": "25000.00",
            },
        )
    ),
]
