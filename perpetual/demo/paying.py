"""How the demo pays its suppliers, by a payment run that two approve; and what the bank's statement says."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from api.imports.sending import patiently
from perpetual.demo.people import ACCOUNTS, ADMINISTRATOR, BOOKS, COMPANY, FINANCE, People, Refused
from perpetual.demo.runs import RunToApprove, payment_run
from perpetual.demo.wages import WagesPaid

BANK = {"code": "MAIN", "name": "Main account", "currency": "EUR", "account_code": "1400"}
PAID_AFTER = timedelta(days=30)
"""The last goods of the year came so long before."""
APPROVERS = {"finance director": FINANCE, "accountant": BOOKS}
_STATEMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>{number}</MsgId></GrpHdr><Stmt><Id>{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>{balances}{entries}</Stmt></BkToCstmrStmt></Document>"""
_BALANCE = """<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>
<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"""
_ENTRY = """<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt><NtryDtls><TxDtls>
<Refs><EndToEndId>{end_to_end}</EndToEndId></Refs><RmtInf><Ustrd>{text}</Ustrd></RmtInf>
</TxDtls></NtryDtls></Ntry>"""


def payday(on: date) -> date:
    """The day, or today: a run is posted on no day that is over."""
    return max(on, datetime.now(UTC).date())


async def open_account(people: People) -> None:
    """The account that the company pays from."""
    (company,) = [one async for one in people.every("/v1/companies") if one["code"] == COMPANY]
    account = BANK | {"iban": company["iban"]}
    await people.post("/v1/bank-accounts", account, by=ADMINISTRATOR, key="demo/bank-account")


class Payday:
    """All that suppliers are owed on a day is paid by one run. The bank's statement of that day has its
    payments, the wages, and the money of a customer: all are matched by rules.
    """

    def __init__(self, people: People, on: date, wages: Sequence[WagesPaid] = ()) -> None:
        self.people, self.on, self.wages = people, payday(on), wages
        self.run: dict[str, Any] = {}

    async def pay(self) -> None:
        """From the proposal to the statement. A run that was left on its way goes on; what is paid is."""
        day = self.on.isoformat()
        wanted = {"bank_account": BANK["code"], "pay_on": day, "due_until": day}
        found = await payment_run(self.people, wanted, by=ACCOUNTS, key=f"payday/{day}")
        if found is not None:
            run = RunToApprove(self.people, f"/v1/payment-runs/{found['run_id']}", ACCOUNTS, APPROVERS)
            await run.approve(still="proposed")
            self.run = await run.until(lambda now: now["status"] == "posted")
        if self.run or self.wages:
            await self._read_statement()

    async def _read_statement(self) -> None:
        """It is imported, and what rules know of it is posted."""
        lines = [
            (-Decimal(payment["amount"]), payment["end_to_end_id"], payment["supplier_name"])
            for payment in self.run.get("payments", ())
        ]
        lines += [(-paid.amount, "NOTPROVIDED", paid.run_number) for paid in self.wages]
        if (invoice := await self._unpaid_invoice()) is not None:
            lines.append((Decimal(invoice["open_amount"]), "NOTPROVIDED", invoice["invoice_number"]))
        before = [one async for one in self.people.every("/v1/bank-statements")]
        sent = statement(len(before) + 1, await self._iban(), self.on, await self._balance(), lines)
        file = ("statement.xml", sent, "application/xml")
        answer = await patiently(
            self.people.http,
            "POST",
            "/v1/bank-statements",
            headers={
                **self.people.headers(ACCOUNTS),
                "Idempotency-Key": f"demo/statement {len(before) + 1}",
            },
            files={"file": file},
        )
        said: dict[str, Any] = answer.json()
        if answer.status_code >= 400:
            raise Refused(answer.status_code, said)
        (one,) = said["statements"]
        path = f"/v1/bank-statements/{one['statement_id']}/matching"
        await self.people.post(path, {}, by=ACCOUNTS, key=f"demo/{path}")

    async def _iban(self) -> str:
        """Whose statement it is."""
        account = await self.people.get(f"/v1/bank-accounts/{BANK['code']}")
        return str(account["iban"])

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


def statement(
    number: int, iban: str, on: date, opening: Decimal, lines: list[tuple[Decimal, str, str]]
) -> bytes:
    """As the bank would send it, camt.053; each line by amount, end-to-end id and text."""
    closing = opening + sum(amount for amount, *_ in lines)
    balances = "".join(
        _BALANCE.format(kind=kind, amount=abs(amount), side=_side(amount), on=on)
        for kind, amount in (("OPBD", opening), ("CLBD", closing))
    )
    entries = "".join(
        _ENTRY.format(amount=abs(amount), side=_side(amount), on=on, end_to_end=of, text=escape(text))
        for amount, of, text in lines
    )
    return _STATEMENT.format(number=number, iban=iban, balances=balances, entries=entries).encode()


def _side(amount: Decimal) -> str:
    return "CRDT" if amount >= 0 else "DBIT"
