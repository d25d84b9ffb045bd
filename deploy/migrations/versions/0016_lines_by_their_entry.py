"""A line's entry is looked up by its id and by nothing else.

The check of new lines joined entries by id, company and day. A plan that is made for a small table takes an
index that begins with company and day for as good as the primary key, is kept, and then reads all entries of
the day for every line: posting became slower with every entry of the day.
"""

from foundation.migrations import run_script

revision = "0016"
down_revision = "0015"

MISPLACED_LINES = """
    CREATE OR REPLACE FUNCTION ledger.refuse_misplaced_lines() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        wrong text;
    BEGIN
        SELECT format('line %s of entry %s on account %s', l.line_number, l.entry_id, l.account_code)
        INTO wrong
        FROM added l
            -- OFFSET 0: nothing but the id chooses the index.
            LEFT JOIN LATERAL (
                SELECT e.company_id, e.posted_on, e.fiscal_year FROM ledger.journal_entry e
                WHERE e.id = l.entry_id OFFSET 0
            ) AS e ON e.company_id = l.company_id AND e.posted_on = l.posted_on
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
"""


def upgrade() -> None:
    """Forward."""
    run_script(MISPLACED_LINES)
