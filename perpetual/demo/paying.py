"""How the demo pays its suppliers, by a payment run that two approve; and what the bank's statement says."""

import asyncio
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from api.imports.sending import patiently
from perpetual.demo.people import ACCOUNTS, ADMINISTRATOR, BOOKS, COMPANY, FINANCE, People, Refused

BANK = {"code": "MAIN", "name": "Main account", "currency": "EUR", "account_code": "1400"}
PAID_AFTER = timedelta(days=30)
"""The last goods of the year came so long before."""
APPROVERS = {"finance director": FINANCE, "accountant": BOOKS}
LOOKS, LOOKS_EVERY_SECONDS = 300, 0.1
_STATEMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>{number}</MsgId></GrpHdr><Stmt><Id>{number}</Id><ElctrncSeqNb>1</ElctrncSeqNb>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>{balances}{entries}</Stmt></BkToCstmrStmt></Document>"""
_BALANCE = """<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>
<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"""
_ENTRY = """<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt><NtryDtls><TxDtls>
<Refs><EndToEndId>{end_to_end}</EndToEndId></Refs><RmtInf><Ustrd>{text}</Ustrd></RmtInf>
</TxDtls></NtryDtls></Ntry>"""


class Payday:
    """All that suppliers are owed on a day is paid by one run. The bank's statement of that day has its
    payments, and the money of a customer: both sides are matched by rules.
    """

    def __init__(self, people: People, on: date) -> None:
        self.people = people
        # A run is posted on no day that is over.
        self.on = max(on, datetime.now(UTC).date())
        self.run: dict[str, Any] = {}

    async def pay(self) -> None:
        """From the proposal to the statement. A run that was left on its way goes on; what is paid is."""
        await self._open_account()
        self.run = await self._on_its_way() or await self._proposed()
        if not self.run:
            return
        await self._have_it_approved()
        await self._until({"posted"})
        if not (await self.people.get("/v1/bank-statements", limit=1))["items"]:
            await self._read_statement()

    async def _open_account(self) -> None:
        (company,) = [one async for one in self.people.every("/v1/companies") if one["code"] == COMPANY]
        account = BANK | {"iban": company["iban"]}
        await self.people.post("/v1/bank-accounts", account, by=ADMINISTRATOR, key="demo/bank-account")

    async def _on_its_way(self) -> dict[str, Any]:
        """A run that an earlier demo was cut off in; nothing, when there is none."""
        async for run in self.people.every("/v1/payment-runs"):
            if run["status"] not in ("posted", "cancelled"):
                return run
        return {}

    async def _proposed(self) -> dict[str, Any]:
        """Whatever is due by the day; nothing, when that is paid."""
        day = self.on.isoformat()
        wanted = {"bank_account": BANK["code"], "pay_on": day, "due_until": day}
        key = f"demo/payday/{day}/{uuid.uuid4()}"
        try:
            return await self.people.post("/v1/payment-runs", wanted, by=ACCOUNTS, key=key)
        except Refused as refused:
            if refused.kind != "nothing-to-pay":
                raise
            return {}

    async def _have_it_approved(self) -> None:
        """Both say yes, one after the other as they are asked."""
        path = f"/v1/payment-runs/{self.run['run_id']}"
        if (await self._until({"proposed", "submitted", "released", "posted"}))["status"] == "proposed":
            key = f"demo/{path}/submission"
            await self.people.post(
                f"{path}/submission", {"version": self.run["version"]}, by=ACCOUNTS, key=key
            )
        for _ in range(LOOKS):
            if (await self.people.get(path))["status"] in ("released", "posted"):
                return
            found = await self.people.get("/v1/approvals", document=self.run["run_number"])
            for one in found["items"]:
                body = {"approved": True, "reason": "as read", "content_hash": one["content_hash"]}
                decision, who = f"/v1/approvals/{one['id']}/decision", APPROVERS[one["role"]]
                await self.people.post(decision, body, by=who, key=f"demo/{decision}")
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
        raise Refused(202, {"detail": f"{self.run['run_number']} waits for its approvals"})

    async def _until(self, statuses: set[str]) -> dict[str, Any]:
        """The run as it is, once it has come so far."""
        for _ in range(LOOKS):
            self.run = await self.people.get(f"/v1/payment-runs/{self.run['run_id']}")
            if self.run["status"] in statuses:
                return self.run
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
        raise Refused(202, {"detail": f"{self.run['run_number']} is {self.run['status']}"})

    async def _read_statement(self) -> None:
        """It is imported, and what rules know of it is posted."""
        lines = [
            (-Decimal(payment["amount"]), payment["end_to_end_id"], payment["supplier_name"])
            for payment in self.run["payments"]
        ]
        if (invoice := await self._unpaid_invoice()) is not None:
            lines.append((Decimal(invoice["open_amount"]), "NOTPROVIDED", invoice["invoice_number"]))
        file = ("statement.xml", statement(self.run, await self._balance(), lines), "application/xml")
        answer = await patiently(
            self.people.http,
            "POST",
            "/v1/bank-statements",
            headers={
                **self.people.headers(ACCOUNTS),
                "Idempotency-Key": f"demo/statement of {self.run['run_id']}",
            },
            files={"file": file},
        )
        said: dict[str, Any] = answer.json()
        if answer.status_code >= 400:
            raise Refused(answer.status_code, said)
        (one,) = said["statements"]
        path = f"/v1/bank-statements/{one['statement_id']}/matching"
        await self.people.post(path, {}, by=ACCOUNTS, key=f"demo/{path}")

    async def _balance(self) -> Decimal:
        """What the books say of the account on the day."""
        days = {"from": "2026-01-01", "to": str(self.on)}
        report = await self.people.get("/v1/reports/trial-balance", **days)
        rows = {row["account_code"]: Decimal(row["closing"]) for row in report["rows"]}
        return rows[BANK["account_code"]]

    async def _unpaid_invoice(self) -> dict[str, Any] | None:
        """The first one in euro that nobody has paid."""
        async for invoice in self.people.every("/v1/invoices", sort="number"):
            is_there = invoice["currency"] == "EUR" and invoice["invoiced_on"] <= str(self.on)
            if is_there and Decimal(invoice["open_amount"]) > 0:
                return invoice
        return None


def statement(run: dict[str, Any], opening: Decimal, lines: list[tuple[Decimal, str, str]]) -> bytes:
    """As the bank would send it, camt.053; each line by amount, end-to-end id and text."""
    on, closing = run["paid_on"], opening + sum(amount for amount, *_ in lines)
    balances = "".join(
        _BALANCE.format(kind=kind, amount=abs(amount), side=_side(amount), on=on)
        for kind, amount in (("OPBD", opening), ("CLBD", closing))
    )
    entries = "".join(
        _ENTRY.format(amount=abs(amount), side=_side(amount), on=on, end_to_end=of, text=escape(text))
        for amount, of, text in lines
    )
    number = f"of {run['run_number']}"
    return _STATEMENT.format(number=number, iban=run["iban"], balances=balances, entries=entries).encode()


def _side(amount: Decimal) -> str:
    return "CRDT" if amount >= 0 else "DBIT"
