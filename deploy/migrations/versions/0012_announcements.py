"""What goes out to others: mail and webhooks, from the log of operations."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Nothing yet."""
