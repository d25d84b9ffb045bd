"""Every route lets in the standard roles that have its permission and no other, and says what is missing."""

from fnmatch import fnmatchcase
from typing import NamedTuple

import httpx
import pytest
from temporalio.client import Client

from api.door import Rule
from api.routes import routes_of
from domains.identity.standard_roles import standard_roles
from foundation.values.messages import Caller
from tests.architecture.pages import PARAMETER
from tests.erp import Erp

NOBODY_S = "00000000-0000-0000-0000-000000000000"
"""A document that there is not, so that who is let in does nothing."""


class Guarded(NamedTuple):
    """A route, and the permission that it asks for."""

    method: str
    path: str
    permission: str


def guarded_routes() -> list[Guarded]:
    """Every route that asks for a permission."""
    from api.app import app  # noqa: PLC0415  # Importing it builds every route of the house.

    return [
        Guarded(method, PARAMETER.sub(NOBODY_S, path), rule.permission)
        for path, methods, asked, _ in routes_of(app)
        for rule in asked
        if isinstance(rule, Rule)
        for method in methods
    ]


@pytest.fixture
async def door(http: httpx.AsyncClient, temporal: Client, caller: Caller) -> Erp:
    """The API of a company, and somebody with a key for each standard role."""
    erp = Erp(http=http, temporal=temporal, company=caller.company)
    for role in standard_roles():
        asked = {"actor": f"The {role}", "companies": [erp.company], "roles": [role]}
        erp.keys[role] = (await erp.post("/v1/api-keys", asked))["key"]
    return erp


async def is_let_in(door: Erp, role: str, route: Guarded) -> bool:
    """Whether the route lets the role in. Without an Idempotency-Key a POST does nothing more."""
    headers = {"Authorization": f"Bearer {door.keys[role]}", "X-Company": door.company}
    answer = await door.http.request(route.method, route.path, headers=headers, timeout=60)
    problem = answer.json() if "problem" in answer.headers.get("content-type", "") else {}
    if f"the permission {route.permission} is needed" not in str(problem.get("detail")):
        return True  # Also when it goes on to say that the key does not work for this company.
    assert answer.status_code == 403
    return False


@pytest.mark.parametrize("role", sorted(standard_roles()))
async def test_each_route_lets_in_who_has_its_permission_and_nobody_else(door: Erp, role: str) -> None:
    routes = guarded_routes()
    patterns = standard_roles()[role].permissions

    let_in = [await is_let_in(door, role, route) for route in routes]

    expected = [any(fnmatchcase(one.permission, pattern) for pattern in patterns) for one in routes]
    wrong = [route for route, is_in, may in zip(routes, let_in, expected, strict=True) if is_in != may]
    assert not wrong, "\n".join(map(str, wrong))


DUTIES = {
    "sales.order.place": {"administrator", "sales clerk"},
    "sales.shipment.confirm": {"administrator", "warehouse"},
    "ledger.journal.post": {"administrator", "accountant"},
    "ledger.stock.revalue": {"administrator", "accountant"},
    "receivables.dunning.run": {"administrator", "accountant"},
    "master_data.customer.write": {
        "administrator",
        "accountant",
        "credit manager",
        "operator",
        "pricing manager",
        "sales clerk",
    },
    "master_data.credit_limit.write": {"administrator", "accountant", "credit manager", "operator"},
    "master_data.customer_terms.write": {"administrator", "accountant", "operator", "pricing manager"},
    "master_data.price_list.write": {"administrator", "accountant", "operator", "pricing manager"},
    "master_data.payment_terms.write": {"administrator", "accountant", "operator", "pricing manager"},
    "operations.process.repair": {"administrator", "operator"},
    "identity.role.write": {"administrator"},
    "identity.api_key.issue": {"administrator"},
    "identity.delegation.administer": {"administrator"},
    "identity.delegation.grant": set(standard_roles()) - {"viewer"},
    "sales.order.read": set(standard_roles()),
}
"""Duties that are kept apart: a change here is a decision."""


async def test_permissions_are_listed_with_their_routes_and_the_roles_that_have_them(door: Erp) -> None:
    items = (await door.get("/v1/permissions", by="viewer"))["items"]
    listed = {item["permission"]: item for item in items}

    assert {name: set(listed[name]["roles"]) for name in DUTIES} == DUTIES
    assert listed["sales.order.place"]["routes"] == ["POST /v1/sales-orders"]
    assert {route.permission for route in guarded_routes()} <= set(listed)


async def test_a_company_s_role_is_listed_with_what_it_has(door: Erp) -> None:
    asked = {"description": "Ships.", "permissions": ["sales.shipment.*"]}
    await door.request("PUT", "/v1/roles/shipper", asked)

    items = (await door.get("/v1/permissions"))["items"]

    assert [item["permission"] for item in items if "shipper" in item["roles"]] == ["sales.shipment.confirm"]
