"""Statements of a bank and what their lines are posted as, asked for at random."""

from decimal import Decimal
from uuid import uuid4

from activities.banking import accounts, postings, statements
from domains.banking.messages import ImportStatements, PutBankAccount
from domains.banking.messages.postings import PostingAsked, PostLine
from tests.builders.bank_statements import IBAN, camt, entry
from tests.properties.asking import asks
from tests.properties.company import CUSTOMERS, Chance, Company

FEES, BANK = "6430", "1455"
_LAST = """
    SELECT s.closing_amount, s.until_on FROM banking.bank_statement s
    WHERE NOT EXISTS (SELECT FROM banking.statement_reversal x WHERE x.statement_id = s.id)
    ORDER BY s.position DESC LIMIT 1
"""
_OPEN = """
    SELECT l.id, l.booked_on, o.amount FROM banking.open_line o
        JOIN banking.bank_statement_line l ON l.id = o.line_id
    ORDER BY l.booked_on, l.id
"""
_PAID = """
    SELECT p.document_id AS id, p.amount FROM banking.line_posting p
    WHERE p.document_type IN ('payment', 'supplier_payment', 'refund') ORDER BY p.document_number
"""
_OWED = """
    SELECT document_id AS id, party_code FROM ledger.open_item
    WHERE side = :side AND NOT on_account AND currency = 'EUR' AND open_amount <> 0 ORDER BY document_number
"""


@asks(accounts.put_bank_account)
async def keep_an_account(company: Company, chance: Chance) -> PutBankAccount:
    """An account at a bank, which is there already but for its name."""
    return await an_account(company, chance)


async def an_account(company: Company, chance: Chance) -> PutBankAccount:
    """The account at the bank, and that of the books."""
    if not await company.rows("SELECT FROM ledger.account WHERE code = :code", code=BANK):
        await company.by.account(BANK)
    name = f"Bank {chance.randint(1, 9)}"
    return PutBankAccount(code="GIRO", name=name, iban=IBAN, currency="EUR", account_code=BANK)


@asks(statements.import_statements)
async def state(company: Company, chance: Chance) -> ImportStatements:
    """A statement that follows the last one, or perhaps one that does not."""
    await accounts.put_bank_account(company.by.call(), await an_account(company, chance))
    last = next(iter(await company.rows(_LAST)), None)
    day = company.day(chance) if last is None else max(company.day(chance), last.until_on)
    opening = Decimal(0) if last is None else last.closing_amount
    opening += 1 if chance.random() < 0.1 else 0
    moved = [Decimal(chance.choice((-1, 1)) * chance.randint(1, 9_000)) / 100 for _ in range(3)]
    if (paid := await company.one_of(chance, _PAID)) is not None:
        moved.append(-paid.amount)
    content = camt(
        *(entry(str(amount), "Something", day=str(day)) for amount in moved),
        opening=f"{opening:.2f}",
        closing=f"{opening + sum(moved):.2f}",
        number=None,
        day=str(day),
    )
    return ImportStatements(import_id=uuid4(), sha256="", file_name="a statement", content=content)


@asks(postings.post_line)
async def assign(company: Company, chance: Chance) -> PostLine | None:
    """A line, or a part of it, is money for an invoice, on account, a supplier's, sent back, or fees."""
    line = await company.one_of(chance, _OPEN)
    if line is None:
        return None
    asked = {"account_code": FEES}
    side = "receivable" if line.amount > 0 else "payable"
    document = await company.one_of(chance, _OWED, side=side)
    if document is not None and chance.random() < 0.7:
        asked = {"supplier_invoice_id": document.id}
        if line.amount > 0:
            asked = {"customer_code": document.party_code, "invoice_id": document.id}
    elif line.amount > 0 and chance.random() < 0.5:
        asked = {"customer_code": chance.choice(list(CUSTOMERS))}
    paid = [one for one in await company.rows(_PAID) if one.amount == -line.amount]
    if paid and chance.random() < 0.8:
        asked = {"returned_document_id": chance.choice(paid).id}
    part = abs(line.amount) if chance.random() < 0.7 else Decimal(chance.randint(1, 500)) / 100
    wanted = PostingAsked.model_validate(asked | {"amount": part})
    on = max(company.day(chance), line.booked_on)
    return PostLine.of(wanted, posting_id=uuid4(), line_id=line.id, posted_on=on)
