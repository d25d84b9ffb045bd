"""The tables of identity."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
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


class RoleRecord(OfCompany, Table):
    """What a company says of a role: a further one, or a standard one that is to be other than it comes."""

    __tablename__ = "role"
    __table_args__ = (
        CheckConstraint("name ~ '^[a-z0-9]([a-z0-9 _-]*[a-z0-9])?$'", "name_well_formed"),
        CheckConstraint("name <> 'administrator'", "administrator_stays"),
        CheckConstraint("company_id <> '*'", "of_a_company"),
        {"schema": "identity"},
    )

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    description: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RolePermission(OfCompany, Table):
    """A pattern of permissions that a company's role has."""

    __tablename__ = "role_permission"
    __table_args__ = (
        CheckConstraint(
            "pattern ~ '^([*]|[a-z][a-z0-9_]*)([.]([*]|[a-z][a-z0-9_]*)){0,2}$'", "pattern_well_formed"
        ),
        ForeignKeyConstraint(
            ["company_id", "role"], ["identity.role.company_id", "identity.role.name"], ondelete="CASCADE"
        ),
        {"schema": "identity"},
    )

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    role: Mapped[str] = mapped_column(primary_key=True)
    pattern: Mapped[str] = mapped_column(primary_key=True)


class ApprovalPolicy(OfCompany, Table):
    """Who must say yes to decisions of a kind, from an amount on."""

    __tablename__ = "approval_policy"
    __table_args__ = (
        CheckConstraint("from_amount >= 0", "from_amount_not_negative"),
        CheckConstraint(
            "jsonb_typeof(levels) = 'array' AND jsonb_array_length(levels) > 0", "somebody_is_asked"
        ),
        Index(
            "approval_policy_one_says_it",
            "company_id",
            "kind",
            "category",
            "cost_centre",
            "from_amount",
            "valid_from",
            unique=True,
            postgresql_where=text("NOT blocked"),
        ),
        {"schema": "identity"},
    )

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    # In the company's currency, inclusive.
    from_amount: Mapped[Decimal]
    # Every one, when empty.
    category: Mapped[str]
    cost_centre: Mapped[str]
    levels: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    valid_from: Mapped[date]
    blocked: Mapped[bool]
    version: Mapped[int] = mapped_column(server_default="1")
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


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
