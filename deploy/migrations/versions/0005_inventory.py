"""The tables of inventory."""

from foundation.migrations import run_script

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_script(
        """
        CREATE SCHEMA inventory;
        GRANT USAGE ON SCHEMA inventory TO perpetual_app;
        """
    )
