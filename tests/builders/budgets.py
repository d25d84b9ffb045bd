"""Cost centres and budgets as tests ask for them."""

from typing import Any

from tests.erp import Erp

COST_CENTRES = "/v1/cost-centres"
BUDGETS = "/v1/budgets"
SHOP = {"code": "SHOP", "name": "Workshop"}


def a_budget(amount: str = "100.00", **changes: Any) -> dict[str, Any]:
    """The workshop's budget of 2026."""
    budget = {"code": "SHOP-26", "name": "Workshop 2026", "cost_centre": SHOP["code"], "amount": amount}
    return budget | {"starts_on": "2026-01-01", "ends_on": "2026-12-31"} | changes


async def with_budget(erp: Erp, amount: str = "100.00", **changes: Any) -> None:
    """The workshop has one."""
    await erp.post(COST_CENTRES, SHOP)
    await erp.post(BUDGETS, a_budget(amount, **changes))


async def of_budget(erp: Erp, code: str = "SHOP-26", **query: Any) -> tuple[str, str]:
    """What is committed of a budget, and what is available, as the report says."""
    budgets = (await erp.get("/v1/reports/budgets", **query))["budgets"]
    (budget,) = [one for one in budgets if one["code"] == code]
    return budget["committed_amount"], budget["available_amount"]


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at has of them."""
    await with_budget(erp, "1000.00")
    await erp.post(BUDGETS, a_budget("900.00", code="SHOP-27", starts_on="2027-01-01", ends_on="2027-12-31"))
