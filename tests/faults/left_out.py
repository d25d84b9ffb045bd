"""What fault runs leave out, and why: operations at which nobody dies, and tables that stay empty.

Everything else is struck, and filled: tests/architecture/test_complete.py asks for it.
"""

from foundation.operations import operation
from tests.faults.kinds import AT_THE_DOOR, OPERATIONS
from workers import registry

_NOBODY_ASKS = "no route and no process asks for it"
_MESSAGES = "the log's reader never ends: see tests/faults/test_killed_on_an_external_call.py"
_LETTERS = "nobody has asked for letters by mail: see tests/faults/test_killed_on_an_external_call.py"
_DAYS = "it comes after days: see tests/workflows/test_long_waits.py"
_THIRD = (
    "a third person decides: see tests/workflows/test_approval_levels.py and tests/faults/test_begun_again.py"
)
NOT_STRUCK = {
    "banking.write_remittance_advice": _LETTERS,
    "approval.ask_next_level": _THIRD,
    "approval.escalate": _DAYS,
    "approval.remind": _DAYS,
    **dict.fromkeys(
        [
            *("automation.announce", "automation.change_webhook", "automation.give_up_message"),
            *("automation.put_mail_rule", "automation.resend_message", "automation.rotate_secret"),
            *("automation.send_mail", "automation.send_webhook", "automation.subscribe"),
            "automation.take_up",
        ],
        _MESSAGES,
    ),
    "inventory.reverse_return": _NOBODY_ASKS,
    "ledger.put_dimension_value": _NOBODY_ASKS,
    "process.skip_numbers": "who compares after a restore does: see tests/perpetual/test_lost_numbers.py",
    "receivables.write_credit_note_letter": _LETTERS,
    "receivables.write_invoice_letter": _LETTERS,
    "replenishment.show_requisitions": "a dry run does: see tests/workflows/runs/test_replenishment_runs.py",
    "run.leave_items": "an operator does, whose run has failed: see tests/workflows/runs/test_runs.py",
    "procurement.write_purchase_order": _LETTERS,
    "sales.write_order_confirmation": _LETTERS,
}
"""Operations at which no fault run kills."""
LEFT_EMPTY = {
    **dict.fromkeys(
        [
            *("automation.cursor", "automation.mail_rule", "automation.outgoing_message"),
            *("automation.webhook", "automation.webhook_secret"),
        ],
        _MESSAGES,
    ),
}
"""Tables without rows when a fault run has ended."""


def never_struck() -> set[str]:
    """The operations of the ERP that no kind of story takes, but for those that only look."""
    registry.operations()
    # Other tests have operations of their own.
    ours = {
        name: one
        for name, one in operation.OPERATIONS.items()
        if not one.body.__module__.startswith("tests.")
    }
    logged = {name for name, one in ours.items() if one.is_logged}
    return logged - {*OPERATIONS, *AT_THE_DOOR}
