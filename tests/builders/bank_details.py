"""Changes of bank details as tests ask for them."""

import asyncio
from typing import Any

from tests.erp import Erp

PATH, PAY_ACCOUNTS = "/v1/bank-details-changes", "/v1/pay-account-changes"
OLD_IBAN, NEW_IBAN, THIRD_IBAN = "DE02500105170137075030", "DE89370400440532013000", "DE02120300000000202051"
CLERK, DIRECTOR = "Klara Clerk", "Dirk Director"
"""Who asks, and who says yes."""


def elsewhere(iban: str = NEW_IBAN, **more: str) -> dict[str, Any]:
    """Money in euros goes there."""
    return {"bank_accounts": [{"currency": "EUR", "iban": iban} | more]}


async def wait_hours(erp: Erp, hours: int) -> None:
    """So long the company waits from now on."""
    path, hours_of = f"/v1/companies/{erp.company}", {"bank_details_wait_hours": hours}
    erp.accepted(await erp.request("PATCH", path, hours_of, if_match="*"))


async def people(erp: Erp) -> None:
    """Who asks and who says yes, unless they are there."""
    for name, role in ((CLERK, "buyer"), (DIRECTOR, "finance director")):
        if name not in erp.keys:
            asked = {"actor": name, "companies": [erp.company], "roles": [role]}
            erp.keys[name] = (await erp.post("/v1/api-keys", asked))["key"]


async def asked_for(erp: Erp, path: str, body: dict[str, Any], *, by: str = "administrator") -> Any:
    """Somebody changes a record; the change that has begun with it, when somebody is asked about it."""
    before = {one["change_id"] for one in await changes(erp)}
    erp.accepted(await erp.request("PATCH", path, body, by=by, if_match="*"))
    (change,) = [one for one in await changes(erp) if one["change_id"] not in before]
    await approval_of(erp, change)
    return change


async def changes(erp: Erp, **query: Any) -> list[Any]:
    """All of them, the newest first."""
    found: list[Any] = (await erp.get(PATH, limit=200, **query))["items"]
    return found


async def approval_of(erp: Erp, change: Any) -> Any:
    """What somebody is asked about it now."""
    for _ in range(200):
        query = {"document": change["change_number"], "status": "open"}
        if found := (await erp.get("/v1/approvals", **query))["items"]:
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError(f"nobody is asked about {change['change_number']}")


async def decide(erp: Erp, change: Any, by: str = DIRECTOR, **decision: Any) -> Any:
    """Somebody decides about what they have read."""
    approval = await approval_of(erp, change)
    body = {"approved": True, "reason": "called back", "content_hash": change["content_hash"]} | decision
    return await erp.request("POST", f"/v1/approvals/{approval['id']}/decision", body, by=by)


async def seen(erp: Erp, change: Any, **more: Any) -> Any:
    """A change as it stands, with its accounts."""
    return await erp.get(f"{PATH}/{change['change_id']}", **more)


async def until(erp: Erp, change: Any, *statuses: str) -> Any:
    """The change, once it has come to one of these."""
    for _ in range(400):
        now = await seen(erp, change)
        if now["status"] in statuses:
            return now
        await asyncio.sleep(0.05)
    raise AssertionError(f"{now['change_number']} is {now['status']}, not {statuses}")


async def cancel(erp: Erp, change: Any, **more: Any) -> Any:
    """It is not wanted after all."""
    path = f"{PATH}/{change['change_id']}/cancellation"
    return await erp.request("POST", path, {"reason": "not theirs"}, **more)


async def changed_at_once(
    erp: Erp, path: str, body: dict[str, Any], *, by: str = "administrator", approver: str = DIRECTOR
) -> Any:
    """A change that takes effect without a wait, where another says yes to it: as other tests need it."""
    await people(erp)
    await wait_hours(erp, 0)
    change = await asked_for(erp, path, body, by=by)
    erp.accepted(await decide(erp, change, approver))
    return await until(erp, change, "effective")


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with them: the account of one supplier is changed, that
    of another waits for a yes, and of a third it is called off.
    """
    of_all = {"name": "Elsewhere", "country": "DE", "currency": "EUR", "payment_terms_code": "NET30"}
    for code in ("MOVED", "WAITS", "STAYS"):
        await erp.post("/v1/suppliers", of_all | {"code": code} | elsewhere(OLD_IBAN))
    await changed_at_once(erp, "/v1/suppliers/MOVED", elsewhere())
    await wait_hours(erp, 24)
    await asked_for(erp, "/v1/suppliers/WAITS", elsewhere())
    stays = await asked_for(erp, "/v1/suppliers/STAYS", elsewhere())
    erp.accepted(await cancel(erp, stays))
