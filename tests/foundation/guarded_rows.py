"""Rows that the application may not write: what somebody with its credentials tries, and the refusal."""

import asyncpg

NOT_ALLOWED = asyncpg.InsufficientPrivilegeError.sqlstate
CHECKED = asyncpg.CheckViolationError.sqlstate
INTEGRITY = asyncpg.IntegrityConstraintViolationError.sqlstate
FOREIGN = asyncpg.ForeignKeyViolationError.sqlstate
A_HEAD = """
    INSERT INTO ledger.journal_entry
        (id, number, posted_on, fiscal_year, currency, text, source_type, source_id, purpose{more})
    VALUES (gen_random_uuid(), 'X', '2026-03-02', '2026', 'EUR', '', 'manual', gen_random_uuid(), 'x'{value})
"""


def a_line_for(head: str, lines: str, names: str, values: str) -> str:
    """A line more for a document that was posted before."""
    return f"INSERT INTO {lines} ({names}) SELECT {values} FROM {head} h LIMIT 1"


def an_item(**changes: str) -> str:
    """An open item for the entry that there is, as an operation writes one, but for the changes."""
    values = {
        "id": "gen_random_uuid()",
        "side": "'receivable'",
        "party_type": "'customer'",
        "party_code": "'C1'",
        "account_code": "'1200'",
        "document_type": "'invoice'",
        "document_id": "gen_random_uuid()",
        "document_number": "'X'",
        "on_account": "false",
        "document_on": "'2026-03-02'",
        "due_on": "'2026-03-02'",
        "currency": "'EUR'",
        "amount": "10",
        "base_amount": "10",
        "open_amount": "10",
        "base_open_amount": "10",
    } | changes
    return f"INSERT INTO ledger.open_item ({', '.join(values)}) SELECT {', '.join(values.values())}"


ADDING_TO_WHAT_IS_POSTED = {
    "a line more for an entry": (
        a_line_for(
            "ledger.journal_entry",
            "ledger.journal_line",
            "entry_id, line_number, posted_on, account_code, amount, base_amount",
            "h.id, 9, h.posted_on, '1400', 0, 0",
        ),
        INTEGRITY,
    ),
    "two lines more for an entry, which balance": (
        "INSERT INTO ledger.journal_line (entry_id, line_number, posted_on, account_code, amount, "
        "base_amount) SELECT h.id, l.number, h.posted_on, l.account, l.amount, l.amount "
        "FROM ledger.journal_entry h, "
        "(VALUES (8, '1400', 5), (9, '3000', -5)) AS l (number, account, amount)",
        INTEGRITY,
    ),
    "a line more for an invoice": (
        "INSERT INTO receivables.invoice_line SELECT (jsonb_populate_record(l, '{\"line_number\": 9}')).* "
        "FROM receivables.invoice_line l LIMIT 1",
        INTEGRITY,
    ),
    "a tax more for an invoice": (
        "INSERT INTO receivables.invoice_tax SELECT (jsonb_populate_record(l, '{\"line_number\": 9}')).* "
        "FROM receivables.invoice_tax l LIMIT 1",
        INTEGRITY,
    ),
    "a line more for a credit note": (
        "INSERT INTO receivables.credit_note_line (credit_note_id, line_number, invoice_id, quantity, "
        "net_amount, tax_amount) SELECT c.id, l.line_number, c.invoice_id, 1, 1, 0 "
        "FROM receivables.credit_note c JOIN receivables.invoice_line l ON l.invoice_id = c.invoice_id "
        "WHERE l.line_number = 2",
        INTEGRITY,
    ),
    "a tax more for a credit note": (
        "INSERT INTO receivables.credit_note_tax (credit_note_id, line_number, invoice_id, base_amount, "
        "tax_amount, discount_amount) SELECT c.id, t.line_number, c.invoice_id, 1, 1, 0 "
        "FROM receivables.credit_note c JOIN receivables.invoice_tax t ON t.invoice_id = c.invoice_id "
        "WHERE t.line_number = 2",
        INTEGRITY,
    ),
    "a line more for a dunning letter": (
        "INSERT INTO receivables.dunning_letter_line (letter_id, line_number, open_item_id, kind, "
        "document_number, document_on, due_on, open_amount, interest_amount) "
        "SELECT l.id, 99, i.id, 'charge', 'X', '2026-03-02', '2026-03-02', 1, 0 "
        "FROM receivables.dunning_letter l, ledger.open_item i LIMIT 1",
        INTEGRITY,
    ),
    "a line more for a receipt": (
        a_line_for(
            "inventory.stock_receipt",
            "inventory.stock_receipt_line",
            "receipt_id, line_number, item_code, quantity, unit, unit_cost, stock_quantity, value",
            "h.id, 9, 'nut', 1, 'pc', 1, 1, 1",
        ),
        INTEGRITY,
    ),
    "a line more for a shipment": (
        a_line_for(
            "inventory.shipment",
            "inventory.shipment_line",
            "shipment_id, line_number, item_code, quantity, cost",
            "h.id, 9, 'nut', 1, 1",
        ),
        INTEGRITY,
    ),
    "a line more for goods that came back": (
        a_line_for(
            "inventory.goods_return",
            "inventory.goods_return_line",
            "return_id, line_number, item_code, quantity, cost, scrapped_quantity, restocked_cost",
            "h.id, 9, 'nut', 1, 1, 0, 1",
        ),
        INTEGRITY,
    ),
}
WRITING_WHAT_ONLY_THE_DATABASE_WRITES = {
    "a row of the log of operations": (
        "INSERT INTO foundation.operation (key, company_id, name, status, actor, correlation_id, "
        "request_hash, answer) "
        "VALUES ('mine', foundation.current_company(), 'x', 'applied', 'x', 'x', 'x', '{}')",
        NOT_ALLOWED,
    ),
    "a request that nobody made": (
        "INSERT INTO foundation.command "
        "(process_id, number, kind, actor, key, asked_hash, body, correlation_id) "
        "VALUES (foundation.current_company() || '/x/1', 1, 'start', 'x', 'x', 'x', '{}', 'x')",
        NOT_ALLOWED,
    ),
    "another request": ("UPDATE foundation.command SET body = '{}'", NOT_ALLOWED),
    "another answer to a request": ("UPDATE foundation.command SET answer = '{}'", NOT_ALLOWED),
    "another answer in the log": ("UPDATE foundation.operation SET answer = '{}'", NOT_ALLOWED),
    "a new series of numbers": (
        "INSERT INTO foundation.number_series VALUES (DEFAULT, 'X', '2026', 1)",
        NOT_ALLOWED,
    ),
    "a series that goes back": ("UPDATE foundation.number_series SET last_number = 0", NOT_ALLOWED),
    "a sequence that goes back": ("SELECT setval('inventory.receipt_number', 1)", NOT_ALLOWED),
    "a balance of a period": (
        "INSERT INTO ledger.period_balance "
        "VALUES (DEFAULT, '2026', '2026-01-01', '2026-01-31', '1400', 1, 0)",
        NOT_ALLOWED,
    ),
    "another balance of a period": ("UPDATE ledger.period_balance SET debit = 1", NOT_ALLOWED),
    "no balance of a period": ("DELETE FROM ledger.period_balance", NOT_ALLOWED),
    "a move of a lock that nobody made": (
        "INSERT INTO ledger.period_lock (fiscal_year, moved_by) VALUES ('2026', 'nobody')",
        NOT_ALLOWED,
    ),
    "another who moved a lock": ("UPDATE ledger.period_lock SET moved_by = 'nobody'", NOT_ALLOWED),
    "another open amount": ("UPDATE ledger.open_item SET open_amount = 0", NOT_ALLOWED),
    "another open amount in the company's currency": (
        "UPDATE ledger.open_item SET base_open_amount = 0",
        NOT_ALLOWED,
    ),
    "another discount": ("UPDATE ledger.open_item SET discount = NULL", NOT_ALLOWED),
    "another id of an open item": ("UPDATE ledger.open_item SET id = gen_random_uuid()", INTEGRITY),
    "no open item": ("DELETE FROM ledger.open_item", NOT_ALLOWED),
    "when an entry was recorded": (
        A_HEAD.format(more=", recorded_at", value=", '2026-01-01'"),
        NOT_ALLOWED,
    ),
    "which transaction wrote an entry": (
        A_HEAD.format(more=", transaction_id", value=", '1'"),
        NOT_ALLOWED,
    ),
    "which operation wrote an entry": (A_HEAD.format(more=", operation_key", value=", 'mine'"), NOT_ALLOWED),
    "which operation moved goods": (
        "INSERT INTO inventory.stock_move (kind, item_code, warehouse_code, moved_on, quantity, value, "
        "document_id, line_number, operation_key) VALUES ('receipt', 'nut', 'MAIN', '2026-03-02', 1, 1, "
        "gen_random_uuid(), 1, 'mine')",
        NOT_ALLOWED,
    ),
    **{
        f"{column} of {table}": (f"INSERT INTO {table} ({column}) SELECT {column} FROM {table}", NOT_ALLOWED)
        for table, moment in (
            ("receivables.invoice", "posted_at"),
            ("receivables.credit_note", "posted_at"),
            ("receivables.dunning_letter", "posted_at"),
            ("inventory.stock_receipt", "recorded_at"),
            ("inventory.shipment", "recorded_at"),
            ("inventory.goods_return", "recorded_at"),
            ("inventory.revaluation", "recorded_at"),
        )
        for column in ("operation_key", "transaction_id", moment)
    },
}
WRONG_ROWS = {
    "a year that ends before it begins": ("UPDATE ledger.fiscal_year SET ends_on = starts_on - 1", CHECKED),
    "an entry without lines": (A_HEAD.format(more="", value=""), INTEGRITY),
    "an entry for another day than its year's": (
        A_HEAD.format(more="", value="").replace("'2026-03-02'", "'2027-03-02'"),
        INTEGRITY,
    ),
    "an open item that is half settled": (an_item(open_amount="5"), INTEGRITY),
    "an open item that is worth less than it was": (an_item(base_open_amount="5"), INTEGRITY),
    "an open item of nobody": (an_item(party_type="NULL", party_code="NULL"), CHECKED),
    "an open item of somebody unknown": (an_item(party_code="'GHOST'"), FOREIGN),
    "a settlement of more than is open": (
        "INSERT INTO ledger.settlement (id, open_item_id, source_type, source_id, source_number, settled_on, "
        "amount, base_amount) SELECT gen_random_uuid(), id, 'payment', gen_random_uuid(), 'X', '2026-03-02', "
        "open_amount + 1, base_open_amount FROM ledger.open_item WHERE amount > 0",
        CHECKED,
    ),
    "another kind of an account with postings": (
        "UPDATE ledger.account SET kind = 'expense' WHERE code = '1400'",
        INTEGRITY,
    ),
    "another kind of a control account": (
        "UPDATE ledger.account SET kind = 'liability' WHERE code = '1200'",
        INTEGRITY,
    ),
    "no control account any more": (
        "UPDATE ledger.account SET subledger = NULL WHERE code = '1200'",
        INTEGRITY,
    ),
    "a control account's role on another account": (
        "UPDATE ledger.account_role SET account_code = '1250' WHERE role = 'receivable'",
        INTEGRITY,
    ),
    "a control account's role on none": (
        "DELETE FROM ledger.account_role WHERE role = 'receivable'",
        INTEGRITY,
    ),
    "a decision about one's own request": (
        "INSERT INTO foundation.approval (id, process_id, subject, role, requested_by, requested_at, "
        "remind_at, status, decided_by, decided_at, matter) VALUES (gen_random_uuid(), 'p', '', '', 'x', "
        "now(), now(), 'approved', 'x', now(), gen_random_uuid())",
        CHECKED,
    ),
}
ONLY_BY_TABLE_GUARDS = ADDING_TO_WHAT_IS_POSTED | WRITING_WHAT_ONLY_THE_DATABASE_WRITES | WRONG_ROWS
"""Rows that the application may not write, or not like this: what is tried, the statement, the SQLSTATE.

The session is the company's when they run, and its books have something of everything, posted before.
"""
