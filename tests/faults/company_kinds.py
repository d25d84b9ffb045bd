"""A company is opened, and what it knows of itself is changed from a day on."""

from dataclasses import replace
from typing import Any

from tests.faults.company import a_customer
from tests.faults.patience import Change, Refused
from tests.faults.registering import kind
from tests.faults.stories import Story

VAT_16 = [{"name": "VAT 16 %", "rate_percent": "16"}]
TERMS = {"payment_terms_code": "NET30"}
BOX = {"unit": "box", "factor": "10"}
UNTIL = "2099-01-01T00:00:00Z"


@kind(
    at_the_door=(
        *("master_data.put_company", "ledger.load_chart", "ledger.put_account", "ledger.put_fiscal_year"),
        "ledger.put_account_role",
        *("master_data.put_warehouse", "master_data.put_unit", "master_data.put_tax_code"),
        *("master_data.put_payment_terms", "master_data.put_price_list", "master_data.put_exchange_rate"),
        "master_data.put_supplier",
        *("receivables.load_dunning_procedure", "process.keep_schedule"),
    )
)
async def opened(story: Story) -> None:
    """A company of its own: its records are written, and changed from a day on; months are locked."""
    own = at_work_for(story, f"OWN-{story.number}")
    company = {"code": own.company, "name": "Own", "currency": "EUR", "country": "DE"}
    await own.ask("/v1/companies", company | {"exchange_rate_days": 366})
    await own.ask("/v1/accounts/template", {})
    await own.ask("/v1/account-roles", {"role": "bank", "key": "SECOND", "account_code": "1400"})
    for path, record in records():
        await own.ask(f"/v1/{path}", record)
    for path, fields in changes():
        await changed(own, path, fields)
    lines = [{"account_code": "9901", "amount": "50.00"}, {"account_code": "3000", "amount": "-50.00"}]
    wanted = {"posted_on": "2026-01-10", "text": "by hand", "lines": lines}
    entry = await own.ask("/v1/journal-entries", wanted)
    story.books.note("entry by hand", entry["entry_id"], entry["entry_number"])
    await changed(own, "fiscal-years/2026", {"locked_through": "2026-02-28"})
    await own.ask("/v1/dunning-procedures/template", {})
    await own.ask("/v1/dunning-runs/schedule", {"hour": 5, "active": False})
    await close(own)


@kind(
    at_the_door=(
        *("identity.issue_api_key", "identity.put_role", "identity.delete_role"),
        *("identity.grant_delegation", "identity.revoke_delegation", "identity.put_approval_policy"),
    )
)
async def let_in(story: Story) -> None:
    """People of a company of its own: roles that are changed and gone, keys, and somebody who stands in."""
    own = at_work_for(story, f"PEOPLE-{story.number}")
    await own.ask("/v1/companies", {"code": own.company, "name": "Own", "currency": "EUR", "country": "DE"})
    for permission in ("sales.order.read", "inventory.stock.read"):
        await put_role(own, "buyer", permission)
    await put_role(own, "passing", "sales.order.read")
    passing = (await own.desks.clerk.get("/v1/roles/passing"))["version"]
    await guarded(own, "/v1/roles/passing", None, Change(str(passing), "DELETE"))
    for actor in ("Berta Buyer", "Dora Deputy"):
        await key_for(own, actor, "buyer")
    wanted = {"from_actor": "Berta Buyer", "to_actor": "Dora Deputy", "role": "buyer", "valid_until": UNTIL}
    await own.ask("/v1/delegations", wanted)
    (granted,) = (await own.desks.clerk.get("/v1/delegations"))["items"]
    await own.ask(f"/v1/delegations/{granted['id']}/revocation", {})
    policy = {"code": "CREDIT", "kind": "credit", "levels": [{"role": "buyer"}], "valid_from": "2026-01-01"}
    await own.ask("/v1/approval-policies", policy)
    await changed(own, "approval-policies/CREDIT", {"from_amount": "100.00"})
    roles = {one["name"] for one in (await own.desks.clerk.get("/v1/roles"))["items"]}
    assert "buyer" in roles and "passing" not in roles, f"the roles are {roles}"
    await close(own)


def records() -> list[tuple[str, Any]]:
    """What the company writes down: where it is sent, and what."""
    vat = {"code": "S19", "name": "VAT 19 %", "components": [{"name": "VAT 19 %", "rate_percent": "19"}]}
    prices = [{"item_code": "APPLE", "unit_price": "10.00", "valid_from": "2026-01-01"}]
    return [
        ("accounts", {"code": "9901", "name": "A further one", "kind": "expense"}),
        ("fiscal-years", {"code": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}),
        ("warehouses", {"code": "MAIN", "name": "Main"}),
        ("units", {"code": "crate", "name": "Crate"}),
        ("tax-codes", vat),
        ("payment-terms", {"code": "NET30", "name": "30 days net", "instalments": [{"days": 30}]}),
        ("items", {"code": "APPLE", "name": "Apple", "tax_code": "S19", "units": [BOX]}),
        ("price-lists", {"code": "SHOP", "name": "Shop", "currency": "EUR", "lines": prices}),
        ("customers", a_customer("C1", "NET30", "100.00") | {"price_list_code": "SHOP"}),
        ("suppliers", {"code": "S1", "name": "Orchard", "country": "DE", "currency": "EUR"} | TERMS),
        ("exchange-rates", {"currency": "USD", "valid_from": "2026-01-01", "rate": "1.25"}),
        ("exchange-rates", {"currency": "USD", "valid_from": "2026-07-01", "rate": "1.10"}),
    ]


def changes() -> list[tuple[str, dict[str, Any]]]:
    """What holds from a day on, or from now."""
    from_july = {"valid_from": "2026-07-01"}
    prices = [
        {"item_code": "APPLE", "unit_price": "10.00", "valid_from": "2026-01-01"},
        {"item_code": "APPLE", "unit_price": "12.00", **from_july},
    ]
    return [
        ("tax-codes/S19", {"changes": [from_july | {"components": VAT_16}]}),
        ("payment-terms/NET30", {"changes": [from_july | {"instalments": [{"days": 60}]}]}),
        ("items/APPLE", {"changes": [from_july | {"units": [BOX | {"factor": "12"}]}]}),
        ("price-lists/SHOP", {"lines": prices}),
        ("customers/C1", {"credit_limit": "200.00"}),
        ("warehouses/MAIN", {"city": "Bonn"}),
    ]


def at_work_for(story: Story, company: str) -> "OwnCompany":
    """The same people, at work for a company that no other story has."""
    desks = story.desks
    others = replace(
        desks,
        clerk=desks.clerk.of_company(company),
        twin=desks.twin.of_company(company),
        looker=replace(desks.looker, company=company),
    )
    return OwnCompany(**vars(replace(story, desks=others)))


class OwnCompany(Story):
    """A story in a company of its own."""

    @property
    def company(self) -> str:
        """Its code."""
        return self.desks.clerk.company


async def changed(story: Story, path: str, fields: dict[str, Any]) -> None:
    """A record is changed as it was read, once: its version has gone up by one."""
    before = await story.desks.clerk.get(f"/v1/{path}")
    await story.ask(f"/v1/{path}", fields, change=Change(str(before["version"])))
    after = await story.desks.clerk.get(f"/v1/{path}")
    assert after["version"] == before["version"] + 1, f"{path} was changed otherwise than once"
    assert after != before | {"version": after["version"]}, f"{path} is as it was"


async def put_role(story: Story, name: str, permission: str) -> None:
    """A role is what is said of it from now on."""
    known = {one["name"]: one for one in (await story.desks.clerk.get("/v1/roles"))["items"]}
    version = str(known[name]["version"]) if name in known else "*"
    wanted = {"description": "A role of its own", "permissions": [permission]}
    await guarded(story, f"/v1/roles/{name}", wanted, Change(version, "PUT"))
    now = await story.desks.clerk.get(f"/v1/roles/{name}")
    assert now["permissions"] == [permission], f"{name} may {now['permissions']}"


async def guarded(story: Story, path: str, body: Any, change: Change) -> None:
    """A change that its version guards and no key: sent again, when it was done, it is refused."""
    try:
        await story.ask(path, body, change=change)
    except Refused as refusal:
        if refusal.status not in (404, 412):
            raise


async def key_for(story: Story, actor: str, role: str) -> None:
    """Somebody gets a key; one whose answer was lost is never shown again, and another is issued."""
    wanted = {"actor": actor, "companies": [story.desks.clerk.company], "roles": [role]}
    for _ in range(10):
        try:
            await story.ask("/v1/api-keys", wanted)
        except Refused as refusal:
            if refusal.status != 409:
                raise
        else:
            return
    raise AssertionError(f"{actor} has no key")


async def close(story: Story) -> None:
    """Hang up."""
    for client in (story.desks.clerk, story.desks.twin):
        await client.close()
