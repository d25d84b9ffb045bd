"""The tables of identity."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from foundation.database.connections import OfCompany, Table


class ApiKey(Table):
    """A key that names a person or a client. Row-level security shows it only to whoever has its hash."""

    __tablename__ = "api_key"
    __table_args__ = ({"schema": "identity"},)

    key_hash: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    companies: Mapped[list[str]] = mapped_column(ARRAY(Text))
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    issued_at: Mapped[datetime] = mapped_column(server_default=func.now())
    revoked_at: Mapped[datetime | None]


class Delegation(OfCompany, Table):
    """Somebody may decide what somebody else may, in a role, for a while."""

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("from_actor <> to_actor", "to_another"),
        CheckConstraint("valid_from < valid_until", "runs"),
        CheckConstraint("(revoked_by IS NULL) = (revoked_at IS NULL)", "revoked_by_somebody"),
        Index(None, "company_id", "to_actor"),
        {"schema": "identity"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_actor: Mapped[str]
    to_actor: Mapped[str]
    role: Mapped[str]
    reason: Mapped[str]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    revoked_by: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
