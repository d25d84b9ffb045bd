"""Dunning: reminders of what is overdue, with their fees and interest."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing yet."""
