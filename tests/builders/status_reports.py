"""Payment status reports of banks as tests have them: here, and nowhere else, is said what one needs."""

import asyncio
from collections.abc import Iterable
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from tests.builders.payment_runs import seen, today
from tests.erp import ADMIN_KEY, Erp

PATH = "/v1/payment-status-reports"
LINES = "/v1/payment-status-lines"
DRY_RUN = "a dry run"
"""As a key: nothing is imported."""


def reason(code: str = "", *texts: str) -> str:
    """Why, by a code and in words."""
    if not code and not texts:
        return ""
    said = "".join(f"<AddtlInf>{escape(one)}</AddtlInf>" for one in texts)
    coded = f"<Rsn><Cd>{code}</Cd></Rsn>" if code else ""
    return f"<StsRsnInf>{coded}{said}</StsRsnInf>"


def transaction(payment: Any, status: str, *why: str) -> str:
    """What the bank says of one payment: of a run, or by its end-to-end id."""
    end_to_end = payment if isinstance(payment, str) else payment["end_to_end_id"]
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{end_to_end}</OrgnlEndToEndId>"
        f"<TxSts>{status}</TxSts>{reason(*why)}</TxInfAndSts>"
    )


def payments(of: str, *transactions: str, status: str = "", why: Iterable[str] = ()) -> str:
    """What it says of a payment information, and of payments in it."""
    whole = f"<PmtInfSts>{status}</PmtInfSts>{reason(*why)}" if status else ""
    inside = "".join(transactions)
    return f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{of}</OrgnlPmtInfId>{whole}{inside}</OrgnlPmtInfAndSts>"


def report(
    run: Any,
    *transactions: str,
    group: str = "",
    why: Iterable[str] = (),
    payment_information: str = "",
    at: str = "",
    version: str = "10",
    inside: str = "",
) -> bytes:
    """A pain.002 about a payment run, or about the file with an id."""
    number = run if isinstance(run, str) else run["run_number"]
    whole = f"<GrpSts>{group}</GrpSts>{reason(*why)}" if group else ""
    parts = inside
    if transactions or payment_information:
        parts += payments(number, *transactions, status=payment_information, why=() if group else why)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>B{uuid4().hex[:8]}</MsgId><CreDtTm>{at or today() + 'T12:00:00Z'}</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{number}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
        f"{whole}</OrgnlGrpInfAndSts>{parts}</CstmrPmtStsRpt></Document>"
    ).encode()


async def send(erp: Erp, content: bytes, *, by: str = "administrator", key: str = "") -> Any:
    """The answer to a file that is imported."""
    headers = {
        "Authorization": f"Bearer {ADMIN_KEY if by == 'administrator' else erp.keys[by]}",
        "X-Company": erp.company,
        "Idempotency-Key": key or str(uuid4()),
    }
    path = f"{PATH}?dry_run=true" if key == DRY_RUN else PATH
    files = {"file": ("status.xml", content)}
    return await erp.http.post(path, files=files, headers=headers, timeout=60)


async def reported(erp: Erp, content: bytes) -> Any:
    """A report that must be taken."""
    return erp.accepted(await send(erp, content))


async def refused(erp: Erp, content: bytes) -> tuple[int, str]:
    """What a file is refused for."""
    answer = await send(erp, content)
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def outcomes(erp: Erp, imported: Any) -> list[str]:
    """What became of each line of a report, in its order."""
    of_it = {"report_id": imported["report_id"], "sort": "line_number"}
    return [one["outcome"] for one in (await erp.get(LINES, **of_it))["items"]]


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with them: of a run that it has paid before, what it
    pays the dairy is settled, and what it pays the mill is rejected and owed again.
    """
    listed = (await erp.get("/v1/payment-runs", status="posted"))["items"]
    runs = [await seen(erp, one) for one in listed]
    (run,) = [one for one in runs if len(one["payments"]) == 2]
    dairy, mill = run["payments"]
    both = transaction(dairy, "ACSC"), transaction(mill, "RJCT", "AC04", "Account closed")
    imported = await reported(erp, report(run, *both, group="PART"))
    for _ in range(400):
        if await outcomes(erp, imported) == ["noted", "rejected"]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{mill['end_to_end_id']} is not taken back")
