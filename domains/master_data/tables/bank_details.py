"""The table of changes of bank details: who has asked where money is to go instead, and who has said yes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Sequence, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables.keys import SCHEMA
from foundation.database.connections import OfCompany, Table
from foundation.database.document_types import document

BANK_DETAILS_CHANGE_NUMBER = Sequence(
    "bank_details_change_number", schema="master_data", metadata=Table.metadata
)


@document("/v1/bank-details-changes", process="bank_details_change")
class BankDetailsChangeRow(OfCompany, Table):
    """Where the money of a supplier, of an employee or of the company itself is to go instead."""

    __tablename__ = "bank_details_change"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint("owner IN ('supplier', 'company', 'employee')", "owner_known"),
        CheckConstraint(
            "status IN ('asked', 'approved', 'effective', 'rejected', 'cancelled')", "status_known"
        ),
        CheckConstraint("approved_by <> requested_by AND on_behalf_of <> requested_by", "four_eyes"),
        CheckConstraint(
            "NOT approved_by = ANY (may_not_approve) AND NOT on_behalf_of = ANY (may_not_approve)",
            "by_nobody_who_changed_it",
        ),
        CheckConstraint(
            "status NOT IN ('approved', 'effective') OR approved_by IS NOT NULL", "approved_by_somebody"
        ),
        CheckConstraint("(status = 'effective') = (effective_at IS NOT NULL)", "effective_has_moment"),
        CheckConstraint(
            "effective_at IS NULL OR (not_before IS NOT NULL AND effective_at >= not_before)", "has_waited"
        ),
        CheckConstraint("wait_hours >= 0", "wait_not_negative"),
        CheckConstraint(
            "owner <> 'employee' OR (accounts_before = '[]' AND accounts = '[]')", "pay_is_kept_by_payroll"
        ),
        Index(
            "bank_details_change_one_at_a_time",
            *("company_id", "owner", "code"),
            unique=True,
            postgresql_where=text("status IN ('asked', 'approved')"),
        ),
        Index(None, "company_id", "requested_at", "id"),
        SCHEMA,
    )

    company_id: Mapped[str] = mapped_column(
        ForeignKey("master_data.company.code"), server_default=func.foundation.current_company()
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    owner: Mapped[str]
    code: Mapped[str]
    """Of the record that is changed: a supplier, the company, a pay agreement."""
    party_code: Mapped[str]
    """Whose accounts they are."""
    status: Mapped[str]
    accounts_before: Mapped[list[Any]] = mapped_column(JSONB)
    """Empty for employees, as `accounts`: payroll keeps these."""
    accounts: Mapped[list[Any]] = mapped_column(JSONB)
    salt: Mapped[str]
    """So that nobody finds out by the hash what was hashed."""
    content_hash: Mapped[str]
    is_anothers: Mapped[bool]
    """Whether one of the accounts is another party's as well."""
    requested_by: Mapped[str] = mapped_column(server_default=func.current_setting("perpetual.actor"))
    requested_at: Mapped[datetime] = mapped_column(server_default=func.now())
    may_not_approve: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Who had changed the record last, and who has changed it since."""
    wait_hours: Mapped[int]
    not_before: Mapped[datetime | None]
    """By the clock of its process, as the moment at which it takes effect."""
    approved_by: Mapped[str | None]
    on_behalf_of: Mapped[str | None]
    effective_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(server_default="")
