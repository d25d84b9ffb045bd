"""The tables of identity."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from foundation.database import Table


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
