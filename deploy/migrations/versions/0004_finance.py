"""The books: accounts and periods, the journal, invoices, open items, payments, credit."""

from foundation.migrations import run_script

revision = "0004"
down_revision = "0003"

ACCOUNTS = """
    CREATE SCHEMA ledger;
    GRANT USAGE ON SCHEMA ledger TO perpetual_app;
    CREATE SCHEMA receivables;
    GRANT USAGE ON SCHEMA receivables TO perpetual_app;

    CREATE TABLE ledger.account (
        company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
        code text NOT NULL,
        name text NOT NULL,
        kind text NOT NULL
            CONSTRAINT account_kind_known
                CHECK (kind IN ('asset', 'liability', 'equity', 'income', 'expense')),
        role text,
        blocked boolean NOT NULL,
        version integer NOT NULL DEFAULT 1,
        changed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (company_id, code),
        CONSTRAINT account_company_id_role_key UNIQUE (company_id, role)
    );

    CREATE TABLE ledger.fiscal_year (
        company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
        code text NOT NULL,
        starts_on date NOT NULL,
        ends_on date NOT NULL,
        locked_through date,
        version integer NOT NULL DEFAULT 1,
        changed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (company_id, code),
        CONSTRAINT fiscal_year_in_order CHECK (starts_on <= ends_on)
    );

    -- Gapless: the row stays locked until the document that took the number is committed, or gives it back.
    CREATE TABLE ledger.number_series (
        company_id text NOT NULL DEFAULT foundation.current_company(),
        series text NOT NULL,
        fiscal_year text NOT NULL,
        last_number integer NOT NULL,
        PRIMARY KEY (company_id, series, fiscal_year)
    );
    CREATE FUNCTION ledger.next_number(p_series text, p_fiscal_year text) RETURNS text LANGUAGE sql AS $$
        INSERT INTO ledger.number_series AS s (series, fiscal_year, last_number)
        VALUES (p_series, p_fiscal_year, 1)
        ON CONFLICT (company_id, series, fiscal_year) DO UPDATE SET last_number = s.last_number + 1
        RETURNING p_series || '-' || p_fiscal_year || '-' || lpad(last_number::text, 6, '0')
    $$;
"""

JOURNAL = """
    CREATE TABLE ledger.journal_entry (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        number text NOT NULL,
        posted_on date NOT NULL,
        fiscal_year text NOT NULL,
        currency text NOT NULL,
        text text NOT NULL,
        source_type text NOT NULL,
        source_id uuid NOT NULL,
        purpose text NOT NULL,
        reverses_id uuid REFERENCES ledger.journal_entry (id),
        recorded_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT journal_entry_company_id_number_key UNIQUE (company_id, number),
        CONSTRAINT journal_entry_company_id_source_type_source_id_purpose_key
            UNIQUE (company_id, source_type, source_id, purpose),
        CONSTRAINT journal_entry_reverses_id_key UNIQUE (reverses_id),
        FOREIGN KEY (company_id, fiscal_year) REFERENCES ledger.fiscal_year (company_id, code)
    );
    CREATE INDEX journal_entry_company_id_posted_on_id_idx
        ON ledger.journal_entry (company_id, posted_on, id);

    CREATE TABLE ledger.journal_line (
        entry_id uuid NOT NULL REFERENCES ledger.journal_entry (id),
        line_number integer NOT NULL,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        posted_on date NOT NULL,
        account_code text NOT NULL,
        amount numeric(18, 6) NOT NULL,
        base_amount numeric(18, 6) NOT NULL,
        text text NOT NULL,
        party_code text,
        PRIMARY KEY (entry_id, line_number),
        FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code)
    );
    CREATE INDEX journal_line_company_id_account_code_posted_on_idx
        ON ledger.journal_line (company_id, account_code, posted_on) INCLUDE (base_amount);

    -- Whoever writes: an entry adds up to zero in its own currency and in the company's, and has lines.
    CREATE FUNCTION ledger.refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        lines integer;
        difference numeric;
        base_difference numeric;
    BEGIN
        SELECT count(*), sum(amount), sum(base_amount) INTO lines, difference, base_difference
        FROM ledger.journal_line WHERE entry_id = NEW.id;
        -- IS DISTINCT FROM: lines that cannot be seen do not balance either.
        IF lines = 0 OR difference IS DISTINCT FROM 0 OR base_difference IS DISTINCT FROM 0 THEN
            RAISE EXCEPTION 'entry % does not balance: % lines, difference %, in the company''s currency %',
                NEW.id, lines, difference, base_difference USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$;
"""

JOURNAL_GUARDS = """
    CREATE FUNCTION ledger.refuse_unbalanced_lines() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        difference numeric;
        base_difference numeric;
    BEGIN
        SELECT sum(amount), sum(base_amount) INTO difference, base_difference
        FROM ledger.journal_line WHERE entry_id = NEW.entry_id;
        IF difference IS DISTINCT FROM 0 OR base_difference IS DISTINCT FROM 0 THEN
            RAISE EXCEPTION 'entry % does not balance: difference %, in the company''s currency %',
                NEW.entry_id, difference, base_difference USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ledger.journal_entry
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unbalanced();
    CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ledger.journal_line
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unbalanced_lines();

    -- FOR SHARE: a period is not closed under an entry that is just being posted, but after it.
    CREATE FUNCTION ledger.refuse_closed_period() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM FROM ledger.fiscal_year y
        WHERE y.company_id = NEW.company_id AND y.code = NEW.fiscal_year
            AND NEW.posted_on BETWEEN y.starts_on AND y.ends_on
            AND (y.locked_through IS NULL OR NEW.posted_on > y.locked_through)
        FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'entry % of % is in a locked period or in no fiscal year', NEW.id, NEW.posted_on
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER open_period BEFORE INSERT ON ledger.journal_entry
        FOR EACH ROW EXECUTE FUNCTION ledger.refuse_closed_period();

    -- A line stands by its entry, whenever it is added: same company, same day, a period that is still open;
    -- and on an account that may be posted to.
    CREATE FUNCTION ledger.refuse_misplaced_lines() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        wrong text;
    BEGIN
        SELECT format('line %s of entry %s on account %s', l.line_number, l.entry_id, l.account_code)
        INTO wrong
        FROM added l
            LEFT JOIN ledger.journal_entry e
                ON e.id = l.entry_id AND e.company_id = l.company_id AND e.posted_on = l.posted_on
            LEFT JOIN ledger.fiscal_year y ON y.company_id = e.company_id AND y.code = e.fiscal_year
                AND (y.locked_through IS NULL OR e.posted_on > y.locked_through)
            LEFT JOIN ledger.account a
                ON a.company_id = l.company_id AND a.code = l.account_code AND NOT a.blocked
        WHERE y.code IS NULL OR a.code IS NULL
        LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION '%: not its entry''s day, a closed period, or an account that is blocked', wrong
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER in_place AFTER INSERT ON ledger.journal_line REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_misplaced_lines();
    SELECT foundation.only_add_to('ledger.journal_entry');
    SELECT foundation.only_add_to('ledger.journal_line');
"""

INVOICES = """
    CREATE TABLE receivables.invoice (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        number text NOT NULL,
        process_id text NOT NULL,
        order_id uuid NOT NULL,
        order_number text NOT NULL,
        shipment_id uuid,
        shipment_number text,
        customer_code text NOT NULL,
        customer jsonb NOT NULL,
        customer_reference text NOT NULL,
        invoiced_on date NOT NULL,
        due_on date NOT NULL,
        currency text NOT NULL,
        rate numeric(20, 10) NOT NULL,
        payment_terms_code text NOT NULL,
        prices_include_tax boolean NOT NULL,
        net_amount numeric(18, 6) NOT NULL,
        tax_amount numeric(18, 6) NOT NULL,
        total_amount numeric(18, 6) NOT NULL,
        base_total_amount numeric(18, 6) NOT NULL,
        discount_until date,
        discount_amount numeric(18, 6) NOT NULL,
        discount_net_amount numeric(18, 6) NOT NULL,
        posted_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT invoice_company_id_number_key UNIQUE (company_id, number),
        CONSTRAINT invoice_company_id_shipment_id_key UNIQUE (company_id, shipment_id),
        CONSTRAINT invoice_total_is_sum CHECK (total_amount = net_amount + tax_amount),
        FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
    );
    CREATE INDEX invoice_company_id_invoiced_on_id_idx ON receivables.invoice (company_id, invoiced_on, id);
    CREATE INDEX invoice_order_id_idx ON receivables.invoice (order_id);

    CREATE TABLE receivables.invoice_line (
        invoice_id uuid NOT NULL REFERENCES receivables.invoice (id),
        line_number integer NOT NULL,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        order_line_number integer NOT NULL,
        item_code text,
        description text NOT NULL,
        quantity numeric(18, 6) NOT NULL,
        unit text NOT NULL,
        unit_price numeric(18, 6) NOT NULL,
        discount_percent numeric(18, 6) NOT NULL,
        tax_code text NOT NULL,
        is_freight boolean NOT NULL,
        net_amount numeric(18, 6) NOT NULL,
        tax_amount numeric(18, 6) NOT NULL,
        PRIMARY KEY (invoice_id, line_number)
    );

    CREATE TABLE receivables.invoice_tax (
        invoice_id uuid NOT NULL REFERENCES receivables.invoice (id),
        line_number integer NOT NULL,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        tax_code text NOT NULL,
        name text NOT NULL,
        account_code text NOT NULL,
        rate_percent numeric(18, 6),
        exemption_reason text NOT NULL,
        base_amount numeric(18, 6) NOT NULL,
        tax_amount numeric(18, 6) NOT NULL,
        discount_amount numeric(18, 6) NOT NULL,
        PRIMARY KEY (invoice_id, line_number)
    );
    SELECT foundation.only_add_to('receivables.invoice');
    SELECT foundation.only_add_to('receivables.invoice_line');
    SELECT foundation.only_add_to('receivables.invoice_tax');
"""

RECEIVABLES = """
    CREATE TABLE ledger.payment (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        number text NOT NULL,
        customer_code text NOT NULL,
        received_on date NOT NULL,
        currency text NOT NULL,
        amount numeric(18, 6) NOT NULL CONSTRAINT payment_amount_positive CHECK (amount > 0),
        base_amount numeric(18, 6) NOT NULL,
        reference text NOT NULL,
        account_code text NOT NULL,
        order_id uuid,
        posted_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT payment_company_id_number_key UNIQUE (company_id, number),
        FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code),
        FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code)
    );
    CREATE INDEX payment_company_id_received_on_id_idx ON ledger.payment (company_id, received_on, id);
    SELECT foundation.only_add_to('ledger.payment');

    -- An instalment of an invoice that a customer owes (positive), or its money on account (negative).
    CREATE TABLE ledger.open_item (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        customer_code text NOT NULL,
        invoice_id uuid REFERENCES receivables.invoice (id),
        payment_id uuid REFERENCES ledger.payment (id),
        document_on date NOT NULL,
        due_on date NOT NULL,
        currency text NOT NULL,
        amount numeric(18, 6) NOT NULL,
        base_amount numeric(18, 6) NOT NULL,
        open_amount numeric(18, 6) NOT NULL,
        base_open_amount numeric(18, 6) NOT NULL,
        CONSTRAINT open_item_of_one_document CHECK (num_nonnulls(invoice_id, payment_id) = 1),
        CONSTRAINT open_item_open_within_amount
            CHECK (open_amount BETWEEN least(amount, 0) AND greatest(amount, 0)),
        CONSTRAINT open_item_settled_in_both CHECK (open_amount <> 0 OR base_open_amount = 0),
        FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
    );
    CREATE INDEX open_item_open_idx ON ledger.open_item (company_id, customer_code) WHERE open_amount <> 0;
    CREATE INDEX open_item_invoice_id_idx ON ledger.open_item (invoice_id);
    CREATE INDEX open_item_payment_id_idx ON ledger.open_item (payment_id);
    CREATE INDEX open_item_company_id_due_on_id_idx ON ledger.open_item (company_id, due_on, id);

    CREATE TABLE ledger.settlement (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        payment_id uuid NOT NULL REFERENCES ledger.payment (id),
        open_item_id uuid NOT NULL REFERENCES ledger.open_item (id),
        settled_on date NOT NULL,
        amount numeric(18, 6) NOT NULL,
        discount_amount numeric(18, 6) NOT NULL,
        written_off_amount numeric(18, 6) NOT NULL,
        base_amount numeric(18, 6) NOT NULL
    );
    CREATE INDEX settlement_open_item_id_idx ON ledger.settlement (open_item_id);
    CREATE INDEX settlement_payment_id_idx ON ledger.settlement (payment_id);
    SELECT foundation.only_add_to('ledger.settlement');
"""

CREDIT = """
    -- The row that parallel orders of a customer queue for.
    CREATE TABLE receivables.customer_credit (
        company_id text NOT NULL DEFAULT foundation.current_company(),
        customer_code text NOT NULL,
        PRIMARY KEY (company_id, customer_code),
        FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
    );

    -- What an order will owe once it is billed, in the company's currency.
    CREATE TABLE receivables.credit_commitment (
        order_id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        customer_code text NOT NULL,
        amount numeric(18, 6) NOT NULL,
        open_amount numeric(18, 6) NOT NULL
            CONSTRAINT credit_commitment_open_not_negative CHECK (open_amount >= 0),
        FOREIGN KEY (company_id, customer_code) REFERENCES receivables.customer_credit (company_id, customer_code)
    );
    CREATE INDEX credit_commitment_open_idx
        ON receivables.credit_commitment (company_id, customer_code) WHERE open_amount <> 0;
"""

PROTECTION = """
    SELECT foundation.protect('ledger.account');
    SELECT foundation.protect('ledger.fiscal_year');
    SELECT foundation.protect('ledger.number_series');
    SELECT foundation.protect('ledger.journal_entry', 'SELECT, INSERT');
    SELECT foundation.protect('ledger.journal_line', 'SELECT, INSERT');
    SELECT foundation.protect('receivables.invoice', 'SELECT, INSERT');
    SELECT foundation.protect('receivables.invoice_line', 'SELECT, INSERT');
    SELECT foundation.protect('receivables.invoice_tax', 'SELECT, INSERT');
    SELECT foundation.protect('ledger.payment', 'SELECT, INSERT');
    SELECT foundation.protect('ledger.open_item');
    SELECT foundation.protect('ledger.settlement', 'SELECT, INSERT');
    SELECT foundation.protect('receivables.customer_credit');
    SELECT foundation.protect('receivables.credit_commitment');
"""


def upgrade() -> None:
    for script in (ACCOUNTS, JOURNAL, JOURNAL_GUARDS, INVOICES, RECEIVABLES, CREDIT, PROTECTION):
        run_script(script)
