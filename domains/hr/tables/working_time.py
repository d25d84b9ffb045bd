"""The tables of working time."""

from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domains.master_data.tables import OfCode, Versioned
from foundation.database.connections import Table


class TimeRulesRecord(OfCode, Versioned, Table):
    """How worked hours are classed, in all versions."""

    __tablename__ = "time_rules"
    __table_args__ = (CheckConstraint("jsonb_array_length(versions) > 0", "has_versions"), {"schema": "hr"})

    name: Mapped[str]
    versions: Mapped[list[Any]] = mapped_column(JSONB)
