"""The schema that the tables of receivables stand in."""

from sqlalchemy import ForeignKeyConstraint

SCHEMA = {"schema": "receivables"}


def on_account(column: str) -> ForeignKeyConstraint:
    """The code in this column names an account of the same company."""
    return ForeignKeyConstraint(["company_id", column], ["ledger.account.company_id", "ledger.account.code"])
