"""What lines of statements are posted as: by rules, by people, and taken back."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query

from activities.banking import postings as operations
from api import processes
from api.door import Asked, Router, allows
from api.ledger import reversing
from api.ledger.days import OfPeriod
from api.lists import add_list
from domains.banking.messages.postings import (
    LinePosted,
    MatchingProgress,
    PostingAsked,
    PostLine,
    ReversePosting,
)
from domains.banking.queries import accounts, statements
from domains.banking.queries import postings as queries
from domains.banking.queries.balances import BankBalances, bank_balances
from domains.banking.queries.postings import LinePostingView
from domains.ledger.messages import DocumentReversed, ReversalAsked
from foundation.values.messages import Code
from workflows.bank_matching_run import MatchStatement

matching = Router(prefix="/v1/bank-statements", tags=["Banking"])
lines = Router(prefix="/v1/bank-statement-lines", tags=["Banking"])
postings = Router(prefix="/v1/bank-postings", tags=["Banking"])
counterparties = Router(prefix="/v1/bank-counterparties", tags=["Banking"])
reports = Router(prefix="/v1/reports", tags=["Reports"])

READ, POST = allows("banking.statement.read"), allows("banking.statement.post")
POSTINGS: dict[str, Any] = {
    "a customer's invoice": {
        "summary": "A customer has paid an invoice",
        "value": {"customer_code": "ALICE", "invoice_id": "6c1f5b1e-0d0a-4b43-9a53-1f1a7a0f8a11"},
    },
    "fees": {"summary": "Fees of the bank", "value": {"account_code": "6430", "text": "Fees of March"}},
}


@matching.post("/{statement_id}/matching", status_code=201, dependencies=[POST])
async def match(statement_id: UUID, asked: Asked) -> MatchingProgress:
    """Post what a rule knows of the statement's open lines; the others wait for a person."""
    async with asked.read() as tx:
        statement = await statements.bank_statement(tx, statement_id)
    start = processes.Start(
        name="bank_matching_run",
        document_id=asked.new_id("bank-matching", of=statement_id),
        command=MatchStatement(statement_id=statement_id, statement_number=statement.statement_number),
        answer_type=MatchingProgress,
        summary=f"The lines of {statement.statement_number}",
    )
    progress: MatchingProgress = await processes.start(asked, start)
    return progress


add_list(lines, statements.STATEMENT_LINES, READ)


@lines.post("/{line_id}/postings", status_code=201, dependencies=[POST])
async def post_line(
    line_id: UUID, wanted: Annotated[PostingAsked, Body(openapi_examples=POSTINGS)], asked: Asked
) -> LinePosted:
    """Say what a line is, or a part of it: a customer's money, a supplier's invoice that was paid, something
    on an account, or a document that is in the books already. It is posted at once, and learned from.
    """
    async with asked.read() as tx:
        booked_on = await queries.line_day(tx, line_id)
    posting_id = asked.new_id("bank-posting", of=line_id)
    post = PostLine.of(wanted, posting_id=posting_id, line_id=line_id, posted_on=booked_on)
    return await asked.run(operations.post_line, post)


add_list(postings, queries.LINE_POSTINGS, READ)


@postings.get("/{posting_id}", dependencies=[READ])
async def one_posting(posting_id: UUID, asked: Asked) -> LinePostingView:
    """What a line was posted as."""
    async with asked.read() as tx:
        return await queries.line_posting(tx, posting_id)


@postings.post("/{posting_id}/reversal", status_code=201, dependencies=[POST])
async def reverse_posting(posting_id: UUID, reversal: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take back what a line was posted as, and what was learned from it: the line is open again."""
    async with asked.read() as tx:
        posting = await queries.line_posting(tx, posting_id)
    of = posting.document_type, posting.document_id, reversal, posting.posted_on
    wanted = ReversePosting(posting_id=posting_id, **await reversing.reversal(asked, *of))
    return await asked.run(operations.reverse_posting, wanted)


add_list(counterparties, queries.COUNTERPARTIES, READ)


@reports.get("/bank-balances", dependencies=[READ])
async def balances(
    asked: Asked,
    period: OfPeriod,
    bank_account: Annotated[Code, Query(description="The bank account")],
) -> BankBalances:
    """What the bank and the books say was on an account at the end of each day, and what they differ by."""
    async with asked.read() as tx:
        account = await accounts.existing_account(tx, bank_account)
        return await bank_balances(tx, account, period.first, period.last)
