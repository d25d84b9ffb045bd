"""How business domains post: in their own transaction, checked at once, written when their operation ends.

    await posting.post(tx, Document("payslip", payslip.id, number), on, text=f"Wages {number}", lines=[
        LineToPost(RoleKey(PayrollRole.WAGES, component), gross, dimensions={"cost_centre": "SALES"}),
        LineToPost(AccountRole.PAYABLE, -gross, party=Party(PartyType.EMPLOYEE, payslip.employee_code)),
    ])

Entries, open items and settlements are collected: the operation's closing statement draws their numbers and
writes them beside whatever else the operation writes (see `foundation.database.closing`).

This is all of the ledger that the operations of business domains use, beside its messages, rules and queries.
"""

from activities.ledger.posting.asked_before import (
    ask_before_reversal,
    before_any_reversal,
    before_reversal,
)
from activities.ledger.posting.budgets import commit_budgets, give_commitments_back, hand_commitments_on
from activities.ledger.posting.entries import (
    Books,
    Entry,
    account_of,
    accounts_by_code,
    books_on,
    check_money_account,
    discount_row,
    post,
    write_entry,
    write_items,
)
from activities.ledger.posting.money_in import receive_money
from activities.ledger.posting.money_out import pay_out
from activities.ledger.posting.planned import check_planned
from activities.ledger.posting.reversing import check_not_reversed, reverse
from activities.ledger.posting.settling import (
    Settling,
    check_open_on,
    parts_of,
    settle_goods,
    settle_item,
    settle_items,
    use_money,
)
from activities.ledger.posting.wages import open_wages, pay_wages, tells_wages, wages_owed

__all__ = [
    "Books",
    "Entry",
    "Settling",
    "account_of",
    "accounts_by_code",
    "ask_before_reversal",
    "before_any_reversal",
    "before_reversal",
    "books_on",
    "check_money_account",
    "check_not_reversed",
    "check_open_on",
    "check_planned",
    "commit_budgets",
    "discount_row",
    "give_commitments_back",
    "hand_commitments_on",
    "open_wages",
    "parts_of",
    "pay_out",
    "pay_wages",
    "post",
    "receive_money",
    "reverse",
    "settle_goods",
    "settle_item",
    "settle_items",
    "tells_wages",
    "use_money",
    "wages_owed",
    "write_entry",
    "write_items",
]
