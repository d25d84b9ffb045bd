"""How documents commit budgets of cost centres: in their own transaction, under a lock of the budget's row.

A line commits what it will come to when it is entered, hands that on to what follows it, and gives back what
is not wanted any more. The rows are collected, and the operation's closing statement writes them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domains.ledger.messages.budgets import CommittedBy, ToCommit
from domains.ledger.queries import budgets as queries
from domains.ledger.rules.budgets import budgets_for, to_give_back
from domains.ledger.tables.budgets import BudgetCommitment
from domains.master_data import queries as master_data
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.values.money import ZERO


async def commit_budgets(
    tx: Transaction, document: CommittedBy, wanted: Sequence[ToCommit], *, on: date
) -> Mapping[int, str]:
    """Commit what the lines of a document will come to, in the company's currency; gives the code of the
    budget by line number, of those lines whose cost centre has budgets.

    Refuses: NoBudgetOnDay, naming every line that is wanted when its cost centre has none, but has others;
    BudgetExceeded, naming every line for which too little is left.
    """
    asked = [line for line in wanted if line.amount > 0]
    known = await queries.locked_budgets_of(tx, ((line.cost_centre, line.on) for line in asked))
    controlled = await queries.cost_centres_with_budgets(tx, (line.cost_centre for line in asked))
    found = budgets_for(asked, known, controlled=controlled)
    rows = [
        _row(document, found[line.line_number].code, line.line_number, line.amount, on=on, wanted_on=line.on)
        for line in asked
        if line.line_number in found
    ]
    write_document(tx, {BudgetCommitment: rows})
    return {number: budget.code for number, budget in found.items()}


async def hand_commitments_on(
    tx: Transaction, before: CommittedBy, after: CommittedBy, lines: Mapping[int, int], *, on: date
) -> None:
    """What lines of a document have committed is committed by lines of the document that follows it from now
    on: `lines` gives their numbers by those before. Nothing of it can be refused.
    """
    rows: list[dict[str, Any]] = []
    found = [one for one in await queries.committed_by(tx, before) if one.line_number in lines]
    await queries.locked_budgets(tx, (one.budget_code for one in found))
    for one in found:
        if one.open_amount:
            day = max(on, one.committed_on)
            for document, number, amount in (
                (before, one.line_number, -one.open_amount),
                (after, lines[one.line_number], one.open_amount),
            ):
                rows.append(_row(document, one.budget_code, number, amount, on=day, wanted_on=one.wanted_on))
    write_document(tx, {BudgetCommitment: rows})


async def give_commitments_back(
    tx: Transaction, document: CommittedBy, wanted: Mapping[int, Decimal] | None = None, *, on: date
) -> None:
    """Give back what a document has committed, but for the share of each line that is still wanted or has
    come, 0 to 1; lines that are not in `wanted` give all back. Twice is once.
    """
    currency = (await master_data.company(tx)).currency
    found = [one for one in await queries.committed_by(tx, document) if one.open_amount]
    await queries.locked_budgets(tx, (one.budget_code for one in found))
    rows = []
    for one in found:
        if back := to_give_back(one, (wanted or {}).get(one.line_number, ZERO), currency):
            day = max(on, one.committed_on)
            row = _row(document, one.budget_code, one.line_number, -back, on=day, wanted_on=one.wanted_on)
            rows.append(row)
    write_document(tx, {BudgetCommitment: rows})


def _row(
    document: CommittedBy, budget: str, line_number: int, amount: Decimal, *, on: date, wanted_on: date
) -> dict[str, Any]:
    return {
        "budget_code": budget,
        "document_type": document.document_type,
        "document_id": document.document_id,
        "line_number": line_number,
        "amount": amount,
        "committed_on": on,
        "wanted_on": wanted_on,
    }
