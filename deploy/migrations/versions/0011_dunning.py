"""Dunning: reminders of what is overdue, with their fees and interest."""

from foundation.migrations import run_script

revision = "0011"
down_revision = "0010"

PROCEDURES = """
    CREATE TABLE receivables.dunning_procedure (
        company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
        code text NOT NULL,
        name text NOT NULL,
        is_default boolean NOT NULL,
        levels jsonb NOT NULL,
        version integer NOT NULL DEFAULT 1,
        changed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (company_id, code)
    );
    CREATE UNIQUE INDEX dunning_procedure_default_idx
        ON receivables.dunning_procedure (company_id) WHERE is_default;

    -- A customer has one procedure.
    CREATE TABLE receivables.dunning_procedure_customer (
        company_id text NOT NULL DEFAULT foundation.current_company(),
        customer_code text NOT NULL,
        procedure_code text NOT NULL,
        PRIMARY KEY (company_id, customer_code),
        FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code),
        FOREIGN KEY (company_id, procedure_code) REFERENCES receivables.dunning_procedure (company_id, code)
    );
    CREATE INDEX dunning_procedure_customer_company_id_procedure_code_idx
        ON receivables.dunning_procedure_customer (company_id, procedure_code);
    SELECT foundation.protect('receivables.dunning_procedure');
    SELECT foundation.protect('receivables.dunning_procedure_customer', 'SELECT, INSERT, DELETE');
"""

DUNNINGS = """
    CREATE TABLE receivables.dunning (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        customer_code text NOT NULL,
        process_id text NOT NULL,
        begun_on date NOT NULL,
        level integer NOT NULL DEFAULT 0,
        last_letter_on date,
        promised_until date,
        disputed_because text NOT NULL DEFAULT '',
        ended_on date,
        outcome text CONSTRAINT dunning_outcome_known CHECK (outcome IN ('paid', 'excluded', 'stopped')),
        ended_because text NOT NULL DEFAULT '',
        CONSTRAINT dunning_ended_somehow CHECK ((ended_on IS NULL) = (outcome IS NULL)),
        CONSTRAINT dunning_level_with_letter CHECK ((level = 0) = (last_letter_on IS NULL)),
        FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
    );
    -- One at a time for each customer, whoever starts it.
    CREATE UNIQUE INDEX dunning_running_idx ON receivables.dunning (company_id, customer_code)
        WHERE ended_on IS NULL;
    CREATE INDEX dunning_company_id_begun_on_id_idx ON receivables.dunning (company_id, begun_on, id);

    -- What no letter speaks of: the customer disputes it, or dunning it was stopped.
    CREATE TABLE receivables.dunning_hold (
        open_item_id uuid PRIMARY KEY REFERENCES ledger.open_item (id),
        company_id text NOT NULL DEFAULT foundation.current_company(),
        dunning_id uuid NOT NULL REFERENCES receivables.dunning (id),
        kind text NOT NULL CONSTRAINT dunning_hold_kind_known CHECK (kind IN ('disputed', 'stopped')),
        reason text NOT NULL,
        lifted boolean NOT NULL DEFAULT false
    );
    CREATE INDEX dunning_hold_dunning_id_idx ON receivables.dunning_hold (dunning_id);
    SELECT foundation.protect('receivables.dunning');
    SELECT foundation.protect('receivables.dunning_hold');
"""

LETTERS = """
    CREATE TABLE receivables.dunning_letter (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        number text NOT NULL,
        dunning_id uuid NOT NULL REFERENCES receivables.dunning (id),
        process_id text NOT NULL,
        customer_code text NOT NULL,
        customer jsonb NOT NULL,
        level integer NOT NULL,
        scheduled_on date NOT NULL,
        written_on date NOT NULL,
        pay_by date NOT NULL,
        currency text NOT NULL,
        rate numeric(20, 10) NOT NULL,
        title text NOT NULL,
        text text NOT NULL,
        overdue_amount numeric(18, 6) NOT NULL,
        fee_amount numeric(18, 6) NOT NULL,
        interest_percent numeric(18, 6) NOT NULL,
        interest_amount numeric(18, 6) NOT NULL,
        charge_amount numeric(18, 6) NOT NULL,
        total_amount numeric(18, 6) NOT NULL,
        posted_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT dunning_letter_company_id_number_key UNIQUE (company_id, number),
        -- Once for each scheduled day, and once for each level: whatever is started again.
        CONSTRAINT dunning_letter_once_a_day
            UNIQUE (company_id, customer_code, scheduled_on, currency),
        CONSTRAINT dunning_letter_dunning_id_level_currency_key UNIQUE (dunning_id, level, currency),
        CONSTRAINT dunning_letter_charge_is_sum CHECK (charge_amount = fee_amount + interest_amount),
        CONSTRAINT dunning_letter_charges_not_negative CHECK (fee_amount >= 0 AND interest_amount >= 0),
        FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
    );
    CREATE INDEX dunning_letter_company_id_written_on_id_idx
        ON receivables.dunning_letter (company_id, written_on, id);

    CREATE TABLE receivables.dunning_letter_line (
        letter_id uuid NOT NULL REFERENCES receivables.dunning_letter (id),
        line_number integer NOT NULL,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        open_item_id uuid NOT NULL REFERENCES ledger.open_item (id),
        kind text NOT NULL CONSTRAINT dunning_letter_line_kind_known
            CHECK (kind IN ('invoice', 'charge', 'on_account')),
        document_number text NOT NULL,
        document_on date NOT NULL,
        due_on date NOT NULL,
        open_amount numeric(18, 6) NOT NULL,
        interest_from date,
        interest_until date,
        interest_amount numeric(18, 6) NOT NULL,
        PRIMARY KEY (letter_id, line_number)
    );
    CREATE INDEX dunning_letter_line_open_item_id_idx ON receivables.dunning_letter_line (open_item_id);
    SELECT foundation.protect('receivables.dunning_letter', 'SELECT, INSERT');
    SELECT foundation.protect('receivables.dunning_letter_line', 'SELECT, INSERT');
    SELECT foundation.only_add_to('receivables.dunning_letter');
    SELECT foundation.only_add_to('receivables.dunning_letter_line');
"""

OPEN_ITEMS = """
    -- What a letter charges is owed as an invoice is, and is settled by payments.
    ALTER TABLE ledger.open_item
        ADD COLUMN dunning_letter_id uuid REFERENCES receivables.dunning_letter (id),
        DROP CONSTRAINT open_item_of_one_document,
        ADD CONSTRAINT open_item_of_one_document
            CHECK (num_nonnulls(invoice_id, payment_id, credit_note_id, dunning_letter_id) = 1);
    CREATE INDEX open_item_dunning_letter_id_idx
        ON ledger.open_item (dunning_letter_id) WHERE dunning_letter_id IS NOT NULL;

    CREATE FUNCTION receivables.write_dunning_letter(
        p_fiscal_year text, p_letter jsonb, p_lines jsonb, p_items jsonb, p_entries jsonb
    ) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        given jsonb := jsonb_build_object('company_id', foundation.current_company(), 'posted_at', now());
        taken text := ledger.next_number('DUN', p_fiscal_year);
    BEGIN
        INSERT INTO receivables.dunning_letter SELECT r.* FROM jsonb_populate_record(
            NULL::receivables.dunning_letter, p_letter || given || jsonb_build_object('number', taken)) r;
        INSERT INTO receivables.dunning_letter_line SELECT r.* FROM jsonb_array_elements(p_lines) AS l(line),
            jsonb_populate_record(NULL::receivables.dunning_letter_line, line || given) r;
        INSERT INTO ledger.open_item SELECT r.* FROM jsonb_array_elements(p_items) AS i(item),
            jsonb_populate_record(NULL::ledger.open_item, item || given) r;
        PERFORM ledger.write_entries(p_entries, taken);
        RETURN taken;
    END $$;
"""


def upgrade() -> None:
    """Add procedures, dunnings and letters, and what letters charge to open items."""
    for script in (PROCEDURES, DUNNINGS, LETTERS, OPEN_ITEMS):
        run_script(script)
