"""API keys: who asks."""

from foundation.migrations import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_script(
        """
        CREATE SCHEMA identity;
        GRANT USAGE ON SCHEMA identity TO perpetual_app;

        CREATE TABLE identity.api_key (
            key_hash text PRIMARY KEY,
            actor text NOT NULL,
            companies text[] NOT NULL,
            roles text[] NOT NULL,
            issued_at timestamptz NOT NULL DEFAULT now(),
            revoked_at timestamptz
        );
        -- A key belongs to no one company: whoever shows its hash sees it; it is managed from the scope '*'.
        ALTER TABLE identity.api_key ENABLE ROW LEVEL SECURITY;
        ALTER TABLE identity.api_key FORCE ROW LEVEL SECURITY;
        CREATE POLICY key ON identity.api_key FOR SELECT
            USING (key_hash = current_setting('perpetual.key_hash', true));
        CREATE POLICY management ON identity.api_key USING (foundation.current_company() = '*');
        GRANT SELECT, INSERT, UPDATE ON identity.api_key TO perpetual_app;
        """
    )
