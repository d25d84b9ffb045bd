"""The whole schema, from its files.

At the first release they are frozen here as a copy: see docs/decisions/0010-sql-has-a-home.md.
"""

from foundation.migrations import run_script, schema_files

revision = "0001"
down_revision = None

ROLE = """
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'perpetual_app') THEN
            CREATE ROLE perpetual_app NOLOGIN;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$;
    DO $$ BEGIN
        GRANT perpetual_app TO current_user;
    EXCEPTION WHEN insufficient_privilege THEN
        -- Another has made the role, and may have granted it to us already.
        BEGIN
            SET LOCAL ROLE perpetual_app;
            RESET ROLE;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE insufficient_privilege USING
                MESSAGE = format('GRANT perpetual_app TO %I is for whoever made that role', current_user);
        END;
    END $$;
"""


def upgrade() -> None:
    """Make the role, then everything that the schema files say."""
    run_script(ROLE)
    for path in schema_files():
        run_script(path.read_text(encoding="utf-8"))
