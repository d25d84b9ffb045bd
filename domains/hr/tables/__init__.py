"""The tables of hr."""

from datetime import date

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from domains.master_data.tables import OfCode, Versioned, belongs_to
from foundation.database.connections import Table


class Employee(OfCode, Versioned, Table):
    """Somebody who works for us."""

    __tablename__ = "employee"
    __table_args__ = (
        CheckConstraint("hired_on <= left_on", "hired_before_leaving"),
        CheckConstraint("manager_code <> code", "not_own_manager"),
        ForeignKeyConstraint(["company_id", "manager_code"], ["hr.employee.company_id", "hr.employee.code"]),
        belongs_to("holiday_calendar_code", "holiday_calendar"),
        CheckConstraint("cardinality(working_days) > 0", "works_on_some_day"),
        Index(
            "employee_one_by_actor", "company_id", "actor", unique=True, postgresql_where=text("actor <> ''")
        ),
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
    working_days: Mapped[list[str]] = mapped_column(ARRAY(Text))
    holiday_calendar_code: Mapped[str | None]
    actor: Mapped[str]
    decides_as: Mapped[str]
    access_ended: Mapped[bool] = mapped_column(server_default=text("false"))
