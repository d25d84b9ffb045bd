"""What processes fail of, so that those that fail alike are repaired together."""

from foundation.migrations import run_script

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the class of a failure to where a process stands."""
    run_script(
        """
        ALTER TABLE foundation.process ADD COLUMN failure text;
        CREATE INDEX process_company_id_failure_idx
            ON foundation.process (company_id, failure) WHERE failure IS NOT NULL;
        """
    )
