-- What all domains refer to by code. Every change of it is counted, so that workers may remember it.

CREATE SCHEMA master_data;
GRANT USAGE ON SCHEMA master_data TO perpetual_app;


-- Companies and their warehouses
-- ------------------------------

CREATE TABLE master_data.company (
    code text PRIMARY KEY,
    company_id text NOT NULL GENERATED ALWAYS AS (code) STORED,
    name text NOT NULL,
    currency text NOT NULL,
    country text NOT NULL,
    address text NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    tax_number text NOT NULL,
    iban text NOT NULL,
    bic text NOT NULL,
    email text NOT NULL,
    register_court text NOT NULL DEFAULT '',
    register_number text NOT NULL DEFAULT '',
    directors text NOT NULL DEFAULT '',
    -- Where money in a currency is to be paid, one for each currency.
    bank_accounts jsonb NOT NULL DEFAULT '[]',
    tax_rounding text NOT NULL
        CONSTRAINT company_tax_rounding_known CHECK (tax_rounding IN ('line', 'document')),
    default_warehouse_code text,
    freight_tax_code text,
    small_difference_limit numeric(18, 6) NOT NULL
        CONSTRAINT company_small_difference_limit_not_negative CHECK (small_difference_limit >= 0),
    time_zone text NOT NULL DEFAULT 'UTC',
    days_ahead integer NOT NULL DEFAULT 31
        CONSTRAINT company_days_ahead_not_negative CHECK (days_ahead >= 0),
    -- So many days after its own day an exchange rate may be used.
    exchange_rate_days integer NOT NULL
        CONSTRAINT company_exchange_rate_days_not_negative CHECK (exchange_rate_days >= 0),
    -- So long a change of bank details waits.
    bank_details_wait_hours integer NOT NULL DEFAULT 24
        CONSTRAINT company_bank_details_wait_hours_not_negative CHECK (bank_details_wait_hours >= 0),
    changed_by text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now()
);
SELECT foundation.protect('master_data.company');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.company
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();

CREATE TABLE master_data.warehouse (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    country text,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code)
);
SELECT foundation.protect('master_data.warehouse');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.warehouse
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();


-- Units
-- -----

CREATE TABLE master_data.unit (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    -- By UN/ECE Recommendation 20, or 21 with an X before it.
    un_code text NOT NULL DEFAULT ''
        CONSTRAINT unit_un_code_formed CHECK (un_code ~ '^([A-Z0-9]{2,3})?$'),
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code)
);
SELECT foundation.protect('master_data.unit');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.unit
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();

-- A company begins with the usual units.
CREATE FUNCTION master_data.give_usual_units() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO master_data.unit (company_id, code, name)
    SELECT NEW.code, u.code, u.name FROM (VALUES
        ('pc', 'Piece'), ('pair', 'Pair'), ('set', 'Set'), ('box', 'Box'), ('crate', 'Crate'), ('bag', 'Bag'),
        ('roll', 'Roll'), ('pallet', 'Pallet'), ('g', 'Gram'), ('kg', 'Kilogram'), ('t', 'Tonne'),
        ('ml', 'Millilitre'), ('l', 'Litre'), ('mm', 'Millimetre'), ('cm', 'Centimetre'), ('m', 'Metre'),
        ('km', 'Kilometre'), ('m2', 'Square metre'), ('m3', 'Cubic metre'), ('kWh', 'Kilowatt hour'),
        ('min', 'Minute'), ('h', 'Hour'), ('day', 'Day'), ('month', 'Month')
    ) AS u (code, name)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER give_usual_units AFTER INSERT ON master_data.company
    FOR EACH ROW EXECUTE FUNCTION master_data.give_usual_units();


-- Taxes, terms and rates
-- ----------------------

CREATE TABLE master_data.tax_code (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL
        CONSTRAINT tax_code_kind_known CHECK (kind IN ('standard', 'exempt', 'intra_community', 'reverse_charge')),
    exemption_reason text NOT NULL,
    -- By language; the one above where it is not said.
    exemption_reasons jsonb NOT NULL DEFAULT '{}',
    components jsonb NOT NULL,
    country text,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT tax_code_exemption_has_reason CHECK (kind = 'standard' OR exemption_reason <> '')
);
SELECT foundation.protect('master_data.tax_code');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.tax_code
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();

-- Whatever holds for a time says so in days, which belong to it: valid_from is the first, valid_to the last.

-- What of a record is other from a day on, until the next change: a day belongs to one of them, or to none.
CREATE TABLE master_data.tax_code_change (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    code text NOT NULL,
    valid_from date NOT NULL,
    components jsonb NOT NULL,
    PRIMARY KEY (company_id, code, valid_from),
    FOREIGN KEY (company_id, code) REFERENCES master_data.tax_code (company_id, code)
);
SELECT foundation.protect('master_data.tax_code_change', 'SELECT, INSERT, DELETE');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.tax_code_change
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();

CREATE TABLE master_data.payment_terms (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    instalments jsonb NOT NULL,
    discount_percent numeric(18, 6) NOT NULL,
    discount_days integer NOT NULL,
    discount_tax text NOT NULL
        CONSTRAINT payment_terms_discount_tax_known CHECK (discount_tax IN ('when_paid', 'always')),
    -- By language; the one above where it is not said.
    names jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT payment_terms_discount_is_percent CHECK (discount_percent BETWEEN 0 AND 100)
);
SELECT foundation.protect('master_data.payment_terms');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.payment_terms
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();

CREATE TABLE master_data.payment_terms_change (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    code text NOT NULL,
    valid_from date NOT NULL,
    instalments jsonb NOT NULL,
    discount_percent numeric(18, 6) NOT NULL,
    discount_days integer NOT NULL,
    discount_tax text NOT NULL
        CONSTRAINT payment_terms_change_discount_tax_known CHECK (discount_tax IN ('when_paid', 'always')),
    PRIMARY KEY (company_id, code, valid_from),
    CONSTRAINT payment_terms_change_discount_is_percent CHECK (discount_percent BETWEEN 0 AND 100),
    FOREIGN KEY (company_id, code) REFERENCES master_data.payment_terms (company_id, code)
);
SELECT foundation.protect('master_data.payment_terms_change', 'SELECT, INSERT, DELETE');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.payment_terms_change
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();

CREATE TABLE master_data.exchange_rate (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    currency text NOT NULL,
    valid_from date NOT NULL,
    rate numeric(28, 14) NOT NULL CONSTRAINT exchange_rate_rate_positive CHECK (rate > 0),
    quotation text NOT NULL
        CONSTRAINT exchange_rate_quotation_known CHECK (quotation IN ('indirect', 'direct')),
    source text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, currency, valid_from)
);
SELECT foundation.protect('master_data.exchange_rate');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.exchange_rate
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();


-- Items and prices
-- ----------------

CREATE TABLE master_data.item (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    unit text NOT NULL,
    kind text NOT NULL CONSTRAINT item_kind_known CHECK (kind IN ('bought', 'assembled', 'service')),
    costing_method text NOT NULL
        CONSTRAINT item_costing_method_known CHECK (costing_method IN ('moving_average', 'fifo')),
    tax_code text,
    weight_kg numeric(18, 6),
    standard_cost numeric(18, 6),
    "group" text NOT NULL,
    allow_negative_stock boolean NOT NULL,
    is_whole boolean NOT NULL DEFAULT false,
    blocked boolean NOT NULL,
    units jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    FOREIGN KEY (company_id, tax_code) REFERENCES master_data.tax_code (company_id, code),
    FOREIGN KEY (company_id, unit) REFERENCES master_data.unit (company_id, code)
);
SELECT foundation.protect('master_data.item');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.item
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();

CREATE TABLE master_data.item_change (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    code text NOT NULL,
    valid_from date NOT NULL,
    units jsonb NOT NULL,
    PRIMARY KEY (company_id, code, valid_from),
    FOREIGN KEY (company_id, code) REFERENCES master_data.item (company_id, code)
);
SELECT foundation.protect('master_data.item_change', 'SELECT, INSERT, DELETE');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.item_change
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();

CREATE TABLE master_data.price_list (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    currency text NOT NULL,
    prices_include_tax boolean NOT NULL,
    valid_from date,
    valid_to date,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT price_list_valid_in_order CHECK (valid_from <= valid_to)
);
SELECT foundation.protect('master_data.price_list');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.price_list
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();

-- Of several prices that hold on a day the one that began last does: no day has two.
CREATE TABLE master_data.price_list_line (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    price_list_code text NOT NULL,
    item_code text NOT NULL,
    line_number integer NOT NULL,
    unit text,
    min_quantity numeric(18, 6) NOT NULL,
    unit_price numeric(18, 6) NOT NULL,
    valid_from date,
    valid_to date,
    PRIMARY KEY (company_id, price_list_code, item_code, line_number),
    CONSTRAINT price_list_line_one_begins_on_a_day UNIQUE NULLS NOT DISTINCT
        (company_id, price_list_code, item_code, unit, min_quantity, valid_from),
    CONSTRAINT price_list_line_valid_in_order CHECK (valid_from <= valid_to),
    FOREIGN KEY (company_id, price_list_code) REFERENCES master_data.price_list (company_id, code),
    FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code)
);
SELECT foundation.protect('master_data.price_list_line', 'SELECT, INSERT, DELETE');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.price_list_line
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();


-- Holidays
-- --------

-- The holidays of a place, beside those of the calendar that it is based on.
CREATE TABLE master_data.holiday_calendar (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    country text,
    subdivision text NOT NULL,
    based_on text,
    days jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT holiday_calendar_not_based_on_itself CHECK (based_on <> code),
    CONSTRAINT holiday_calendar_part_of_a_country CHECK (subdivision = '' OR country IS NOT NULL),
    FOREIGN KEY (company_id, based_on) REFERENCES master_data.holiday_calendar (company_id, code)
);
SELECT foundation.protect('master_data.holiday_calendar');

-- Who changes a calendar waits for whoever else does: together they could close a circle.
CREATE FUNCTION master_data.lock_calendars() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('holiday calendars/' || foundation.current_company(), 0))
$$;


-- Parties
-- -------

-- Everybody whom the books may name: customers, suppliers, employees. A domain that keeps such people writes
-- its own rows here, in the transaction that writes them down.
CREATE TABLE master_data.party (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    type text NOT NULL CONSTRAINT party_type_known CHECK (type IN ('customer', 'supplier', 'employee')),
    code text NOT NULL,
    name text NOT NULL,
    blocked boolean NOT NULL DEFAULT false,
    -- The last day of an employment, past which nobody is paid; empty while it lasts, and of others.
    ends_on date,
    PRIMARY KEY (company_id, type, code),
    CONSTRAINT party_ends_as_an_employee CHECK (ends_on IS NULL OR type = 'employee')
);
SELECT foundation.protect('master_data.party');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.party
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();

-- Customers and suppliers are in the register by their own records.
CREATE FUNCTION master_data.register_party() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO master_data.party (company_id, type, code, name, blocked)
    VALUES (NEW.company_id, TG_ARGV[0], NEW.code, NEW.name, NEW.blocked)
    ON CONFLICT (company_id, type, code) DO UPDATE SET name = excluded.name, blocked = excluded.blocked;
    RETURN NULL;
END $$;


-- Customers
-- ---------

CREATE TABLE master_data.customer (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    country text NOT NULL,
    language text NOT NULL,
    currency text NOT NULL,
    price_list_code text,
    payment_terms_code text NOT NULL,
    tax_code text,
    tax_number text NOT NULL,
    email text NOT NULL,
    credit_limit numeric(18, 6),
    invoicing text NOT NULL
        CONSTRAINT customer_invoicing_known CHECK (invoicing IN ('shipment', 'order', 'collective')),
    delivery text NOT NULL CONSTRAINT customer_delivery_known CHECK (delivery IN ('partial', 'complete')),
    discount_percent numeric(18, 6) NOT NULL,
    blocked boolean NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    FOREIGN KEY (company_id, price_list_code) REFERENCES master_data.price_list (company_id, code),
    FOREIGN KEY (company_id, payment_terms_code) REFERENCES master_data.payment_terms (company_id, code),
    FOREIGN KEY (company_id, tax_code) REFERENCES master_data.tax_code (company_id, code),
    CONSTRAINT customer_credit_limit_not_negative CHECK (credit_limit >= 0)
);
SELECT foundation.protect('master_data.customer');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.customer
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();

CREATE TRIGGER register AFTER INSERT OR UPDATE OF name, blocked ON master_data.customer
    FOR EACH ROW EXECUTE FUNCTION master_data.register_party('customer');


-- Suppliers
-- ---------

CREATE TABLE master_data.supplier (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    country text NOT NULL,
    language text NOT NULL,
    currency text NOT NULL,
    payment_terms_code text NOT NULL,
    tax_code text,
    tax_number text NOT NULL,
    email text NOT NULL,
    -- Where it is told of payments; to its email when there is none.
    remittance_email text NOT NULL DEFAULT '',
    -- Where it wants its money in a currency, one for each currency.
    bank_accounts jsonb NOT NULL DEFAULT '[]',
    blocked boolean NOT NULL,
    changed_by text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    FOREIGN KEY (company_id, payment_terms_code) REFERENCES master_data.payment_terms (company_id, code),
    FOREIGN KEY (company_id, tax_code) REFERENCES master_data.tax_code (company_id, code)
);
SELECT foundation.protect('master_data.supplier');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.supplier
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();
CREATE TRIGGER register AFTER INSERT OR UPDATE OF name, blocked ON master_data.supplier
    FOR EACH ROW EXECUTE FUNCTION master_data.register_party('supplier');


-- Changes of bank details
-- -----------------------

CREATE SEQUENCE master_data.bank_details_change_number;
COMMENT ON SEQUENCE master_data.bank_details_change_number IS 'BC';
GRANT USAGE ON SEQUENCE master_data.bank_details_change_number TO perpetual_app;

-- Where money goes is changed when somebody else has said yes and a while has passed. The accounts of
-- employees are kept by payroll: here they are empty.
CREATE TABLE master_data.bank_details_change (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    number text NOT NULL,
    owner text NOT NULL
        CONSTRAINT bank_details_change_owner_known CHECK (owner IN ('supplier', 'company', 'employee')),
    -- Of the record that is changed: a supplier, the company, a pay agreement.
    code text NOT NULL,
    -- Whose accounts they are.
    party_code text NOT NULL,
    status text NOT NULL CONSTRAINT bank_details_change_status_known
        CHECK (status IN ('asked', 'approved', 'effective', 'rejected', 'cancelled')),
    accounts_before jsonb NOT NULL,
    accounts jsonb NOT NULL,
    -- So that nobody finds out by the hash what was hashed.
    salt text NOT NULL,
    content_hash text NOT NULL,
    -- Whether one of them is another party's as well.
    is_anothers boolean NOT NULL,
    requested_by text NOT NULL DEFAULT current_setting('perpetual.actor'),
    requested_at timestamptz NOT NULL DEFAULT now(),
    -- Who had changed the record last, and who has changed it since.
    may_not_approve text[] NOT NULL,
    wait_hours integer NOT NULL,
    -- By the clock of its process, as the moment at which it takes effect.
    not_before timestamptz,
    approved_by text,
    on_behalf_of text,
    effective_at timestamptz,
    reason text NOT NULL DEFAULT '',
    CONSTRAINT bank_details_change_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT bank_details_change_four_eyes CHECK (approved_by <> requested_by AND on_behalf_of <> requested_by),
    CONSTRAINT bank_details_change_by_nobody_who_changed_it CHECK (
        NOT approved_by = ANY (may_not_approve) AND NOT on_behalf_of = ANY (may_not_approve)),
    CONSTRAINT bank_details_change_approved_by_somebody
        CHECK (status NOT IN ('approved', 'effective') OR approved_by IS NOT NULL),
    CONSTRAINT bank_details_change_effective_has_moment CHECK ((status = 'effective') = (effective_at IS NOT NULL)),
    CONSTRAINT bank_details_change_has_waited
        CHECK (effective_at IS NULL OR (not_before IS NOT NULL AND effective_at >= not_before)),
    CONSTRAINT bank_details_change_wait_not_negative CHECK (wait_hours >= 0),
    CONSTRAINT bank_details_change_pay_is_kept_by_payroll
        CHECK (owner <> 'employee' OR (accounts_before = '[]' AND accounts = '[]'))
);
CREATE UNIQUE INDEX bank_details_change_one_at_a_time ON master_data.bank_details_change (company_id, owner, code)
    WHERE status IN ('asked', 'approved');
CREATE INDEX bank_details_change_company_id_requested_at_id_idx
    ON master_data.bank_details_change (company_id, requested_at, id);
SELECT foundation.protect('master_data.bank_details_change');

-- What somebody was asked about stays as it was read.
CREATE FUNCTION master_data.refuse_other_bank_details() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what bank details change % asks for does not change', OLD.number
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER refuse_other_bank_details BEFORE UPDATE ON master_data.bank_details_change
    FOR EACH ROW WHEN (OLD.status IN ('effective', 'rejected', 'cancelled')
        OR (OLD.owner, OLD.code, OLD.party_code, OLD.accounts_before, OLD.accounts, OLD.salt, OLD.content_hash,
            OLD.requested_by, OLD.requested_at, OLD.wait_hours) IS DISTINCT FROM
        (NEW.owner, NEW.code, NEW.party_code, NEW.accounts_before, NEW.accounts, NEW.salt, NEW.content_hash,
            NEW.requested_by, NEW.requested_at, NEW.wait_hours))
    EXECUTE FUNCTION master_data.refuse_other_bank_details();

-- Where money goes, without the names of banks and in any order.
CREATE FUNCTION master_data.where_money_goes(p_accounts jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_array(a.currency, a.iban, a.bic) ORDER BY a.currency, a.iban), '[]')
    FROM jsonb_to_recordset(p_accounts) AS a (currency text, iban text, bic text)
$$;

-- A company's account for all currencies without one of their own, as one of its accounts.
CREATE FUNCTION master_data.account_of_all_currencies(p_iban text, p_bic text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_iban || p_bic = '' THEN '[]'
        ELSE jsonb_build_array(jsonb_build_object('currency', '', 'iban', p_iban, 'bic', p_bic)) END
$$;

-- Whether the last change of a record that has taken effect is to just these accounts.
CREATE FUNCTION master_data.was_changed_to(p_company text, p_owner text, p_code text, p_accounts jsonb)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT c.status = 'effective'
            AND master_data.where_money_goes(c.accounts) = master_data.where_money_goes(p_accounts)
        FROM master_data.bank_details_change c
        WHERE c.company_id = p_company AND c.owner = p_owner AND c.code = p_code
            AND c.status NOT IN ('rejected', 'cancelled')
        ORDER BY c.requested_at DESC, c.id DESC LIMIT 1), false)
$$;

-- A record's accounts change with such a change, and never otherwise.
CREATE FUNCTION master_data.refuse_unasked_bank_details() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := OLD.bank_accounts;
    after jsonb := NEW.bank_accounts;
BEGIN
    IF TG_ARGV[0] = 'company' THEN
        before := before || master_data.account_of_all_currencies(OLD.iban, OLD.bic);
        after := after || master_data.account_of_all_currencies(NEW.iban, NEW.bic);
    END IF;
    IF master_data.where_money_goes(before) IS DISTINCT FROM master_data.where_money_goes(after)
        AND NOT master_data.was_changed_to(coalesce(NEW.company_id, NEW.code), TG_ARGV[0], NEW.code, after)
    THEN
        RAISE EXCEPTION 'bank accounts of % %: nobody else has said yes to them', TG_ARGV[0], NEW.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_unasked_bank_details BEFORE UPDATE OF bank_accounts ON master_data.supplier
    FOR EACH ROW EXECUTE FUNCTION master_data.refuse_unasked_bank_details('supplier');
CREATE TRIGGER refuse_unasked_bank_details BEFORE UPDATE OF bank_accounts, iban, bic ON master_data.company
    FOR EACH ROW EXECUTE FUNCTION master_data.refuse_unasked_bank_details('company');


-- Matching tolerances
-- -------------------

-- Of several that fit, the most precise counts: supplier and item, supplier, item, company; then the latest.
CREATE TABLE master_data.matching_tolerance (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    supplier_code text,
    item_code text,
    valid_from date NOT NULL,
    price_percent numeric(18, 6),
    price_amount numeric(18, 6),
    quantity_percent numeric(18, 6),
    quantity_amount numeric(18, 6),
    value_percent numeric(18, 6),
    value_amount numeric(18, 6),
    over_delivery_percent numeric(18, 6) NOT NULL,
    under_delivery_percent numeric(18, 6) NOT NULL,
    duplicate_days integer,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT matching_tolerance_one_begins_on_a_day
        UNIQUE NULLS NOT DISTINCT (company_id, supplier_code, item_code, valid_from),
    FOREIGN KEY (company_id, supplier_code) REFERENCES master_data.supplier (company_id, code),
    FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code),
    CONSTRAINT matching_tolerance_limits_not_negative
        CHECK (least(price_percent, price_amount, quantity_percent, quantity_amount, value_percent, value_amount,
            over_delivery_percent, duplicate_days) >= 0),
    CONSTRAINT matching_tolerance_under_delivery_is_percent CHECK (under_delivery_percent BETWEEN 0 AND 100)
);
SELECT foundation.protect('master_data.matching_tolerance');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.matching_tolerance
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change();


-- What documents stand on
-- -----------------------

-- Whether any row outside of master data names a record: its tables say so by their foreign keys.
CREATE FUNCTION master_data.is_used(p_table text, p_code text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    reference record;
    found boolean;
BEGIN
    FOR reference IN
        SELECT c.conrelid::regclass AS referring, own.attname AS column_name
        FROM pg_constraint c
            CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS k (own, theirs)
            JOIN pg_attribute own ON own.attrelid = c.conrelid AND own.attnum = k.own
            JOIN pg_attribute theirs ON theirs.attrelid = c.confrelid AND theirs.attnum = k.theirs
        WHERE c.contype = 'f' AND c.confrelid = ('master_data.' || p_table)::regclass
            AND theirs.attname = 'code' AND c.connamespace <> 'master_data'::regnamespace
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %I = $1)', reference.referring, reference.column_name)
            INTO found USING p_code;
        IF found THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;
