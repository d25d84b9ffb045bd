-- What goes out to others, by webhook or mail, read from the log of operations.

CREATE SCHEMA automation;
GRANT USAGE ON SCHEMA automation TO perpetual_app;


-- Who listens
-- -----------

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
SELECT foundation.protect('automation.webhook');

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
SELECT foundation.protect('automation.webhook_secret');

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
SELECT foundation.protect('automation.mail_rule');


-- How far the log was read
-- ------------------------

CREATE TABLE automation.cursor (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    reader text NOT NULL,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    moved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, reader)
);
SELECT foundation.protect('automation.cursor');


-- What was told, and what became of it
-- ------------------------------------

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
SELECT foundation.protect('automation.outgoing_message');
