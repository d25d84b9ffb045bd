"""What keeps costs the same however much is stored: balances of closed periods, and the log's indexes."""

from foundation.migrations import run_script

revision = "0013"
down_revision = "0012"

PERIOD_BALANCE = """
    CREATE TABLE ledger.period_balance (
        company_id text NOT NULL DEFAULT foundation.current_company(),
        fiscal_year text NOT NULL,
        starts_on date NOT NULL,
        ends_on date NOT NULL,
        account_code text NOT NULL,
        debit numeric(18, 6) NOT NULL,
        credit numeric(18, 6) NOT NULL,
        PRIMARY KEY (company_id, ends_on, account_code),
        FOREIGN KEY (company_id, fiscal_year) REFERENCES ledger.fiscal_year (company_id, code),
        FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code),
        CONSTRAINT period_balance_in_order CHECK (starts_on <= ends_on),
        CONSTRAINT period_balance_debit_not_negative CHECK (debit >= 0),
        CONSTRAINT period_balance_credit_not_negative CHECK (credit >= 0)
    );
    SELECT foundation.protect('ledger.period_balance', 'SELECT, INSERT, DELETE');
"""

# A period is a calendar month, or what a fiscal year has of it, that is locked to its last day. Years that
# were locked before this migration are added up line by line until their lock is set again.
KEEPING = """
    CREATE FUNCTION ledger.keep_period_balances(p_fiscal_year text) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        company text := foundation.current_company();
        closed datemultirange;
    BEGIN
        SELECT coalesce(range_agg(p.days), '{}') INTO closed
        FROM (
            SELECT daterange(greatest(m::date, y.starts_on),
                least((m + interval '1 month')::date - 1, y.ends_on), '[]') AS days, y.locked_through
            FROM ledger.fiscal_year y, generate_series(date_trunc('month', y.starts_on::timestamp),
                y.ends_on::timestamp, interval '1 month') AS m
            WHERE y.company_id = company AND y.code = p_fiscal_year
        ) AS p
        WHERE upper(p.days) - 1 <= p.locked_through;

        -- Opened again, or of other days than it was.
        DELETE FROM ledger.period_balance b
        USING ledger.fiscal_year y
        WHERE b.company_id = company AND b.fiscal_year = p_fiscal_year
            AND y.company_id = company AND y.code = p_fiscal_year
            AND NOT (daterange(b.starts_on, b.ends_on, '[]') <@ closed
                AND b.starts_on = greatest(date_trunc('month', b.ends_on::timestamp)::date, y.starts_on)
                AND b.ends_on = least(
                    (date_trunc('month', b.ends_on::timestamp) + interval '1 month')::date - 1, y.ends_on));

        -- Account by account and period by period, by the index of account and day.
        INSERT INTO ledger.period_balance (fiscal_year, starts_on, ends_on, account_code, debit, credit)
        SELECT p_fiscal_year, p.starts_on, p.ends_on, a.code, l.debit, l.credit
        FROM (
            SELECT greatest(m::date, y.starts_on) AS starts_on,
                least((m + interval '1 month')::date - 1, y.ends_on) AS ends_on
            FROM ledger.fiscal_year y, generate_series(date_trunc('month', y.starts_on::timestamp),
                y.ends_on::timestamp, interval '1 month') AS m
            WHERE y.company_id = company AND y.code = p_fiscal_year
        ) AS p
            CROSS JOIN ledger.account a
            CROSS JOIN LATERAL (
                SELECT count(*) AS lines,
                    coalesce(sum(base_amount) FILTER (WHERE base_amount > 0), 0) AS debit,
                    coalesce(-sum(base_amount) FILTER (WHERE base_amount < 0), 0) AS credit
                FROM ledger.journal_line
                WHERE company_id = company AND account_code = a.code
                    AND posted_on BETWEEN p.starts_on AND p.ends_on
            ) AS l
        WHERE a.company_id = company AND daterange(p.starts_on, p.ends_on, '[]') <@ closed AND l.lines > 0
            AND NOT EXISTS (
                SELECT FROM ledger.period_balance b WHERE b.company_id = company AND b.ends_on = p.ends_on);
    END $$;
"""

# An operation is looked up by its key in the statement that sets the company, and so is planned when none is
# set. The planner then believes that an index which begins with the company finds next to nothing, takes it
# for as good as the key's, and every lookup reads the company's whole log. Without such an index it cannot.
# What the log is asked for, processes, correlations and transactions, is of one company anyway.
LOG = """
    DROP INDEX foundation.operation_company_id_process_id_recorded_at_idx;
    DROP INDEX foundation.operation_company_id_correlation_id_idx;
    DROP INDEX foundation.operation_company_id_transaction_id_idx;
    CREATE INDEX operation_process_id_recorded_at_idx ON foundation.operation (process_id, recorded_at);
    CREATE INDEX operation_correlation_id_idx ON foundation.operation (correlation_id);
    CREATE INDEX operation_transaction_id_company_id_idx ON foundation.operation (transaction_id, company_id);
"""

# Open items are found by a list of their ids: of a record set the planner expects a hundred rows, and rather
# reads a table of thousands.
PAYMENTS = """
    CREATE OR REPLACE FUNCTION ledger.write_payment(
        p_fiscal_year text, p_payment jsonb, p_reduced jsonb, p_settlements jsonb, p_items jsonb,
        p_entries jsonb
    ) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        given jsonb := jsonb_build_object('company_id', foundation.current_company(), 'posted_at', now());
        taken text := p_payment ->> 'number';
    BEGIN
        IF taken IS NULL THEN
            taken := ledger.next_number('PAY', p_fiscal_year);
            INSERT INTO ledger.payment SELECT r.* FROM jsonb_populate_record(
                NULL::ledger.payment, p_payment || given || jsonb_build_object('number', taken)) r;
        END IF;
        UPDATE ledger.open_item i SET open_amount = i.open_amount - r.amount,
            base_open_amount = i.base_open_amount - r.base_amount
        FROM jsonb_to_recordset(p_reduced) AS r(id uuid, amount numeric, base_amount numeric)
        WHERE i.id = r.id AND i.id = ANY (ARRAY(
            SELECT (x ->> 'id')::uuid FROM jsonb_array_elements(p_reduced) AS x));
        INSERT INTO ledger.settlement SELECT r.* FROM jsonb_array_elements(p_settlements) AS s(settlement),
            jsonb_populate_record(NULL::ledger.settlement, settlement || given) r;
        INSERT INTO ledger.open_item SELECT r.* FROM jsonb_array_elements(p_items) AS i(item),
            jsonb_populate_record(NULL::ledger.open_item, item || given) r;
        PERFORM ledger.write_entries(p_entries, taken);
        RETURN taken;
    END $$;
"""


def upgrade() -> None:
    """Add the balances with what keeps them, the log's indexes, and payments that settle by ids."""
    for script in (PERIOD_BALANCE, KEEPING, LOG, PAYMENTS):
        run_script(script)
