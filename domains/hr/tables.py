"""The tables of hr."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlalchemy.orm import Mapped

from domains.master_data.tables import OfCode, Versioned
from foundation.database.connections import Table


class Employee(OfCode, Versioned, Table):
    """Somebody who works for us."""

    __tablename__ = "employee"
    __table_args__ = (
        CheckConstraint("hired_on <= left_on", "hired_before_leaving"),
        CheckConstraint("manager_code <> code", "not_own_manager"),
        ForeignKeyConstraint(["company_id", "manager_code"], ["hr.employee.company_id", "hr.employee.code"]),
        {"schema": "hr"},
    )

    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    country: Mapped[str]
    hired_on: Mapped[date]
    left_on: Mapped[date | None]
    department: Mapped[str]
    position: Mapped[str]
    manager_code: Mapped[str | None]
