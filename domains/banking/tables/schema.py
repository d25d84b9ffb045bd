"""Where the tables of banking lie, and what several of them have."""

from sqlalchemy import ForeignKeyConstraint

SCHEMA = {"schema": "banking"}


def of_account() -> ForeignKeyConstraint:
    """A table whose rows are of a bank account."""
    return ForeignKeyConstraint(
        ["company_id", "bank_account_code"], ["banking.bank_account.company_id", "banking.bank_account.code"]
    )
