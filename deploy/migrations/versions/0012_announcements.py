"""What goes out to others: mail and webhooks, from the log of operations."""

from foundation.migrations import run_script

revision = "0012"
down_revision = "0011"

# The log in the order in which it may be read: a transaction's number is taken when it first writes, and
# every transaction below the oldest one that is still open has ended.
LOG = """
    ALTER TABLE foundation.operation
        ADD COLUMN transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id();
    CREATE INDEX operation_company_id_transaction_id_idx
        ON foundation.operation (company_id, transaction_id);
"""

ATTACHMENTS = """
    CREATE TABLE foundation.attachment (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        name text NOT NULL,
        media_type text NOT NULL,
        content bytea NOT NULL,
        made_at timestamptz NOT NULL DEFAULT now()
    );
    SELECT foundation.protect('foundation.attachment', 'SELECT, INSERT');
    SELECT foundation.only_add_to('foundation.attachment');
"""

LISTENERS = """
    CREATE SCHEMA automation;
    GRANT USAGE ON SCHEMA automation TO perpetual_app;

    CREATE TABLE automation.webhook (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        url text NOT NULL,
        events text[] NOT NULL CONSTRAINT webhook_wants_something CHECK (cardinality(events) > 0),
        description text NOT NULL,
        active boolean NOT NULL DEFAULT true,
        stopped_because text NOT NULL DEFAULT '',
        since xid8 NOT NULL DEFAULT pg_current_xact_id(),
        created_at timestamptz NOT NULL DEFAULT now(),
        changed_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX webhook_company_id_created_at_id_idx
        ON automation.webhook (company_id, created_at, id);

    CREATE TABLE automation.webhook_secret (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        company_id text NOT NULL DEFAULT foundation.current_company(),
        webhook_id uuid NOT NULL REFERENCES automation.webhook (id),
        -- Made here, so that it is in no request, no answer and no log.
        secret bytea NOT NULL DEFAULT decode(
            replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'),
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        expires_at timestamptz
    );
    CREATE INDEX webhook_secret_webhook_id_idx ON automation.webhook_secret (webhook_id);

    CREATE TABLE automation.mail_rule (
        company_id text NOT NULL DEFAULT foundation.current_company(),
        letter text NOT NULL,
        active boolean NOT NULL,
        sender text NOT NULL,
        blind_copy text NOT NULL,
        since xid8 NOT NULL DEFAULT pg_current_xact_id(),
        changed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (company_id, letter)
    );

    CREATE TABLE automation.cursor (
        company_id text NOT NULL DEFAULT foundation.current_company(),
        reader text NOT NULL,
        transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
        moved_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (company_id, reader)
    );
"""

MESSAGES = """
    CREATE TABLE automation.outgoing_message (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        kind text NOT NULL CONSTRAINT outgoing_message_kind_known CHECK (kind IN ('mail', 'webhook')),
        event text NOT NULL,
        operation_key text NOT NULL,
        webhook_id uuid REFERENCES automation.webhook (id),
        letter text,
        about_id uuid,
        document text,
        recipient text NOT NULL,
        subject text NOT NULL DEFAULT '',
        correlation_id text NOT NULL,
        status text NOT NULL DEFAULT 'intended' CONSTRAINT outgoing_message_status_known
            CHECK (status IN ('intended', 'sent', 'failed', 'unaddressed')),
        round integer NOT NULL DEFAULT 1,
        attempts integer NOT NULL DEFAULT 0,
        last_error text NOT NULL DEFAULT '',
        external_id text NOT NULL DEFAULT '',
        intended_at timestamptz NOT NULL DEFAULT now(),
        attempted_at timestamptz,
        sent_at timestamptz,
        CONSTRAINT outgoing_message_webhook_or_letter
            CHECK ((kind = 'webhook') = (webhook_id IS NOT NULL) AND (kind = 'mail') = (letter IS NOT NULL)),
        CONSTRAINT outgoing_message_sent_at_some_time CHECK ((status = 'sent') = (sent_at IS NOT NULL))
    );
    CREATE INDEX outgoing_message_company_id_intended_at_id_idx
        ON automation.outgoing_message (company_id, intended_at, id);
    CREATE INDEX outgoing_message_company_id_operation_key_idx
        ON automation.outgoing_message (company_id, operation_key);
    CREATE INDEX outgoing_message_webhook_id_idx ON automation.outgoing_message (webhook_id);
"""

PROTECTION = """
    SELECT foundation.protect('automation.webhook');
    SELECT foundation.protect('automation.webhook_secret');
    SELECT foundation.protect('automation.mail_rule');
    SELECT foundation.protect('automation.cursor');
    SELECT foundation.protect('automation.outgoing_message');
"""


def upgrade() -> None:
    for script in (LOG, ATTACHMENTS, LISTENERS, MESSAGES, PROTECTION):
        run_script(script)
