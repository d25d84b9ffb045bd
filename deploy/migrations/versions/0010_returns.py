"""Goods that come back, returns of an order, and amended orders."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nothing yet."""
