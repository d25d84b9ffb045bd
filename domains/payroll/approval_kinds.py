"""What people are asked about what people are paid."""

from domains.identity.rules.policies import ApprovalKind
from domains.payroll.queries.runs import actors_paid_by

PAYROLL_RUN = "payroll_run"
KINDS = {
    # Wages leave by nobody's word alone, whatever a policy says.
    PAYROLL_RUN: ApprovalKind(fewest_approvals=2),
}
BARRED = {PAYROLL_RUN: actors_paid_by}
