"""Files of banks as tests have them, and bank accounts: here, and nowhere else, is said what one needs."""

import io
import zipfile
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from tests.erp import ADMIN_KEY, Erp

PATH = "/v1/bank-statements"
DRY_RUN = "a dry run"
"""As a key: nothing is imported."""
IBAN = "DE02120300000000202051"
OTHERS_IBAN = "DE02500105170137075030"
SAVINGS = {"code": "1455", "name": "Savings bank", "kind": "asset"}
ACCOUNT = {
    "code": "SAVINGS",
    "name": "Savings bank",
    "iban": IBAN,
    "bic": "BYLADEM1001",
    "currency": "EUR",
    "account_code": SAVINGS["code"],
}


def entry(amount: str, text: str = "", *, day: str = "2026-03-20", **more: str) -> str:
    """One entry of a camt.053, booked; what came in is positive.

    `name` and `iban` are of whoever is on the other side, `end_to_end` is the reference that he gave.
    """
    figure = Decimal(amount)
    side, others = ("CRDT", "Dbtr") if figure > 0 else ("DBIT", "Cdtr")
    parties = ""
    if name := more.get("name", ""):
        parties += f"<{others}><Pty><Nm>{escape(name)}</Nm></Pty></{others}>"
    if iban := more.get("iban", ""):
        parties += f"<{others}Acct><Id><IBAN>{iban}</IBAN></Id></{others}Acct>"
    return (
        f'<Ntry><Amt Ccy="{more.get("currency", "EUR")}">{abs(figure)}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
        f"<Sts><Cd>{more.get('status', 'BOOK')}</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
        f"<ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{more.get('reference', '')}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{more.get('end_to_end', 'NOTPROVIDED')}</EndToEndId></Refs>"
        f"<RltdPties>{parties}</RltdPties><RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def balance(kind: str, amount: Decimal, day: str, currency: str) -> str:
    """What was on the account."""
    side = "DBIT" if amount < 0 else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{abs(amount)}</Amt><CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>'
    )


def camt(
    *entries: str,
    opening: str = "0.00",
    closing: str,
    number: int | None = 1,
    day: str = "2026-03-20",
    iban: str = IBAN,
    currency: str = "EUR",
    version: str = "08",
) -> bytes:
    """A camt.053 with one statement."""
    counted = f"<ElctrncSeqNb>{number}</ElctrncSeqNb>" if number is not None else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M1</MsgId><CreDtTm>{day}T20:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>S{number}</Id>{counted}<CreDtTm>{day}T20:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{balance('OPBD', Decimal(opening), day, currency)}"
        f"{balance('CLBD', Decimal(closing), day, currency)}"
        f"{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def packed(*files: bytes) -> bytes:
    """Files in a zip file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(files, 1):
            archive.writestr(f"{number}.xml", content)
    return made.getvalue()


async def send(erp: Erp, content: bytes, *, by: str = "administrator", key: str = "", **form: str) -> Any:
    """The answer to a file that is imported."""
    headers = {
        "Authorization": f"Bearer {ADMIN_KEY if by == 'administrator' else erp.keys[by]}",
        "X-Company": erp.company,
        "Idempotency-Key": key or str(uuid4()),
    }
    files = {"file": ("statement.xml", content)}
    path = f"{PATH}?dry_run=true" if key == DRY_RUN else PATH
    return await erp.http.post(path, files=files, data=form, headers=headers, timeout=60)


async def imported(erp: Erp, content: bytes, **form: str) -> list[Any]:
    """The statements of a file that must be taken."""
    answer = erp.accepted(await send(erp, content, **form))
    statements: list[Any] = answer["statements"]
    return statements


async def refused(erp: Erp, content: bytes, **form: str) -> tuple[int, str]:
    """What a file is refused for."""
    answer = await send(erp, content, **form)
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def open_account(erp: Erp, **changes: Any) -> Any:
    """A bank account of the company's, with an account of its own in the books."""
    account = ACCOUNT | changes
    await erp.post("/v1/accounts", SAVINGS | {"code": account["account_code"]})
    return await erp.post("/v1/bank-accounts", account)


async def lines_of(erp: Erp, statement: Any, **narrowed: Any) -> list[Any]:
    """A statement's lines."""
    of_it = {"statement_id": statement["statement_id"], "sort": "line_number"}
    found = await erp.get("/v1/bank-statement-lines", **of_it, **narrowed)
    items: list[Any] = found["items"]
    return items


def amounts(lines: Iterable[Any], of: str = "amount") -> list[str]:
    """Of some lines."""
    return [line[of] for line in lines]


async def an_invoice(erp: Erp, price: str = "100.00") -> Any:
    """An invoice for Alice, with 19 % tax."""
    line = {"description": "Advice", "unit_price": price, "tax_code": "S19"}
    asked = {"customer_code": "ALICE", "invoiced_on": "2026-03-02", "lines": [line]}
    return await erp.post("/v1/invoices", asked, by="accountant")


async def assign(erp: Erp, line: Any, **asked: Any) -> Any:
    """A person says what a line is."""
    return await erp.post(f"/v1/bank-statement-lines/{line['line_id']}/postings", asked, by="accountant")


async def match(erp: Erp, statement: Any, key: str = "") -> Any:
    """A run over the statement's open lines; gives how far it came."""
    path = f"{PATH}/{statement['statement_id']}/matching"
    return await erp.post(path, {}, by="accountant", key=key or str(uuid4()))


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with them."""
    await open_account(erp)
    fees = entry("-1.50", "Fee", name="Savings bank")
    (first,) = await imported(erp, camt(entry("250.00", "Deposit"), fees, closing="248.50"))
    deposit, fee = await lines_of(erp, first)
    await assign(erp, fee, account_code="6430")
    wrong = await assign(erp, deposit, customer_code="BOB", amount="200.00")
    back = {"reason": "not Bob's", "reversed_on": "2026-03-21"}
    await erp.post(f"/v1/bank-postings/{wrong['posting_id']}/reversal", back)
    mistaken = camt(entry("10.00"), opening="248.50", closing="258.50", number=2)
    (statement,) = await imported(erp, mistaken)
    await erp.post(f"{PATH}/{statement['statement_id']}/reversal", {"reason": "of a test system"})
    invoice = await an_invoice(erp, "10.00")
    paid = entry("11.90", invoice["invoice_number"])
    right = camt(entry("23.80"), paid, opening="248.50", closing="284.20", number=2)
    (last,) = await imported(erp, right)
    await match(erp, last)
    known = await an_invoice(erp, "20.00")
    money = {"customer_code": "ALICE", "amount": "23.80", "currency": "EUR", "received_on": "2026-03-20"}
    money |= {"account_code": SAVINGS["code"], "invoice_id": known["invoice_id"]}
    known = await erp.post("/v1/payments", money)
    await assign(erp, (await lines_of(erp, last))[0], document_id=known["payment_id"])
    bounced = entry("-11.90", day="2026-03-23")
    (back,) = await imported(
        erp, camt(bounced, opening="284.20", closing="272.30", number=3, day="2026-03-23")
    )
    (debit,) = (await erp.get("/v1/bank-postings", statement_id=last["statement_id"], sort="amount"))[
        "items"
    ][:1]
    await assign(erp, (await lines_of(erp, back))[0], returned_document_id=debit["document_id"])
