"""Roles over REST: changed by administrators, counted at once, and never more than who gives them has."""

from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy import insert, text
from temporalio.client import Client

from api import access
from foundation.database.connections import Database, rows_of
from foundation.database.tables import ApprovalState
from foundation.database.transaction import Transaction
from foundation.values.messages import Caller
from tests.builders.master_data import Registrar
from tests.erp import Erp, an_order

BUYER = {"description": "Buys.", "permissions": ["sales.order.read", "inventory.*"]}
OF_THE_REQUEST = ContextVar("of the request", default=False)


@pytest.fixture
async def door(http: httpx.AsyncClient, temporal: Client, caller: Caller) -> Erp:
    """The API of a company that has records."""
    await Registrar(caller).open()
    return Erp(http=http, temporal=temporal, company=caller.company)


@pytest.fixture(autouse=True)
def remembers_nothing() -> Iterator[None]:
    """What is remembered of roles is of this test."""
    access._of_company.clear()
    yield


async def hire(door: Erp, role: str, *, companies: tuple[str, ...] = (), by: str = "administrator") -> None:
    """Somebody with a key who has the role, and is called by it."""
    asked = {"actor": f"The {role}", "companies": companies or [door.company], "roles": [role]}
    door.keys[role] = (await door.post("/v1/api-keys", asked, by=by))["key"]


async def put(door: Erp, role: str, said: Any, **how: Any) -> httpx.Response:
    """Say what a role may do."""
    return await door.request("PUT", f"/v1/roles/{role}", said, **how)


def may(*permissions: str) -> dict[str, Any]:
    """A role with these permissions."""
    return {"description": "", "permissions": permissions}


def kind_of(refused: httpx.Response) -> str:
    """A problem's name."""
    return str(refused.json()["type"]).removeprefix("/problems/")


async def test_a_role_is_new_read_changed_as_it_was_read_and_gone(door: Erp) -> None:
    new = await put(door, "porter", BUYER)
    read = await door.request("GET", "/v1/roles/porter")
    unguarded = await put(door, "porter", may("sales.order.read"))
    stale = await put(door, "porter", may("sales.order.read"), if_match='"7"')
    changed = await put(door, "porter", may("sales.order.read"), if_match=read.headers["etag"])
    gone = await door.request("DELETE", "/v1/roles/porter", if_match=changed.headers["etag"])
    after = await door.request("GET", "/v1/roles/porter")

    assert (new.status_code, new.headers["etag"], new.json()) == (200, '"1"', read.json())
    assert {"inventory.stock.read", "sales.order.read"} <= set(read.json()["resolves_to"])
    assert "sales.order.place" not in read.json()["resolves_to"]
    assert [one.status_code for one in (unguarded, stale, changed, gone, after)] == [428, 412, 200, 204, 404]
    assert (changed.headers["etag"], changed.json()["resolves_to"]) == ('"2"', ["sales.order.read"])


async def test_a_role_that_is_put_again_with_its_key_is_put_once(door: Erp) -> None:
    """Its answer was lost, whether it was new or another, as its version says."""
    new = [await put(door, "porter", may("sales.order.read"), key="a porter") for _ in range(2)]
    etag, more = new[0].headers["etag"], may("sales.order.read", "inventory.stock.read")
    other = [await put(door, "porter", more, if_match=etag, key="another") for _ in range(2)]
    stale = await put(door, "porter", more, if_match=etag)
    never = [await put(door, "viewer", more, if_match=version) for version in ('"1"', '"99999999999"', "x")]

    assert [(one.status_code, one.json()["version"]) for one in new + other] == [(200, 1)] * 2 + [
        (200, 2)
    ] * 2
    assert [one.status_code for one in [stale, *never]] == [412] * 4


async def test_a_role_that_is_asked_for_twice_under_one_key_is_put_once(door: Erp) -> None:
    asked = {"if_match": "*", "key": "the same"}

    answers = [await put(door, "porter", BUYER, **asked) for _ in range(2)]
    gone = await door.request("DELETE", "/v1/roles/porter", if_match="*")

    assert [(one.status_code, one.headers["etag"]) for one in answers] == [(200, '"1"'), (200, '"1"')]
    assert gone.status_code == 204


async def test_a_standard_role_is_overridden_and_comes_back(door: Erp) -> None:
    await hire(door, "viewer")
    standard = await door.request("GET", "/v1/roles/viewer")
    narrowed = await put(door, "viewer", may("sales.order.read"), if_match=standard.headers["etag"])

    forbidden = await door.request("GET", "/v1/stock", by="viewer")
    allowed = await door.request("GET", "/v1/sales-orders", by="viewer")
    removed = await door.request("DELETE", "/v1/roles/viewer", if_match=narrowed.headers["etag"])
    again = await door.request("GET", "/v1/stock", by="viewer")
    no_more = await door.request("DELETE", "/v1/roles/viewer", if_match="*")

    assert (standard.headers["etag"], standard.json()["is_standard"]) == ('"0"', True)
    assert (narrowed.json()["is_standard"], narrowed.json()["permissions"]) == (False, ["sales.order.read"])
    assert [one.status_code for one in (forbidden, allowed, removed, again)] == [403, 200, 204, 200]
    assert "inventory.stock.read" in forbidden.json()["detail"]
    assert (no_more.status_code, kind_of(no_more)) == (409, "standard-role-stays")


async def test_the_administrator_is_never_less(door: Erp, owner_url: str) -> None:
    narrowed = await put(door, "administrator", may("sales.order.read"), if_match='"0"')
    removed = await door.request("DELETE", "/v1/roles/administrator", if_match='"0"')
    owner = await asyncpg.connect(owner_url)
    with pytest.raises(asyncpg.CheckViolationError, match="role_administrator_stays"):
        await owner.execute("INSERT INTO identity.role VALUES ('X', 'administrator', 'less')")
    await owner.close()

    assert (narrowed.status_code, kind_of(narrowed)) == (409, "administrator-stays")
    assert (removed.status_code, kind_of(removed)) == (409, "standard-role-stays")
    assert (await door.get("/v1/roles/administrator"))["permissions"] == ["*"]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("sales.order.plaec", "covers no permission"),
        ("sales", "covers no permission"),
        ("harbour.*", "covers no permission"),
        ("Sales.*", "match"),
        ("sales.[op]rder.place", "match"),
        ("a.b.c.d", "match"),
    ],
)
async def test_a_pattern_that_covers_nothing_is_refused_by_its_field(
    door: Erp, pattern: str, why: str
) -> None:
    refused = await put(door, "porter", may("sales.order.read", pattern))

    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert error["field"] == "permissions.1"
    assert why in error["message"]


async def test_an_unknown_role_is_refused_by_its_field(door: Erp) -> None:
    key = {"actor": "Gus", "companies": [door.company], "roles": ["viewer", "ghost"]}
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    delegation = {"to_actor": "Gus", "role": "ghost", "valid_until": until}

    issued = await door.request("POST", "/v1/api-keys", key)
    delegated = await door.request("POST", "/v1/delegations", delegation)
    read = await door.request("GET", "/v1/roles/ghost")

    assert (issued.status_code, kind_of(issued)) == (422, "unknown-role")
    assert [error["field"] for error in issued.json()["errors"]] == ["roles.1"]
    assert (delegated.status_code, kind_of(delegated)) == (422, "unknown-role")
    assert [error["field"] for error in delegated.json()["errors"]] == ["role"]
    assert read.status_code == 404


async def test_a_company_s_role_is_known_to_its_own_keys_only(door: Erp) -> None:
    await put(door, "porter", BUYER)
    everywhere = {"actor": "Bea", "companies": ["*"], "roles": ["porter"]}

    await hire(door, "porter")
    refused = await door.request("POST", "/v1/api-keys", everywhere)

    assert (await door.request("GET", "/v1/stock", by="porter")).status_code == 200
    assert (await door.request("GET", "/v1/customers", by="porter")).status_code == 403
    assert (refused.status_code, kind_of(refused)) == (422, "unknown-role")


# In every process at once


STALE = [
    ("GET", "/v1/sales-orders", None, "sales.order.read"),
    ("POST", "/v1/sales-orders", an_order(customer_code="C1"), "sales.order.place"),
    ("POST", "/v1/accounts/template", {}, "ledger.account.write"),
]


@pytest.mark.parametrize(("method", "path", "body", "permission"), STALE)
async def test_what_a_role_loses_is_lost_in_a_process_that_remembers_it(
    door: Erp, method: str, path: str, body: Any, permission: str
) -> None:
    await put(door, "clerk", may(permission, "inventory.stock.read"))
    await hire(door, "clerk")
    assert (await door.request("GET", "/v1/stock", by="clerk")).status_code == 200
    elsewhere = access._of_company[door.company]
    await put(door, "clerk", may("inventory.stock.read"), if_match="*")
    access._of_company[door.company] = elsewhere

    refused = await door.request(method, path, body, by="clerk")

    assert (refused.status_code, kind_of(refused)) == (403, "forbidden")
    assert permission in refused.json()["detail"]
    assert elsewhere is not access._of_company[door.company]
    if method == "POST" and "orders" in path:
        assert (await door.get("/v1/processes"))["items"] == []


async def test_what_a_role_gains_is_had_in_a_process_that_does_not_know_it_yet(door: Erp) -> None:
    await put(door, "clerk", may("sales.order.read"))
    await hire(door, "clerk")
    assert (await door.request("GET", "/v1/stock", by="clerk")).status_code == 403
    elsewhere = access._of_company[door.company]
    await put(door, "clerk", may("inventory.stock.read"), if_match="*")
    access._of_company[door.company] = elsewhere

    assert (await door.request("GET", "/v1/stock", by="clerk")).status_code == 200


async def test_a_request_asks_the_database_nothing_more_for_its_roles(
    door: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(door, "clerk", may("inventory.*", "sales.order.*"))
    await hire(door, "clerk")
    order = {"customer_code": "GHOST", "ordered_on": "2026-03-02", "lines": an_order()["lines"]}
    sent: list[str] = []
    execute = Transaction.execute

    async def noted(tx: Transaction, statement: Any, values: Any = None) -> Any:
        if OF_THE_REQUEST.get():  # What others are told meanwhile is another matter.
            sent.append(str(statement))
        return await execute(tx, statement, values)

    async def statements(method: str, path: str, body: Any = None) -> list[str]:
        sent.clear()
        counted = OF_THE_REQUEST.set(True)
        await door.request(method, path, body, by="clerk")
        OF_THE_REQUEST.reset(counted)
        return list(sent)

    await statements("GET", "/v1/stock")
    monkeypatch.setattr(Transaction, "execute", noted)
    reading = await statements("GET", "/v1/stock")
    ordering = await statements("POST", "/v1/sales-orders", order)

    assert len(reading) == 2, "the scope and the list"
    assert not [one for one in reading + ordering if "identity." in one]
    assert "reference_version" in reading[0]
    assert "accept_command" in ordering[0]
    assert "reference_version" in ordering[0]


# Nobody gives more than they have


async def test_who_changes_roles_gives_no_pattern_that_they_do_not_have(door: Erp) -> None:
    await put(door, "keeper", may("identity.role.*", "sales.order.*", "*.read"))
    await hire(door, "keeper")

    given = await put(door, "junior", may("sales.order.place", "inventory.stock.read"), by="keeper")
    for more in (["*"], ["sales.*"], ["ledger.journal.post"], ["sales.order.place", "*.write"]):
        refused = await put(door, "senior", may(*more), by="keeper")
        assert (refused.status_code, kind_of(refused)) == (403, "not-yours-to-grant")
        assert more[-1] in refused.json()["detail"]
    own = await put(door, "keeper", may("identity.role.*", "sales.*"), by="keeper", if_match="*")

    assert given.status_code == 200
    assert (own.status_code, kind_of(own)) == (403, "not-yours-to-grant")
    assert (await door.request("GET", "/v1/roles/senior")).status_code == 404


async def test_who_changes_roles_may_leave_and_take_what_they_do_not_have(door: Erp) -> None:
    await put(door, "keeper", may("identity.role.*"))
    await hire(door, "keeper")
    await put(door, "accountant", may("ledger.journal.*", "ledger.payment.*"), if_match='"0"')

    narrowed = await put(door, "accountant", may("ledger.journal.*"), by="keeper", if_match="*")
    widened = await put(door, "accountant", may("ledger.*"), by="keeper", if_match="*")
    reset = await door.request("DELETE", "/v1/roles/accountant", by="keeper", if_match="*")

    assert narrowed.status_code == 200
    assert [kind_of(one) for one in (widened, reset)] == ["not-yours-to-grant"] * 2


async def test_who_issues_keys_gives_no_role_that_they_do_not_have(door: Erp, company: str) -> None:
    await put(door, "desk", may("identity.api_key.issue", "*.read", "sales.*"))
    await hire(door, "desk")

    async def issue(role: str, *companies: str) -> httpx.Response:
        asked = {"actor": "Nina New", "companies": companies, "roles": [role]}
        return await door.request("POST", "/v1/api-keys", asked, by="desk")

    own = await issue("desk", company)
    more = [await issue(role, company) for role in ("administrator", "credit manager", "viewer")]
    elsewhere = [await issue("desk", company, "OTHER"), await issue("desk", "*")]

    assert own.status_code == 201
    assert [(one.status_code, kind_of(one)) for one in more] == [(403, "not-yours-to-grant")] * 3
    assert "administrator" in more[0].json()["detail"]
    assert [one.status_code for one in elsewhere] == [403, 403]


async def test_a_role_counts_in_the_company_where_something_is_done(door: Erp, company: str) -> None:
    other = f"{company}-2"
    await put(door, "keeper", may("master_data.company.write", "identity.api_key.issue"))
    door_of_other = Erp(http=door.http, temporal=door.temporal, company=other, keys=door.keys)
    await put(door_of_other, "keeper", may("sales.order.read"))
    await hire(door, "keeper", companies=(company, other))
    new = {"code": other, "name": "Mine", "currency": "EUR", "country": "DE"}
    key = {"actor": "Nina New", "companies": [other], "roles": ["keeper"]}

    answers = [
        await door.request("POST", path, body, by="keeper")
        for path, body in (("/v1/companies", new), ("/v1/api-keys", key))
    ]

    assert [answer.status_code for answer in answers] == [403, 403]


# What is in use stays


async def test_a_role_that_is_in_use_is_not_deleted_and_its_uses_are_named(
    door: Erp, database: Database, company: str
) -> None:
    await put(door, "decider", may("sales.order.read"))
    await hire(door, "viewer")
    await hire(door, "decider")
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    lent = {"to_actor": "The viewer", "role": "decider", "valid_until": until, "from_actor": "The decider"}
    await door.post("/v1/delegations", lent)
    now = datetime.now(UTC)
    approval = {"id": uuid4(), "process_id": f"{company}/test/1", "subject": "credit", "requested_by": "Sam"}
    approval |= {"role": "decider", "status": "open", "requested_at": now, "remind_at": now}
    approval |= {"matter": approval["id"]}
    async with database.write(company, "a tester") as tx:
        await tx.execute(insert(rows_of(ApprovalState)).values(approval | {"document": "SO-1"}))

    refused = await door.request("DELETE", "/v1/roles/decider", if_match="*")

    assert (refused.status_code, kind_of(refused)) == (409, "role-in-use")
    for use in (
        "the key of The decider",
        "the delegation of The decider to The viewer",
        "the approval of SO-1",
    ):
        assert use in refused.json()["detail"]


async def test_a_role_that_nothing_uses_any_more_is_deleted(
    door: Erp, database: Database, company: str
) -> None:
    await put(door, "decider", may("sales.order.read"))
    await hire(door, "decider")
    async with database.write("*", "a tester") as tx:
        revoke = "UPDATE identity.api_key SET revoked_at = now() WHERE companies = ARRAY[:company]"
        await tx.execute(text(revoke), {"company": company})

    assert (await door.request("DELETE", "/v1/roles/decider", if_match="*")).status_code == 204


# Company by company


async def test_a_company_does_not_see_the_roles_of_another(
    door: Erp, database: Database, company: str
) -> None:
    await put(door, "porter", BUYER)
    other = Erp(http=door.http, temporal=door.temporal, company=f"{company}-2")

    async def rows(scope: str) -> list[Any]:
        async with database.read(scope) as tx:
            wanted = "SELECT role FROM identity.role_permission UNION SELECT name FROM identity.role"
            return await tx.scalars(text(wanted))

    assert "porter" in [role["name"] for role in (await door.get("/v1/roles"))["items"]]
    assert "porter" not in [role["name"] for role in (await other.get("/v1/roles"))["items"]]
    assert (await other.request("GET", "/v1/roles/porter")).status_code == 404
    assert await rows(company) == ["porter"]
    assert [await rows(other.company), await rows("*"), await rows("")] == [[], [], []]


async def test_a_role_needs_a_company(door: Erp) -> None:
    nowhere = Erp(http=door.http, temporal=door.temporal, company="")

    refused = await put(nowhere, "porter", BUYER)

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["X-Company"]
