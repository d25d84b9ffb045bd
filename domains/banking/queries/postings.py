"""What lines were posted as, what is open of them, and what was learned, as it is read."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Date, Numeric, Text, Uuid, any_, bindparam, exists, func, select, text

from domains.banking.rules.matching import Known
from domains.banking.rules.postings import RETURNABLE, LineFacts
from domains.banking.rules.returns import PaidBefore
from domains.banking.tables import (
    BankAccount,
    BankStatement,
    BankStatementLine,
    Counterparty,
    LinePosting,
    OpenLine,
)
from foundation.database.connections import columns_for, facts, rows_of
from foundation.database.lists import Listing, between, equal, named, only
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import Message, ShownAmount


class LinePostingView(Message):
    """What a line, or a part of it, is in the books; what came in is positive."""

    posting_id: UUID
    line_id: UUID
    statement_id: UUID
    bank_account_code: str
    posted_on: date
    currency: str
    amount: ShownAmount
    document_type: str
    document_id: UUID
    document_number: str
    is_found: bool
    """Whether the document was in the books already."""
    rule: str
    """By which rule it was found, or that a person has said it."""
    is_reversed: bool
    recorded_at: datetime


class CounterpartyView(Message):
    """Who is on the other side of lines, or what they are posted to, learned from what a person has said."""

    known_as: str
    """The IBAN, or the name where the bank tells none."""
    comes_in: bool
    party_type: str | None
    party_code: str | None
    account_code: str | None
    posting_id: UUID
    """The posting that it was learned from."""


_IS_TAKEN_BACK = func.banking.is_taken_back(
    LinePosting.document_type, LinePosting.document_id, LinePosting.id, type_=Boolean
)
_IS_RETURNED = func.banking.is_returned(LinePosting.document_type, LinePosting.document_id, type_=Boolean)
_POSTINGS = select(*rows_of(LinePosting).c, _IS_TAKEN_BACK.label("is_reversed"))
_SAID = ("text", "end_to_end_id", "party_name", "party_iban", "code")
_OPEN = (
    select(
        *(getattr(BankStatementLine, name) for name in ("id", "statement_id", "line_number", "booked_on")),
        BankStatementLine.amount,
        *(getattr(BankStatementLine, name) for name in _SAID),
        BankStatement.number.label("statement_number"),
        BankStatement.bank_account_code,
        BankStatement.currency,
        BankAccount.account_code,
        func.coalesce(OpenLine.amount, 0).label("open_amount"),
        func.banking.open_again_on(BankStatementLine.id, type_=Date).label("again_on"),
    )
    .join(BankStatement, BankStatement.id == BankStatementLine.statement_id)
    .join(BankAccount, BankAccount.code == BankStatement.bank_account_code)
)
# Whoever posts a line, or a part of it, comes after whoever does so already.
_LOCK = text("SELECT FROM banking.open_line WHERE line_id = :line FOR UPDATE").bindparams(
    bindparam("line", type_=Uuid)
)
_LINE = _OPEN.outerjoin(OpenLine, OpenLine.line_id == BankStatementLine.id).where(
    BankStatementLine.id == bindparam("line", type_=Uuid)
)
_OF_STATEMENT = (
    _OPEN.join(OpenLine, OpenLine.line_id == BankStatementLine.id)
    .where(OpenLine.statement_id == bindparam("statement", type_=Uuid))
    # Money that bounced, or that was posted wrongly, would be matched with the same again.
    .where(~exists().where(LinePosting.line_id == BankStatementLine.id, _IS_TAKEN_BACK))
    .order_by(BankStatementLine.line_number)
)
_OTHERS = select(LinePosting.id).where(
    LinePosting.document_id == bindparam("document", type_=Uuid), ~_IS_TAKEN_BACK
)
_STANDING = select(LinePosting.document_id).where(
    LinePosting.document_id == any_(bindparam("documents", type_=ARRAY(Uuid))), ~_IS_TAKEN_BACK
)
_PAID = (
    select(
        *(getattr(LinePosting, name) for name in ("document_id", "document_number", "posted_on", "amount")),
        *(getattr(BankStatementLine, name) for name in ("bank_reference", *_SAID)),
    )
    .join(BankStatementLine, BankStatementLine.id == LinePosting.line_id)
    .where(
        LinePosting.bank_account_code == bindparam("account", type_=Text),
        LinePosting.document_type == any_(bindparam("types", type_=ARRAY(Text))),
        LinePosting.amount == any_(bindparam("amounts", type_=ARRAY(Numeric))),
        LinePosting.posted_on.between(bindparam("since", type_=Date), bindparam("until", type_=Date)),
        ~_IS_TAKEN_BACK,
        ~_IS_RETURNED,
    )
    .order_by(LinePosting.posted_on, LinePosting.id)
)
_RETURNED = text("SELECT banking.is_returned(:type, :document)").bindparams(bindparam("document", type_=Uuid))
_TAKEN_BACK_BY = text(
    """
    SELECT id, line_id, amount, document_id, document_number FROM banking.taken_back_by(:reversal) ORDER BY id
    """
).bindparams(bindparam("reversal", type_=Uuid))
_KNOWN = select(*rows_of(Counterparty).c).where(
    Counterparty.known_as == any_(bindparam("names", type_=ARRAY(Text)))
)


def posting_view(row: Any) -> LinePostingView:
    """One row of `LINE_POSTINGS`."""
    return LinePostingView(posting_id=row.id, **facts(row, LinePostingView))


LINE_POSTINGS = Listing(
    name="bank_postings",
    about="What lines of statements were posted as, the latest first.",
    view=LinePostingView,
    rows=_POSTINGS,
    to_view=posting_view,
    filters=(
        equal(LinePosting.bank_account_code, "bank_account"),
        equal(LinePosting.statement_id),
        equal(LinePosting.line_id),
        equal(LinePosting.document_id),
        equal(LinePosting.rule),
        *between(LinePosting.posted_on),
        only("only_standing", ~_IS_TAKEN_BACK, "Only those that were not taken back"),
    ),
    sorts=named(LinePosting.posted_on, LinePosting.recorded_at, LinePosting.amount),
    order="-recorded_at",
    unique=(LinePosting.id,),
)
COUNTERPARTIES = Listing(
    name="bank_counterparties",
    about="Who is known to be on the other side of lines, by IBAN or by name.",
    view=CounterpartyView,
    rows=select(*columns_for(Counterparty, CounterpartyView)),
    filters=(
        equal(Counterparty.known_as),
        equal(Counterparty.party_code, "party"),
        equal(Counterparty.account_code),
    ),
    sorts=named(Counterparty.known_as),
    order="known_as",
    unique=(Counterparty.known_as, Counterparty.comes_in),
)


async def locked_line(tx: Transaction, line_id: UUID) -> LineFacts:
    """A line and what is open of it; nobody else posts it meanwhile. Refuses: NotFound."""
    await tx.execute(_LOCK, {"line": line_id})
    return LineFacts(**(await tx.existing(_LINE, f"line {line_id}", {"line": line_id}))._asdict())


async def line_day(tx: Transaction, line_id: UUID) -> date:
    """The day on which a line is posted, unless another is said: on which the bank has booked it, or it was
    open again. Refuses: NotFound.
    """
    line = await tx.existing(_LINE, f"line {line_id}", {"line": line_id})
    day: date = max(line.booked_on, line.again_on or line.booked_on)
    return day


async def lines_to_match(tx: Transaction, statement_id: UUID) -> list[LineFacts]:
    """The lines of a statement that are open, in the bank's order. Those of which a posting was taken back
    wait for a person.
    """
    rows = await tx.execute(_OF_STATEMENT, {"statement": statement_id})
    return [LineFacts(**row._asdict()) for row in rows]


async def is_of_a_line(tx: Transaction, document_id: UUID) -> bool:
    """Whether some line is this document already."""
    return await tx.scalar(_OTHERS, {"document": document_id}) is not None


async def documents_of_lines(tx: Transaction, documents: Sequence[UUID]) -> set[UUID]:
    """Which of some documents are lines already, whatever day these are posted on."""
    return set(await tx.scalars(_STANDING, {"documents": list(documents)}))


async def is_returned(tx: Transaction, document_type: str, document_id: UUID) -> bool:
    """Whether some line is the reversal of a document: the bank has sent its money back."""
    return bool(await tx.scalar(_RETURNED, {"type": document_type, "document": document_id}))


async def taken_back_by(tx: Transaction, reversal_id: UUID) -> list[Row]:
    """What lines were posted as that a reversal has taken back, while it is no line itself."""
    return list(await tx.execute(_TAKEN_BACK_BY, {"reversal": reversal_id}))


async def paid(tx: Transaction, lines: Sequence[LineFacts], since: date) -> list[PaidBefore]:
    """Payments and refunds that lines of the account are since a day, of amounts that some of these lines may
    bring back.
    """
    wanted = {
        "account": lines[0].bank_account_code,
        "types": list(RETURNABLE),
        "amounts": sorted({-line.open_amount for line in lines}),
        "since": since,
        "until": max(line.booked_on for line in lines),
    }
    return [PaidBefore(**row._asdict()) for row in await tx.execute(_PAID, wanted)]


async def known_counterparties(tx: Transaction, names: list[str]) -> dict[tuple[str, bool], Known]:
    """What was learned of those who are known as this, by whether the money comes in."""
    rows = await tx.execute(_KNOWN, {"names": names})
    return {
        (row.known_as, row.comes_in): Known(
            (row.party_type, row.party_code) if row.party_code else None, row.account_code
        )
        for row in rows
    }


async def line_posting(tx: Transaction, posting_id: UUID) -> LinePostingView:
    """One of them. Refuses: NotFound."""
    wanted = _POSTINGS.where(LinePosting.id == bindparam("id", type_=Uuid))
    return posting_view(await tx.existing(wanted, f"bank posting {posting_id}", {"id": posting_id}))
