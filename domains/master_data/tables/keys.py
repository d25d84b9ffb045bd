"""How records are keyed and versioned, and how others refer to them."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

SCHEMA = {"schema": "master_data"}


def belongs_to(column: str, table: str) -> ForeignKeyConstraint:
    """The code in this column names a record of master data, of the same company."""
    return ForeignKeyConstraint(
        ["company_id", column], [f"master_data.{table}.company_id", f"master_data.{table}.code"]
    )


def of_party() -> ForeignKeyConstraint:
    """`party_type` and `party_code` name somebody in the register of parties."""
    return ForeignKeyConstraint(
        ["company_id", "party_type", "party_code"],
        ["master_data.party.company_id", "master_data.party.type", "master_data.party.code"],
    )


class Versioned:
    """Who edits a record says which version he saw."""

    version: Mapped[int] = mapped_column(server_default="1")
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OfCode:
    """A record of a company, found by its code."""

    company_id: Mapped[str] = mapped_column(
        ForeignKey("master_data.company.code"),
        primary_key=True,
        server_default=func.foundation.current_company(),
    )
    code: Mapped[str] = mapped_column(primary_key=True)
