"""The tables of finance."""

from foundation.migrations import run_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_script(
        """
        CREATE SCHEMA finance;
        GRANT USAGE ON SCHEMA finance TO perpetual_app;
        """
    )
