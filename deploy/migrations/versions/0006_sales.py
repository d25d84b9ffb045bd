"""The tables of sales."""

from foundation.migrations import run_script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_script(
        """
        CREATE SCHEMA sales;
        GRANT USAGE ON SCHEMA sales TO perpetual_app;
        """
    )
