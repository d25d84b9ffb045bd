"""Approvals that wait for a person, and who stands in for whom."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Nothing yet."""
