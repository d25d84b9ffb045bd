"""The tables of identity."""

from foundation.migrations import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_script(
        """
        CREATE SCHEMA identity;
        GRANT USAGE ON SCHEMA identity TO perpetual_app;
        """
    )
