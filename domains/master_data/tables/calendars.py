"""Holiday calendars."""

from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domains.master_data.tables.keys import SCHEMA, OfCode, Versioned, belongs_to
from foundation.database.connections import Table


class HolidayCalendar(OfCode, Versioned, Table):
    """The holidays of a place, beside those of the calendar that it is based on."""

    __tablename__ = "holiday_calendar"
    __table_args__ = (
        belongs_to("based_on", "holiday_calendar"),
        CheckConstraint("based_on <> code", "not_based_on_itself"),
        CheckConstraint("subdivision = '' OR country IS NOT NULL", "part_of_a_country"),
        SCHEMA,
    )

    name: Mapped[str]
    country: Mapped[str | None]
    subdivision: Mapped[str]
    based_on: Mapped[str | None]
    days: Mapped[list[Any]] = mapped_column(JSONB)
