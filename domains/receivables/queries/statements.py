"""A customer's statement of account: the receivable side of its account in the ledger."""

from domains.ledger.messages import Side
from domains.ledger.queries.party_statements import PartyStatement, party_statement
from domains.ledger.queries.report_days import ReportPeriod
from domains.master_data import parties
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound


class CustomerStatement(PartyStatement):
    """What a customer was charged and paid: money on account counts against what it owes."""


async def customer_statement(tx: Transaction, code: str, period: ReportPeriod) -> CustomerStatement:
    """A customer's account in some days. Refuses: NotFound, TooManyMovements."""
    found = await party_statement(tx, parties.customer(code), Side.RECEIVABLE, period)
    if found is None:
        raise NotFound(f"there is no customer {code}")
    return CustomerStatement(**dict(found))
