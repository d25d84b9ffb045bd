"""How the demo gets a run of payments or of payroll through: submitted, approved by two, posted."""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from perpetual.demo.people import People, Refused

LOOKS, LOOKS_EVERY_SECONDS = 300, 0.1
APPROVED = ("released", "posted", "sealed")


async def payment_run(people: People, wanted: dict[str, Any], *, by: str, key: str) -> dict[str, Any] | None:
    """The payment run of a payroll run, or of suppliers, that an earlier demo was cut off in; else a new one;
    none when there is nothing to pay.
    """
    async for run in people.every("/v1/payment-runs"):
        is_of_it = run["payroll_run_id"] == wanted.get("payroll_run_id")
        if is_of_it and run["status"] not in ("posted", "cancelled"):
            return run
    try:
        return await people.post("/v1/payment-runs", wanted, by=by, key=f"demo/{key}/{uuid.uuid4()}")
    except Refused as refused:
        if refused.kind != "nothing-to-pay":
            raise
        return None


@dataclass(frozen=True)
class RunToApprove:
    """A run, who has it on the way, and who says yes to it, by the role that is asked."""

    people: People
    path: str
    by: str
    approvers: Mapping[str, str]

    async def seen(self) -> dict[str, Any]:
        """As it is now."""
        run: dict[str, Any] = await self.people.get(self.path)
        return run

    async def until(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The run, once something is so of it."""
        for _ in range(LOOKS):
            if is_so(now := await self.seen()):
                return now
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
        raise Refused(202, {"detail": f"{now['run_number']} is {now['status']}"})

    async def approve(self, *, still: str) -> None:
        """It is submitted, if it is `still` what it was at first, and approved as people are asked."""
        if (run := await self.seen())["status"] == still:
            path, version = f"{self.path}/submission", {"version": run["version"]}
            await self.people.post(path, version, by=self.by, key=f"demo/{path}")
        for _ in range(LOOKS):
            if (await self.seen())["status"] in APPROVED:
                return
            for one in (await self.people.get("/v1/approvals", document=run["run_number"]))["items"]:
                body = {"approved": True, "reason": "as read", "content_hash": one["content_hash"]}
                decision, who = f"/v1/approvals/{one['id']}/decision", self.approvers[one["role"]]
                await self.people.post(decision, body, by=who, key=f"demo/{decision}")
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
        raise Refused(202, {"detail": f"{run['run_number']} waits for its approvals"})
