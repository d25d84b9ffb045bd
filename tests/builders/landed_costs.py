"""Landed costs as tests ask for them: here, and nowhere else, is said what one needs."""

from typing import Any

from tests.builders import without_order
from tests.erp import Erp

PATH = "/v1/landed-costs"
CLEARING = "1160"
FREIGHT = {"account_code": CLEARING, "text": "freight"}


async def paid_freight(erp: Erp, amount: str = "30.00", on: str = "2026-03-05", **asked: Any) -> str:
    """Freight that a person has entered as paid; the id of the entry."""
    lines = [
        {"account_code": CLEARING, "amount": amount},
        {"account_code": "1400", "amount": f"-{amount}"},
    ]
    entry = {"posted_on": on, "text": "Freight", "lines": lines}
    return str((await erp.post("/v1/journal-entries", entry, **asked))["entry_id"])


async def billed_freight(erp: Erp, net: str = "100.00", total: str = "119.00", **changes: Any) -> Any:
    """A supplier's invoice of freight that is approved and posted."""
    return await without_order.posted(erp, without_order.coded(net, **FREIGHT), total=total, **changes)


def a_landed_cost(source_id: str, *receipts: Any, **changes: Any) -> dict[str, Any]:
    """All that is left of a source, by quantity, over receipts."""
    asked = {"source_id": source_id, "basis": "quantity", "posted_on": "2026-03-12", "reason": "freight"}
    named = [{"receipt_id": str(one)} if not isinstance(one, dict) else one for one in receipts]
    return asked | {"receipts": named} | changes


async def spread(erp: Erp, source_id: str, *receipts: Any, **changes: Any) -> Any:
    """It is posted."""
    return await erp.post(PATH, a_landed_cost(source_id, *receipts, **changes))


async def taken_back(erp: Erp, landed: Any, on: str = "2026-03-25") -> Any:
    """It was a mistake."""
    path = f"{PATH}/{landed['landed_cost_id']}/reversal"
    return await erp.post(path, {"reversed_on": on, "reason": "a mistake"})


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with them: a part stays, and another is taken back when
    goods of both costings have left.
    """
    named = []
    for item in ("APPLE", "FIFO-NUT"):
        came = await erp.receive({item: 4}, unit_cost="4.00", received_on="2026-06-02")
        named.append(came["receipt_id"])
    freight = await paid_freight(erp, "20.00", on="2026-06-02", by="accountant")
    for amount in ("8.00", "9.00"):
        landed = await spread(erp, freight, *named, posted_on="2026-06-02", amount=amount)
    lines = [{"item_code": item, "quantity": "1"} for item in ("APPLE", "FIFO-NUT")]
    gone = {"warehouse_code": "MAIN", "scrapped_on": "2026-06-03", "reason": "worms", "lines": lines}
    await erp.post("/v1/scrappings", gone)
    await taken_back(erp, landed, on="2026-06-04")
