"""Whom we trade with, and whom the books may name."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, PrimaryKeyConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables.keys import SCHEMA, OfCode, Versioned, belongs_to
from foundation.database.connections import Table


class Customer(OfCode, Versioned, Table):
    """A customer."""

    __tablename__ = "customer"
    __table_args__ = (
        belongs_to("price_list_code", "price_list"),
        belongs_to("payment_terms_code", "payment_terms"),
        belongs_to("tax_code", "tax_code"),
        CheckConstraint("invoicing IN ('shipment', 'order', 'collective')", "invoicing_known"),
        CheckConstraint("delivery IN ('partial', 'complete')", "delivery_known"),
        CheckConstraint("credit_limit >= 0", "credit_limit_not_negative"),
        SCHEMA,
    )

    name: Mapped[str]
    address: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]
    language: Mapped[str]
    currency: Mapped[str]
    price_list_code: Mapped[str | None]
    payment_terms_code: Mapped[str]
    tax_code: Mapped[str | None]
    tax_number: Mapped[str]
    email: Mapped[str]
    credit_limit: Mapped[Decimal | None]
    invoicing: Mapped[str]
    delivery: Mapped[str]
    discount_percent: Mapped[Decimal]
    blocked: Mapped[bool]


class Supplier(OfCode, Versioned, Table):
    """A supplier."""

    __tablename__ = "supplier"
    __table_args__ = (
        belongs_to("payment_terms_code", "payment_terms"),
        belongs_to("tax_code", "tax_code"),
        SCHEMA,
    )

    name: Mapped[str]
    address: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]
    language: Mapped[str]
    currency: Mapped[str]
    payment_terms_code: Mapped[str]
    tax_code: Mapped[str | None]
    tax_number: Mapped[str]
    email: Mapped[str]
    remittance_email: Mapped[str] = mapped_column(server_default="")
    bank_accounts: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    blocked: Mapped[bool]
    changed_by: Mapped[str] = mapped_column(server_default="")


class PartyRow(Table):
    """Somebody whom the books may name: a customer, a supplier, an employee."""

    __tablename__ = "party"
    __table_args__ = (
        PrimaryKeyConstraint("company_id", "type", "code"),
        CheckConstraint("type IN ('customer', 'supplier', 'employee')", "type_known"),
        CheckConstraint("ends_on IS NULL OR type = 'employee'", "ends_as_an_employee"),
        SCHEMA,
    )

    company_id: Mapped[str] = mapped_column(
        ForeignKey("master_data.company.code"), server_default=func.foundation.current_company()
    )
    type: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    blocked: Mapped[bool] = mapped_column(server_default=text("false"))
    ends_on: Mapped[date | None]
