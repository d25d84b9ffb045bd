"""What a route asks for, some standard role has; or its domain says why administrators only have it."""

import ast
from types import SimpleNamespace

import pytest
from fastapi import FastAPI

from api.door import Router, allows
from api.routes import routes_by_permission
from domains.identity.standard_roles import declarations, put_together, standard_roles
from tests.architecture.permissions import complaints
from tests.architecture.source import ROOT, modules


def permissions() -> set[str]:
    """What the routes of the house ask for."""
    from api.app import app  # noqa: PLC0415  # Importing it builds every route of the house.

    return set(routes_by_permission(app))


def test_every_permission_is_had_by_a_standard_role_or_is_declared_the_administrator_s() -> None:
    wrong = complaints(permissions(), standard_roles(), declarations())

    assert not wrong, "\n".join(wrong)


def a_new_domain() -> set[str]:
    """What the routes of a domain ask for that has just been added, by its router alone."""
    app, comet = FastAPI(redoc_url=None), Router(prefix="/v1/vehicles")

    @comet.get("", dependencies=[allows("comet.vehicle.read")])
    async def list_vehicles() -> None: ...

    @comet.post("", dependencies=[allows("comet.vehicle.write")])
    async def buy_vehicle() -> None: ...

    app.include_router(comet)
    return set(routes_by_permission(app)) | permissions()


def test_a_new_domain_that_no_role_may_use_is_named() -> None:
    assert complaints(a_new_domain(), standard_roles(), declarations()) == [
        "comet.vehicle.write: no standard role has it but the administrator; say in domains/comet/roles.py "
        "who has it (GRANTS), or why nobody (ADMINISTRATORS_ONLY)"
    ]


FLEET = [
    {"GRANTS": {"accountant": ("comet.*",)}},
    {"ROLES": {"driver": "Drives."}, "GRANTS": {"driver": ("comet.vehicle.write",)}},
    {"ADMINISTRATORS_ONLY": {"comet.vehicle.write": "there is one vehicle"}},
]


@pytest.mark.parametrize("says", FLEET)
def test_a_new_domain_brings_what_its_roles_may(says: dict[str, object]) -> None:
    declared = declarations() | {"comet": SimpleNamespace(**says)}

    assert complaints(a_new_domain(), put_together(declared), declared) == []


SEEDS = [
    (
        {"ADMINISTRATORS_ONLY": {"sales.order.place": "a secret"}},
        "sales.order.place is no permission of administrators only",
    ),
    (
        {"ADMINISTRATORS_ONLY": {"comet.gone": "it was"}},
        "comet.gone is no permission of administrators only",
    ),
    (
        {"GRANTS": {"viewer": ("comet.vehicel.write",)}},
        "viewer is given comet.vehicel.write, which no route",
    ),
    ({"GRANTS": {"viewer": ("ledger.*",)}}, "viewer is given ledger.*, which is another domain's"),
]


@pytest.mark.parametrize(("says", "complaint"), SEEDS)
def test_what_a_domain_says_wrongly_is_named(says: dict[str, object], complaint: str) -> None:
    declared = declarations() | {"comet": SimpleNamespace(**says)}

    found = complaints(permissions(), put_together(declared), declared)

    assert any(one.startswith("domains/comet/roles.py") and complaint in one for one in found)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ({"ROLES": {"warehouse": "Another."}}, "another domain introduces the role 'warehouse'"),
        ({"GRANTS": {"drivr": ("comet.*",)}}, "no domain introduces the role 'drivr'"),
    ],
)
def test_domains_that_contradict_each_other_are_named(says: dict[str, object], why: str) -> None:
    with pytest.raises(TypeError, match=f"domains/comet/roles.py: {why}"):
        put_together(declarations() | {"comet": SimpleNamespace(**says)})


def test_processes_ask_standard_roles_which_no_company_can_delete() -> None:
    named = {
        str(keyword.value.value)
        for module in modules(ROOT, ("workflows/**/*.py",))
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] == "Approval"
        for keyword in call.keywords
        if keyword.arg in ("role", "escalate_to") and isinstance(keyword.value, ast.Constant)
    }

    assert {"credit manager", "finance director"} <= named, "no process was looked at"
    assert named <= set(standard_roles()), "a domain must introduce the role in its roles.py"
