"""Who approves a payroll run, and what they are told of it."""

from domains.payroll.messages.runs import OpenPayrollRun, PayrollRunTotals, RunKind
from foundation.process.approvals import Level

APPROVERS = (
    Level(role="finance director", escalate_to="administrator"),
    Level(role="payroll approver", escalate_to="administrator"),
)
"""Two persons at the same time, where the company has no policy: a policy names two at least. Where the run
pays everybody who has a role, an administrator decides whom it does not pay.
"""

_SAID = {RunKind.OFF_CYCLE: "off-cycle pay", RunKind.FINAL: "final pay"}


def subject_of(totals: PayrollRunTotals, asked: OpenPayrollRun) -> str:
    """What is asked: how many people are paid for which days, and how many are held."""
    held = f", {totals.held:,} held" if totals.held else ""
    days = f"{asked.starts_on} to {asked.ends_on}"
    people = "1 person" if totals.people == 1 else f"{totals.people:,} people"
    what = _SAID.get(asked.kind, "payroll")
    return f"{what} of {asked.pay_group_code} for {days}: {people}{held}"
