"""The tables of master_data."""

from foundation.migrations import run_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_script(
        """
        CREATE SCHEMA master_data;
        GRANT USAGE ON SCHEMA master_data TO perpetual_app;
        """
    )
