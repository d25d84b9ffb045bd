"""Changes of bank details in a fault run: each story has a company of its own, which waits no hour."""

import asyncio
import time
from typing import Any

from tests.builders.bank_details import NEW_IBAN, PATH, THIRD_IBAN, elsewhere
from tests.builders.payment_runs import MILL
from tests.builders.payroll import AGREEMENTS, SECOND_IBAN
from tests.faults.company_kinds import OwnCompany, at_work_for, changed, close
from tests.faults.patience import PATIENCE_SECONDS
from tests.faults.payroll_kinds import client_with, with_two_people
from tests.faults.registering import kind
from tests.faults.stories import Story

TERMS = {"code": "NET30", "name": "30 days", "instalments": [{"days": 30}]}


@kind(
    "master_data.take_up_bank_details_change",
    "master_data.submit_bank_details_change",
    "master_data.approve_bank_details_change",
    "master_data.cancel_bank_details_change",
    "master_data.apply_bank_details",
    "banking.open_payment_runs_again",
    "payroll.apply_account_change",
    documents=("bank details change",),
)
async def money_goes_elsewhere(story: Story) -> None:
    """A supplier's account is to change, which is called off; another takes effect, and so does that to which
    somebody is paid.
    """
    own = at_work_for(story, f"GOES-{story.number}")
    await with_two_people(own)
    await changed(own, f"companies/{own.company}", {"bank_details_wait_hours": 0})
    await own.ask("/v1/payment-terms", TERMS)
    await own.ask("/v1/suppliers", MILL)
    await changed(own, "suppliers/MILL", elsewhere(THIRD_IBAN) | {"city": "Ketzin"})
    mistaken = await waiting(own)
    await own.ask(f"{PATH}/{mistaken['change_id']}/cancellation", {"reason": "not theirs"})
    await changed(own, "suppliers/MILL", elsewhere(NEW_IBAN) | {"city": "Potsdam"})
    await said_yes(own, await waiting(own), "finance director")
    await changed(own, "pay-agreements/E-1/1", {"accounts": [{"iban": SECOND_IBAN}], "language": "de"})
    await said_yes(own, await waiting(own), "payroll approver")
    supplier = await own.desks.clerk.get("/v1/suppliers/MILL")
    assert [one["iban"] for one in supplier["bank_accounts"]] == [NEW_IBAN], supplier
    agreement = await own.desks.clerk.get(f"{AGREEMENTS}/E-1/1")
    assert [one["iban"] for one in agreement["accounts"]] == [SECOND_IBAN], "somebody is paid elsewhere"
    await close(own)


async def waiting(own: OwnCompany) -> Any:
    """The change that waits for a yes."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_SECONDS:
        found = (await own.desks.clerk.get(f"{PATH}?status=asked"))["items"]
        if found and found[0]["not_before"]:
            own.books.note("bank details change", found[0]["change_id"], found[0]["change_number"])
            return found[0]
        await asyncio.sleep(0.2)
    raise AssertionError(f"no change waits for a yes: {found}")


async def said_yes(own: OwnCompany, change: Any, role: str) -> None:
    """Somebody with the role says yes to it, and it takes effect."""
    body = {"approved": True, "reason": "called back", "content_hash": change["content_hash"]}
    by = await client_with(own, role)
    began = time.monotonic()
    asked: list[Any] = []
    while not asked and time.monotonic() - began < PATIENCE_SECONDS:
        path = f"/v1/approvals?document={change['change_number']}&status=open"
        asked = (await own.desks.clerk.get(path))["items"]
    if not asked:
        raise AssertionError(f"nobody is asked about {change['change_number']}")
    await own.ask(f"/v1/approvals/{asked[0]['id']}/decision", body, by=by)
    await by.close()
    while time.monotonic() - began < PATIENCE_SECONDS:
        now = await own.desks.clerk.get(f"{PATH}/{change['change_id']}")
        if now["status"] == "effective":
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"{now['change_number']} is {now['status']}")
