"""What the benchmark buys: suppliers with their banks, the three REST calls of one purchase, each timed, and
the payment run that pays for many.
"""

import itertools
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from benchmarks.client import Connection
from benchmarks.running import Site
from benchmarks.trading import COMPANY, ITEMS, RUN, Answered, call, nothing, timed

SUPPLIERS = 50
ACCOUNT = {"code": "1455", "name": "Bank for suppliers", "kind": "asset"}
PEOPLE = {
    "proposes": ("Paula Payables", "accountant"),
    "finance director": ("Dirk Director", "finance director"),
    "accountant": ("Berta Books", "accountant"),
}
"""Who proposes a payment run, and by role who approves it."""
APPROVALS = 2
_numbers = itertools.count()


@dataclass
class Timing:
    """How long the three calls of a purchase took, in seconds."""

    order: float
    receipt: float
    invoice: float


@dataclass
class PaidRun:
    """How long a payment run took, in seconds, up to each of its stages; and its file."""

    until: dict[str, float] = field(default_factory=dict)
    file: bytes = b""

    @property
    def seconds(self) -> float:
        """All of it."""
        return max(self.until.values())


def iban(number: int) -> str:
    """A German one with right check digits (ISO 13616)."""
    account = f"37040044{number:010d}"
    return f"DE{98 - int(f'{account}131400') % 97:02d}{account}"


async def open_purchasing(connection: Connection, suppliers: int = SUPPLIERS) -> dict[str, str]:
    """The suppliers, a bank account that pays them, and the keys of the people whom a payment run needs."""

    async def post(path: str, body: Any) -> Any:
        return await call(connection, f"/v1/{path}", body, f"{RUN}/purchasing/{next(_numbers)}")

    year = f"{datetime.now(UTC):%Y}"
    if year != "2026":  # That one is open.
        await post("fiscal-years", {"code": year, "starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"})
    for number in range(suppliers):
        await post("suppliers", a_supplier(number))
    await post("accounts", ACCOUNT)
    bank = {"code": "PAYS", "name": "Bank for suppliers", "currency": "EUR", "iban": iban(10**9)}
    await post("bank-accounts", bank | {"account_code": ACCOUNT["code"]})
    keys = {}
    for part, (actor, role) in PEOPLE.items():
        asked = {"actor": actor, "companies": [COMPANY], "roles": [role]}
        keys[part] = (await post("api-keys", asked))["key"]
    return keys


def a_supplier(number: int) -> dict[str, Any]:
    """One of them, with a bank account of its own."""
    return {
        "code": f"S-{number:07d}",
        "name": f"Supplier {number}",
        "city": "Potsdam",
        "country": "DE",
        "currency": "EUR",
        "payment_terms_code": "NET30",
        "bank_accounts": [{"currency": "EUR", "iban": iban(number)}],
    }


async def one_purchase(connection: Connection, answered: Answered = nothing) -> Timing:
    """Order three lines, receive them, and enter the supplier's invoice, which matches.

    `answered` is told the order's id after each of the three, outside what is timed.
    """
    number = next(_numbers)
    lines = [
        {"item_code": f"ITEM-{(number * 7 + line * 13) % ITEMS:03d}", "quantity": "4", "unit_price": "7.25"}
        for line in range(3)
    ]
    order = {"supplier_code": f"S-{number % SUPPLIERS:07d}", "ordered_on": "2026-03-02", "lines": lines}
    placed, ordering = await timed(connection, "/v1/purchase-orders", order, f"{RUN}/po{number}")
    await answered(placed["order_id"])
    path = f"/v1/purchase-orders/{placed['order_id']}"
    received = {"received_on": "2026-03-09"}
    _, receiving = await timed(connection, f"{path}/receipts", received, f"{RUN}/re{number}")
    await answered(placed["order_id"])
    invoice = {"supplier_number": f"I-{number}", "invoiced_on": "2026-03-10"}
    invoice |= {"total_amount": placed["total_amount"]}
    entered, billing = await timed(connection, f"{path}/invoices", invoice, f"{RUN}/in{number}")
    await answered(placed["order_id"])
    if entered["status"] != "posted":
        raise RuntimeError(f"the invoice is {entered['status']}, not posted")
    return Timing(ordering, receiving, billing)


async def pay_all(site: Site, keys: dict[str, str]) -> PaidRun:
    """A payment run over all that is due, from its proposal to the file for the bank."""
    done, people = PaidRun(), {part: Connection(site.base_url, key, COMPANY) for part, key in keys.items()}
    proposer, today, began = people["proposes"], f"{datetime.now(UTC):%Y-%m-%d}", time.perf_counter()

    def reached(stage: str) -> None:
        done.until[stage] = time.perf_counter() - began

    number = next(_numbers)
    wanted = {"bank_account": "PAYS", "pay_on": today, "due_until": today}
    run = await call(proposer, "/v1/payment-runs", wanted, f"{RUN}/pay{number}")
    reached("proposed")
    path = f"/v1/payment-runs/{run['run_id']}"
    await call(proposer, f"{path}/submission", {"version": run["version"]}, f"{RUN}/submit{number}")
    reached("submitted")
    asked = f"/v1/approvals?document={run['run_number']}"
    for approval in (await proposer.until(asked, lambda found: len(found["items"]) == APPROVALS))["items"]:
        decision = {"approved": True, "reason": "as read", "content_hash": approval["content_hash"]}
        of = f"/v1/approvals/{approval['id']}/decision"
        await call(people[approval["role"]], of, decision, f"{RUN}/{approval['id']}")
    reached("approved")
    await proposer.until(path, lambda run: run["status"] == "posted")
    _, done.file = await proposer.get_file(f"{path}/file")
    reached("posted, and the file read")
    for one in people.values():
        await one.close()
    return done
