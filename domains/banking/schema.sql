-- Our accounts at banks, the statements that banks send of them, and what their lines were posted as.
--
-- Amounts are in the account's currency: what came in is positive, what went out negative.

CREATE SCHEMA banking;
GRANT USAGE ON SCHEMA banking TO perpetual_app;


-- Bank accounts
-- -------------

-- The account of the books is of one bank account, so that its balance can be compared with the bank's.
CREATE TABLE banking.bank_account (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    iban text NOT NULL,
    bic text NOT NULL,
    account_number text NOT NULL,
    currency text NOT NULL,
    account_code text NOT NULL,
    blocked boolean NOT NULL,
    consecutive_numbers boolean NOT NULL,
    encoding text NOT NULL,
    csv jsonb,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT bank_account_company_id_account_code_key UNIQUE (company_id, account_code),
    CONSTRAINT bank_account_has_a_number CHECK (iban <> '' OR account_number <> ''),
    FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code)
);
CREATE UNIQUE INDEX bank_account_iban_key ON banking.bank_account (company_id, iban, currency) WHERE iban <> '';
CREATE UNIQUE INDEX bank_account_number_key ON banking.bank_account
    (company_id, account_number, currency) WHERE account_number <> '';
SELECT foundation.protect('banking.bank_account');


-- Statements
-- ----------

-- The file as it came. A file has one or more statements; the same statement may come in several files.
CREATE TABLE banking.statement_file (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    name text NOT NULL,
    content bytea NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now()
);
SELECT foundation.protect('banking.statement_file', 'SELECT, INSERT');
SELECT foundation.only_add_to('banking.statement_file');

CREATE TABLE banking.bank_statement (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    bank_account_code text NOT NULL,
    -- The how manieth of its account.
    position integer NOT NULL,
    file_id uuid NOT NULL REFERENCES banking.statement_file (id),
    bank_number text NOT NULL,
    sequence bigint,
    page bigint NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    currency text NOT NULL,
    opening_amount numeric(18, 6) NOT NULL,
    closing_amount numeric(18, 6) NOT NULL,
    line_count integer NOT NULL,
    fingerprint text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    operation_key text DEFAULT foundation.current_operation(),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT bank_statement_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT bank_statement_company_id_bank_account_code_position_key
        UNIQUE (company_id, bank_account_code, position),
    CONSTRAINT bank_statement_days_in_order CHECK (from_on <= until_on),
    FOREIGN KEY (company_id, bank_account_code) REFERENCES banking.bank_account (company_id, code)
);
CREATE INDEX bank_statement_company_id_until_on_id_idx ON banking.bank_statement (company_id, until_on, id);
CREATE INDEX bank_statement_company_id_fingerprint_idx ON banking.bank_statement (company_id, fingerprint);
CREATE INDEX bank_statement_file_id_idx ON banking.bank_statement (file_id);
SELECT foundation.protect('banking.bank_statement', 'SELECT, INSERT');
SELECT foundation.only_add_to('banking.bank_statement');

CREATE TABLE banking.bank_statement_line (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    statement_id uuid NOT NULL REFERENCES banking.bank_statement (id),
    line_number integer NOT NULL,
    booked_on date NOT NULL,
    valued_on date NOT NULL,
    amount numeric(18, 6) NOT NULL,
    bank_reference text NOT NULL,
    end_to_end_id text NOT NULL,
    mandate_id text NOT NULL,
    party_name text NOT NULL,
    party_iban text NOT NULL,
    text text NOT NULL,
    code text NOT NULL,
    CONSTRAINT bank_statement_line_statement_id_line_number_key UNIQUE (statement_id, line_number),
    CONSTRAINT bank_statement_line_moves_money CHECK (amount <> 0)
);
CREATE INDEX bank_statement_line_company_id_booked_on_id_idx
    ON banking.bank_statement_line (company_id, booked_on, id);
SELECT foundation.protect('banking.bank_statement_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('banking.bank_statement_line');
SELECT foundation.lines_come_with('banking.bank_statement', 'banking.bank_statement_line', 'statement_id');

-- One that was imported by mistake; it can be imported again.
CREATE TABLE banking.statement_reversal (
    statement_id uuid PRIMARY KEY REFERENCES banking.bank_statement (id),
    company_id text NOT NULL DEFAULT foundation.current_company(),
    reason text NOT NULL,
    reversed_at timestamptz NOT NULL DEFAULT now()
);
SELECT foundation.protect('banking.statement_reversal', 'SELECT, INSERT');
SELECT foundation.only_add_to('banking.statement_reversal');

-- Whoever writes it: its lines explain its balances, and it begins where the last one of its account ended.
CREATE FUNCTION banking.refuse_unproven_statement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved numeric;
    counted integer;
    ended numeric;
BEGIN
    SELECT coalesce(sum(l.amount), 0), count(*) INTO moved, counted
    FROM banking.bank_statement_line l WHERE l.statement_id = NEW.id;
    IF NEW.opening_amount + moved <> NEW.closing_amount OR counted <> NEW.line_count THEN
        RAISE EXCEPTION 'the lines of statement % do not explain its balances', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT s.closing_amount INTO ended FROM banking.bank_statement s
    WHERE s.company_id = NEW.company_id AND s.bank_account_code = NEW.bank_account_code
        AND s.position < NEW.position
        AND NOT EXISTS (SELECT FROM banking.statement_reversal x WHERE x.statement_id = s.id)
    ORDER BY s.position DESC LIMIT 1;
    IF ended <> NEW.opening_amount THEN
        RAISE EXCEPTION 'statement % does not begin where the last one of its account ended', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER proven AFTER INSERT ON banking.bank_statement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION banking.refuse_unproven_statement();


-- What is open
-- ------------

-- What of a line is not posted yet.
CREATE TABLE banking.open_line (
    line_id uuid PRIMARY KEY REFERENCES banking.bank_statement_line (id),
    company_id text NOT NULL DEFAULT foundation.current_company(),
    statement_id uuid NOT NULL REFERENCES banking.bank_statement (id),
    amount numeric(18, 6) NOT NULL,
    CONSTRAINT open_line_amount_not_zero CHECK (amount <> 0)
);
CREATE INDEX open_line_statement_id_idx ON banking.open_line (statement_id);
SELECT foundation.protect('banking.open_line', 'SELECT, INSERT, UPDATE, DELETE');


-- What lines were posted as
-- -------------------------

-- A line, or a part of it, is a document of the ledger; or this one itself, when it is posted to an account.
CREATE TABLE banking.line_posting (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    line_id uuid NOT NULL REFERENCES banking.bank_statement_line (id),
    statement_id uuid NOT NULL REFERENCES banking.bank_statement (id),
    bank_account_code text NOT NULL,
    posted_on date NOT NULL,
    currency text NOT NULL,
    amount numeric(18, 6) NOT NULL,
    document_type text NOT NULL,
    document_id uuid NOT NULL,
    document_number text NOT NULL,
    is_found boolean NOT NULL,
    rule text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    operation_key text DEFAULT foundation.current_operation(),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT line_posting_moves_money CHECK (amount <> 0),
    FOREIGN KEY (company_id, bank_account_code) REFERENCES banking.bank_account (company_id, code)
);
CREATE INDEX line_posting_line_id_idx ON banking.line_posting (line_id);
CREATE INDEX line_posting_statement_id_idx ON banking.line_posting (statement_id);
CREATE INDEX line_posting_document_id_idx ON banking.line_posting (document_id);
CREATE INDEX line_posting_company_id_posted_on_id_idx ON banking.line_posting (company_id, posted_on, id);
SELECT foundation.protect('banking.line_posting', 'SELECT, INSERT');
SELECT foundation.only_add_to('banking.line_posting');
SELECT foundation.stamp_transaction('banking.line_posting');

-- Whether a reversal is a line itself, and that was not taken back: the bank has sent the money back.
CREATE FUNCTION banking.is_a_return(reversal_id uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM banking.line_posting p WHERE p.document_type = 'reversal' AND p.document_id = $1
        AND NOT EXISTS (SELECT FROM ledger.reversal r WHERE r.company_id = foundation.current_company()
            AND r.document_type = 'line_posting' AND r.document_id = p.id))
$$;

-- Whether it was taken back: the document that it is, or that the line is this document. What the bank has sent
-- back was not: it went, and came back by a line of its own; but on no line of a statement that was taken back.
CREATE FUNCTION banking.is_taken_back(document_type text, document_id uuid, posting_id uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM ledger.reversal r WHERE r.company_id = foundation.current_company()
        AND (r.document_type, r.document_id) IN (($1, $2), ('line_posting', $3))
        AND (NOT banking.is_a_return(r.id) OR EXISTS (SELECT FROM banking.line_posting p
            JOIN banking.statement_reversal x ON x.statement_id = p.statement_id WHERE p.id = $3)))
$$;

-- Whether the bank has sent the money of a document back: its reversal is a line.
CREATE FUNCTION banking.is_returned(document_type text, document_id uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM ledger.reversal r WHERE r.company_id = foundation.current_company()
        AND r.document_type = $1 AND r.document_id = $2 AND banking.is_a_return(r.id))
$$;

-- The day on which what a line was posted as was taken back last: until then that moved the same money in the books.
CREATE FUNCTION banking.open_again_on(line uuid) RETURNS date
LANGUAGE sql STABLE AS $$
    SELECT max(r.reversed_on) FROM banking.line_posting p JOIN ledger.reversal r ON r.document_id = p.document_id
        AND r.document_type = p.document_type AND r.company_id = p.company_id
    WHERE p.line_id = $1 AND NOT banking.is_a_return(r.id)
$$;

-- What a reversal has taken back of lines, while it is none itself; other reversals of the same are not looked at.
-- Not of lines whose statement was taken back: they may have been imported again, and are other lines then.
CREATE FUNCTION banking.taken_back_by(reversal_id uuid) RETURNS SETOF banking.line_posting
LANGUAGE sql STABLE AS $$
    SELECT p.* FROM ledger.reversal n JOIN banking.line_posting p ON n.document_id IN (p.document_id, p.id)
        AND (n.document_type, n.document_id) IN ((p.document_type, p.document_id), ('line_posting', p.id))
    WHERE n.id = $1 AND NOT EXISTS (SELECT FROM banking.statement_reversal x WHERE x.statement_id = p.statement_id)
        AND NOT EXISTS (SELECT FROM ledger.reversal r
        WHERE r.id <> n.id AND r.company_id = n.company_id AND NOT banking.is_a_return(r.id)
            AND (r.document_type, r.document_id) IN ((p.document_type, p.document_id), ('line_posting', p.id)))
$$;

-- What is posted is open no more, whoever posts it; never more than is open, and a document for one line only.
-- When the books had the reversal already that a line is now, what it had taken back of lines stands again.
CREATE FUNCTION banking.close_line() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    part record;
    open numeric;
BEGIN
    FOR part IN
        SELECT NEW.line_id, NEW.amount UNION ALL SELECT p.line_id, p.amount
        FROM banking.taken_back_by(NEW.document_id) p WHERE NEW.document_type = 'reversal' AND NEW.is_found
    LOOP
        SELECT o.amount INTO open FROM banking.open_line o WHERE o.line_id = part.line_id FOR UPDATE;
        IF (part.amount BETWEEN least(open, 0) AND greatest(open, 0)) IS NOT TRUE THEN
            RAISE EXCEPTION 'more is posted of line % than is open of it', part.line_id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF open = part.amount THEN
            DELETE FROM banking.open_line WHERE line_id = part.line_id;
        ELSE
            UPDATE banking.open_line SET amount = amount - part.amount WHERE line_id = part.line_id;
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM banking.line_posting p WHERE p.document_id = NEW.document_id
            AND p.document_type = NEW.document_type AND p.id <> NEW.id AND NOT banking.is_taken_back(p.document_type, p.document_id, p.id)) THEN
        RAISE EXCEPTION '% is another line already', NEW.document_number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER close_line AFTER INSERT ON banking.line_posting
    FOR EACH ROW EXECUTE FUNCTION banking.close_line();

-- What is taken back is open again, whoever takes it back, and by which of the ledger's ways. When a line is a
-- return no more, what was returned by it is taken back from then on.
CREATE FUNCTION banking.open_line_again() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    INSERT INTO banking.open_line (line_id, statement_id, amount)
    SELECT l.id, l.statement_id, sum(p.amount)
    FROM (
        SELECT p.line_id, p.amount FROM banking.taken_back_by(NEW.id) p WHERE NOT banking.is_a_return(NEW.id)
        UNION ALL SELECT p.line_id, p.amount
        FROM banking.line_posting back, LATERAL banking.taken_back_by(back.document_id) p
        WHERE NEW.document_type = 'line_posting' AND back.id = NEW.document_id AND back.document_type = 'reversal'
    ) AS p JOIN banking.bank_statement_line l ON l.id = p.line_id
    GROUP BY l.id
    ON CONFLICT (line_id) DO UPDATE SET amount = banking.open_line.amount + excluded.amount;
    RETURN NULL;
END $$;
CREATE TRIGGER open_line_again AFTER INSERT ON ledger.reversal
    FOR EACH ROW EXECUTE FUNCTION banking.open_line_again();


-- What was learned
-- ----------------

-- Who is on the other side of lines, or what they are posted to: as a person has said for a line before. Known
-- by the IBAN, or by the name where the bank tells none; what comes in may be something else than what goes out.
CREATE TABLE banking.counterparty (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    known_as text NOT NULL,
    comes_in boolean NOT NULL,
    party_type text,
    party_code text,
    account_code text,
    posting_id uuid NOT NULL REFERENCES banking.line_posting (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (company_id, known_as, comes_in),
    CONSTRAINT counterparty_party_or_account
        CHECK ((party_code IS NULL) <> (account_code IS NULL) AND (party_type IS NULL) = (party_code IS NULL)),
    FOREIGN KEY (company_id, party_type, party_code) REFERENCES master_data.party (company_id, type, code),
    FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code)
);
CREATE INDEX counterparty_posting_id_idx ON banking.counterparty (posting_id);
SELECT foundation.protect('banking.counterparty', 'SELECT, INSERT, UPDATE, DELETE');


-- Payment runs
-- ------------

-- Their numbers may have gaps, and begin with what the comment says.
CREATE SEQUENCE banking.payment_run_number;
COMMENT ON SEQUENCE banking.payment_run_number IS 'PR';
GRANT USAGE ON SEQUENCE banking.payment_run_number TO perpetual_app;

CREATE TABLE banking.payment_run (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    status text NOT NULL CONSTRAINT payment_run_status_known
        CHECK (status IN ('proposed', 'submitted', 'released', 'posted', 'cancelled')),
    bank_account_code text NOT NULL,
    -- The account that pays, as it was when the run was proposed: nobody changes that.
    iban text NOT NULL CONSTRAINT payment_run_has_iban CHECK (iban <> ''),
    bic text NOT NULL,
    currency text NOT NULL,
    pay_on date NOT NULL,
    due_until date NOT NULL,
    -- It is posted on this day, once it is released; and when that was: the bank has made nothing of it before.
    paid_on date,
    released_on date,
    supplier_codes jsonb NOT NULL,
    least_discount_yield_percent numeric(18, 6),
    -- The payroll run whose net pay it pays; none when it pays suppliers.
    payroll_run_id uuid,
    payroll_run_number text NOT NULL DEFAULT '',
    -- Of what is to be paid, and then of what was. Not said of wages: a run of one person is that person's pay.
    amount numeric(18, 6),
    discount_amount numeric(18, 6),
    content_hash text NOT NULL,
    proposed_by text NOT NULL,
    reason text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    proposed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payment_run_wages_or_suppliers CHECK ((payroll_run_id IS NULL) = (payroll_run_number = '')
        AND (payroll_run_id IS NULL) = (amount IS NOT NULL) AND (amount IS NULL) = (discount_amount IS NULL)),
    CONSTRAINT payment_run_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT payment_run_days_in_order CHECK (pay_on <= due_until AND pay_on <= paid_on),
    CONSTRAINT payment_run_released_on_a_day
        CHECK ((paid_on IS NOT NULL) = (status IN ('released', 'posted'))),
    CONSTRAINT payment_run_paid_when_released
        CHECK ((paid_on IS NOT NULL) = (released_on IS NOT NULL) AND released_on <= paid_on),
    FOREIGN KEY (company_id, bank_account_code) REFERENCES banking.bank_account (company_id, code)
);
CREATE INDEX payment_run_company_id_pay_on_id_idx ON banking.payment_run (company_id, pay_on, id);
CREATE INDEX payment_run_payroll_run_id_idx ON banking.payment_run (payroll_run_id) WHERE payroll_run_id IS NOT NULL;
SELECT foundation.protect('banking.payment_run',
    'SELECT, INSERT, UPDATE (status, paid_on, released_on, amount, discount_amount, content_hash, reason, version)');

-- To whom, and to which account, as it was when the run was proposed: nobody changes that.
CREATE TABLE banking.payment_run_payment (
    id uuid PRIMARY KEY,
    run_id uuid NOT NULL REFERENCES banking.payment_run (id),
    company_id text NOT NULL DEFAULT foundation.current_company(),
    end_to_end_id text NOT NULL,
    -- None when it pays wages.
    supplier_code text,
    payee_name text NOT NULL,
    iban text NOT NULL,
    bic text NOT NULL,
    -- Where the last payment of a run to the supplier went, or where the payslip says, when that is another account.
    iban_before text NOT NULL DEFAULT '',
    city text NOT NULL,
    country text NOT NULL,
    CONSTRAINT payment_run_payment_company_id_end_to_end_id_key UNIQUE (company_id, end_to_end_id),
    CONSTRAINT payment_run_payment_run_id_supplier_code_key UNIQUE (run_id, supplier_code),
    CONSTRAINT payment_run_payment_names_a_town CHECK (iban <> '' AND (city <> '' OR supplier_code IS NULL)),
    CONSTRAINT payment_run_payment_other_before CHECK (iban_before <> iban),
    FOREIGN KEY (company_id, supplier_code) REFERENCES master_data.supplier (company_id, code)
);
SELECT foundation.protect('banking.payment_run_payment', 'SELECT, INSERT');
SELECT foundation.only_add_to('banking.payment_run_payment');

-- What is paid of an invoice, and what became of it. The application changes no amount.
CREATE TABLE banking.payment_run_invoice (
    run_id uuid NOT NULL REFERENCES banking.payment_run (id),
    invoice_id uuid NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    -- Without one it was never to be paid.
    payment_id uuid REFERENCES banking.payment_run_payment (id),
    supplier_code text NOT NULL,
    supplier_name text NOT NULL,
    invoice_number text NOT NULL,
    -- What the supplier calls the invoice.
    supplier_number text NOT NULL DEFAULT '',
    due_on date NOT NULL,
    currency text NOT NULL,
    open_amount numeric(18, 6) NOT NULL,
    amount numeric(18, 6) NOT NULL,
    discount_amount numeric(18, 6) NOT NULL,
    discount_yield_percent numeric(18, 6),
    pay_reason text NOT NULL,
    status text NOT NULL CONSTRAINT payment_run_invoice_status_known
        CHECK (status IN ('included', 'left_out', 'paid', 'withdrawn')),
    left_out_because text NOT NULL DEFAULT '',
    supplier_payment_id uuid,
    PRIMARY KEY (run_id, invoice_id),
    CONSTRAINT payment_run_invoice_left_out_because CHECK ((status = 'left_out') = (left_out_because <> '')),
    CONSTRAINT payment_run_invoice_paid_by CHECK ((status = 'paid') = (supplier_payment_id IS NOT NULL)),
    CONSTRAINT payment_run_invoice_amounts CHECK (amount > 0 AND discount_amount >= 0
        AND amount + discount_amount <= open_amount OR payment_id IS NULL AND status = 'left_out')
);
-- An invoice is to be paid by one run only.
CREATE UNIQUE INDEX payment_run_invoice_in_one_run
    ON banking.payment_run_invoice (company_id, invoice_id) WHERE status = 'included';
CREATE INDEX payment_run_invoice_payment_id_idx ON banking.payment_run_invoice (payment_id);
CREATE UNIQUE INDEX payment_run_invoice_supplier_payment_id_key
    ON banking.payment_run_invoice (supplier_payment_id);
SELECT foundation.protect('banking.payment_run_invoice',
    'SELECT, INSERT, UPDATE (status, left_out_because, supplier_payment_id)');

-- What one person is paid to one account by a run: a part of a payslip, and what became of it. What it posts is that
-- person's pay. The application changes no amount.
CREATE TABLE banking.wage_payment (
    id uuid PRIMARY KEY,
    run_id uuid NOT NULL REFERENCES banking.payment_run (id),
    company_id text NOT NULL DEFAULT foundation.current_company(),
    -- The end-to-end id.
    number text NOT NULL,
    -- Its own id; without one it was never to be paid.
    payment_id uuid REFERENCES banking.payment_run_payment (id),
    payslip_id uuid NOT NULL,
    payslip_number text NOT NULL,
    -- Which of the accounts that the payslip goes to.
    place integer NOT NULL CONSTRAINT wage_payment_place_positive CHECK (place > 0),
    employee_code text NOT NULL,
    employee_name text NOT NULL,
    party_type text NOT NULL DEFAULT 'employee' CONSTRAINT wage_payment_of_an_employee CHECK (party_type = 'employee'),
    currency text NOT NULL,
    amount numeric(18, 6) NOT NULL CONSTRAINT wage_payment_amount_positive CHECK (amount > 0),
    status text NOT NULL CONSTRAINT wage_payment_status_known
        CHECK (status IN ('included', 'left_out', 'paid', 'withdrawn')),
    left_out_because text NOT NULL DEFAULT '',
    -- When it is posted, and to which account of the books, where it is in transit.
    paid_on date,
    account_code text,
    CONSTRAINT wage_payment_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT wage_payment_left_out_because CHECK ((status = 'left_out') = (left_out_because <> '')),
    CONSTRAINT wage_payment_paid_from
        CHECK ((status = 'paid') = (paid_on IS NOT NULL) AND (paid_on IS NULL) = (account_code IS NULL)),
    CONSTRAINT wage_payment_is_a_payment
        CHECK (payment_id = id OR payment_id IS NULL AND status = 'left_out'),
    FOREIGN KEY (company_id, party_type, employee_code) REFERENCES master_data.party (company_id, type, code),
    FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code)
);
CREATE INDEX wage_payment_run_id_idx ON banking.wage_payment (run_id);
CREATE INDEX wage_payment_payslip_id_place_idx ON banking.wage_payment (payslip_id, place);
-- It is to be paid by one run only.
CREATE UNIQUE INDEX wage_payment_in_one_run
    ON banking.wage_payment (company_id, payslip_id, place) WHERE status = 'included';
SELECT foundation.protect('banking.wage_payment',
    'SELECT, INSERT, UPDATE (status, left_out_because, paid_on, account_code)');

-- It is paid once, whichever run does so, until that was taken back; and stays as it was paid.
CREATE FUNCTION banking.refuse_wages_twice() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF OLD.status = 'paid' THEN
        RAISE EXCEPTION 'wage payment % stays as it was paid', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('wages of ' || NEW.payslip_id::text, 0));
    IF EXISTS (SELECT FROM banking.wage_payment w WHERE w.payslip_id = NEW.payslip_id AND w.place = NEW.place
            AND w.id <> NEW.id AND w.status = 'paid' AND NOT EXISTS (SELECT FROM ledger.reversal x
                WHERE x.document_type = 'wage_payment' AND x.document_id = w.id)) THEN
        RAISE EXCEPTION 'what wage payment % is to pay is paid', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER paid_once AFTER UPDATE ON banking.wage_payment
    FOR EACH ROW WHEN (OLD.status = 'paid' OR NEW.status = 'paid') EXECUTE FUNCTION banking.refuse_wages_twice();

-- What of a payment of a run stands: what it has paid, document by document, and was not taken back.
CREATE FUNCTION banking.standing_parts(payment uuid)
RETURNS TABLE (document_type text, document_id uuid, account_code text, amount numeric) LANGUAGE sql STABLE AS $$
    SELECT 'supplier_payment', s.id, s.account_code, s.amount
    FROM banking.payment_run_invoice i JOIN ledger.supplier_payment s ON s.id = i.supplier_payment_id
    WHERE i.payment_id = $1 AND NOT EXISTS (SELECT FROM ledger.reversal x
        WHERE x.document_type = 'supplier_payment' AND x.document_id = s.id)
    UNION ALL
    SELECT 'wage_payment', w.id, w.account_code, w.amount FROM banking.wage_payment w
    WHERE w.id = $1 AND w.status = 'paid' AND NOT EXISTS (SELECT FROM ledger.reversal x
        WHERE x.document_type = 'wage_payment' AND x.document_id = w.id)
$$;


-- What the bank has paid
-- ----------------------

-- The payment is on a statement. A line that the bank has booked for a whole run confirms several.
CREATE TABLE banking.payment_confirmation (
    posting_id uuid NOT NULL REFERENCES banking.line_posting (id),
    payment_id uuid NOT NULL REFERENCES banking.payment_run_payment (id),
    company_id text NOT NULL DEFAULT foundation.current_company(),
    amount numeric(18, 6) NOT NULL CONSTRAINT payment_confirmation_amount_positive CHECK (amount > 0),
    PRIMARY KEY (posting_id, payment_id)
);
CREATE INDEX payment_confirmation_payment_id_idx ON banking.payment_confirmation (payment_id);
SELECT foundation.protect('banking.payment_confirmation', 'SELECT, INSERT');
SELECT foundation.only_add_to('banking.payment_confirmation');

-- The day on which a line that had confirmed a payment was taken back last: it is in transit again since then.
CREATE FUNCTION banking.in_transit_again_on(payment uuid) RETURNS date
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT max(r.reversed_on) FROM banking.payment_confirmation c JOIN ledger.reversal r ON r.document_id = c.posting_id
        AND r.document_type = 'line_posting' AND r.company_id = c.company_id
    WHERE c.payment_id = $1
$$;

-- A payment is on one line only, whoever says so, unless that was taken back; and on none before its own day, nor
-- before the file orders it.
CREATE FUNCTION banking.refuse_second_confirmation() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.payment_id::text, 0));
    IF EXISTS (SELECT FROM banking.payment_confirmation c JOIN banking.line_posting p ON p.id = c.posting_id
            WHERE c.payment_id = NEW.payment_id AND c.posting_id <> NEW.posting_id
                AND NOT banking.is_taken_back(p.document_type, p.document_id, p.id)) THEN
        RAISE EXCEPTION 'payment % is on another line already', NEW.payment_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.amount <> (SELECT coalesce(sum(s.amount), 0) FROM banking.standing_parts(NEW.payment_id) s) THEN
        RAISE EXCEPTION 'payment % is not what is in transit of it', NEW.payment_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM banking.line_posting l, banking.payment_run_payment p
            JOIN banking.payment_run r ON r.id = p.run_id
            WHERE l.id = NEW.posting_id AND p.id = NEW.payment_id
                AND l.posted_on < greatest(r.paid_on, banking.in_transit_again_on(p.id))) THEN
        RAISE EXCEPTION 'payment % is posted on a later day', NEW.payment_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM banking.payment_run_payment p JOIN banking.payment_run r ON r.id = p.run_id
            WHERE p.id = NEW.payment_id AND r.status = 'posted') THEN
        RAISE EXCEPTION 'payment % is not ordered of the bank yet', NEW.payment_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER confirmed_once AFTER INSERT ON banking.payment_confirmation
    FOR EACH ROW EXECUTE FUNCTION banking.refuse_second_confirmation();

-- The bank has sent the money of a payment back: what it had paid is owed again, by reversals of their own. Once, and
-- it is not taken back.
CREATE TABLE banking.payment_return (
    payment_id uuid PRIMARY KEY REFERENCES banking.payment_run_payment (id),
    posting_id uuid NOT NULL REFERENCES banking.line_posting (id),
    company_id text NOT NULL DEFAULT foundation.current_company(),
    amount numeric(18, 6) NOT NULL CONSTRAINT payment_return_amount_positive CHECK (amount > 0),
    CONSTRAINT payment_return_posting_id_key UNIQUE (posting_id)
);
SELECT foundation.protect('banking.payment_return', 'SELECT, INSERT');
SELECT foundation.only_add_to('banking.payment_return');

-- What has come back had gone: a line has confirmed that much, and was not taken back.
CREATE FUNCTION banking.refuse_other_return() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM banking.payment_confirmation c JOIN banking.line_posting p ON p.id = c.posting_id
            WHERE c.payment_id = NEW.payment_id AND c.amount = NEW.amount
                AND NOT banking.is_taken_back(p.document_type, p.document_id, p.id)) THEN
        RAISE EXCEPTION 'payment % was not made, or of another amount', NEW.payment_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER was_made AFTER INSERT ON banking.payment_return
    FOR EACH ROW EXECUTE FUNCTION banking.refuse_other_return();

-- Neither the line that has brought it back is taken back, nor the one that had confirmed it: it is owed again.
CREATE FUNCTION banking.refuse_return_undone() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF EXISTS (SELECT FROM banking.payment_return t LEFT JOIN banking.payment_confirmation c
            ON c.payment_id = t.payment_id WHERE NEW.document_id IN (t.posting_id, c.posting_id)) THEN
        RAISE EXCEPTION '% stays: a payment of a run has come back', NEW.document_number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_return_undone AFTER INSERT ON ledger.reversal
    FOR EACH ROW WHEN (NEW.document_type = 'line_posting') EXECUTE FUNCTION banking.refuse_return_undone();

-- Why a payment to a supplier, or of wages, is not to be reversed: its run writes the file that pays it, or the bank has
-- made it.
CREATE FUNCTION banking.stands_on_run_payment(payment uuid) RETURNS text LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE WHEN r.status = 'released' THEN r.number || ' is being paid: end that first, by retry or skip'
        ELSE (SELECT s.number || '/' || l.line_number || ' has confirmed it: take that posting back first'
            FROM banking.payment_confirmation c
                JOIN banking.line_posting p ON p.id = c.posting_id
                JOIN banking.bank_statement_line l ON l.id = p.line_id
                JOIN banking.bank_statement s ON s.id = l.statement_id
            WHERE c.payment_id = i.payment_id AND NOT banking.is_taken_back(p.document_type, p.document_id, p.id)
                AND NOT EXISTS (SELECT FROM banking.payment_return t WHERE t.payment_id = c.payment_id)
            LIMIT 1) END
    FROM (SELECT i.run_id, i.payment_id FROM banking.payment_run_invoice i WHERE i.supplier_payment_id = payment
        UNION ALL SELECT w.run_id, w.payment_id FROM banking.wage_payment w WHERE w.id = payment) AS i
        JOIN banking.payment_run r ON r.id = i.run_id
$$;

-- The operation that reverses one asks before, by name; nothing else gets past it.
CREATE FUNCTION banking.refuse_reversal_of_run_payment() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF banking.stands_on_run_payment(NEW.document_id) IS NOT NULL THEN
        RAISE EXCEPTION '%', banking.stands_on_run_payment(NEW.document_id)
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_reversal_of_run_payment AFTER INSERT ON ledger.reversal
    FOR EACH ROW WHEN (NEW.document_type IN ('supplier_payment', 'wage_payment'))
    EXECUTE FUNCTION banking.refuse_reversal_of_run_payment();


-- What banks answer to payment files
-- ----------------------------------

-- The file as it came, once.
CREATE TABLE banking.payment_status_report (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    file_name text NOT NULL,
    sha256 text NOT NULL,
    content bytea NOT NULL,
    line_count integer NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payment_status_report_company_id_sha256_key UNIQUE (company_id, sha256)
);
CREATE INDEX payment_status_report_company_id_imported_at_id_idx
    ON banking.payment_status_report (company_id, imported_at, id);
SELECT foundation.protect('banking.payment_status_report', 'SELECT, INSERT');
SELECT foundation.only_add_to('banking.payment_status_report');

-- What it says of one payment, whether of that alone or of all; the application changes only what became of it.
CREATE TABLE banking.payment_status_line (
    report_id uuid NOT NULL REFERENCES banking.payment_status_report (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    bank_message_id text NOT NULL,
    said_at timestamptz NOT NULL,
    level text NOT NULL CONSTRAINT payment_status_line_level_known
        CHECK (level IN ('group', 'payment_information', 'transaction')),
    message_id text NOT NULL,
    payment_information_id text NOT NULL,
    end_to_end_id text NOT NULL,
    status text NOT NULL,
    reason_code text NOT NULL,
    reason_text text NOT NULL,
    -- None when it is of no payment that we know.
    payment_id uuid REFERENCES banking.payment_run_payment (id),
    outcome text NOT NULL CONSTRAINT payment_status_line_outcome_known
        CHECK (outcome IN ('noted', 'older', 'after_rejection', 'after_settlement', 'duplicate', 'to_reject',
            'rejected', 'reversed_before', 'returned_before', 'not_ordered', 'unknown_message',
            'unknown_payment_information', 'unknown_transaction', 'unknown_status')),
    PRIMARY KEY (report_id, line_number),
    CONSTRAINT payment_status_line_of_a_payment CHECK (payment_id IS NOT NULL OR outcome IN ('not_ordered',
        'unknown_message', 'unknown_payment_information', 'unknown_transaction', 'unknown_status'))
);
CREATE INDEX payment_status_line_payment_id_idx ON banking.payment_status_line (payment_id);
SELECT foundation.protect('banking.payment_status_line', 'SELECT, INSERT, UPDATE (outcome)');

-- A payment that the bank does not make: what it had paid is owed again, by reversals of their own. Once, and it is
-- not taken back.
CREATE TABLE banking.payment_rejection (
    payment_id uuid PRIMARY KEY REFERENCES banking.payment_run_payment (id),
    company_id text NOT NULL DEFAULT foundation.current_company(),
    report_id uuid NOT NULL,
    line_number integer NOT NULL,
    rejected_on date NOT NULL,
    -- What is owed again by it: nothing of what a person had reversed before.
    amount numeric(18, 6) NOT NULL CONSTRAINT payment_rejection_amount_not_negative CHECK (amount >= 0),
    CONSTRAINT payment_rejection_report_id_line_number_key UNIQUE (report_id, line_number),
    FOREIGN KEY (report_id, line_number) REFERENCES banking.payment_status_line (report_id, line_number)
);
SELECT foundation.protect('banking.payment_rejection', 'SELECT, INSERT');
SELECT foundation.only_add_to('banking.payment_rejection');

-- What a line has confirmed was made, and what has come back was; and nothing that the bank has rejected stands.
CREATE FUNCTION banking.refuse_other_rejection() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.payment_id::text, 0));
    IF EXISTS (SELECT FROM banking.payment_confirmation c JOIN banking.line_posting p ON p.id = c.posting_id
            WHERE c.payment_id = NEW.payment_id AND NOT banking.is_taken_back(p.document_type, p.document_id, p.id)) THEN
        RAISE EXCEPTION 'payment % was made: it is on a line', NEW.payment_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM banking.standing_parts(NEW.payment_id)) THEN
        RAISE EXCEPTION 'payment % is rejected, and what it has paid still stands', NEW.payment_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER rejected_whole AFTER INSERT ON banking.payment_rejection
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION banking.refuse_other_rejection();


-- What suppliers are told
-- -----------------------

-- A payment of which its supplier is told, once; the advice itself is among the files that went out.
CREATE TABLE banking.payment_advice (
    payment_id uuid PRIMARY KEY REFERENCES banking.payment_run_payment (id),
    company_id text NOT NULL DEFAULT foundation.current_company(),
    -- The day on which the bank is to pay.
    ordered_on date NOT NULL
);
SELECT foundation.protect('banking.payment_advice', 'SELECT, INSERT');
SELECT foundation.only_add_to('banking.payment_advice');
