"""The whole schema, from its files.

At the first release they are frozen here as a copy: see docs/decisions/0010-sql-has-a-home.md.
"""

from foundation.database.migrations import run_script, schema_files

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Everything that the schema files say."""
    for path in schema_files():
        run_script(path.read_text(encoding="utf-8"))
