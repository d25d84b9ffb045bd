"""What people are asked about what we pay."""

from domains.identity.rules.policies import ApprovalKind

PAYMENT_RUN = "payment_run"
WAGE_PAYMENT_RUN = "wage_payment_run"
KINDS = {
    # Money leaves by nobody's word alone, whatever a policy says.
    PAYMENT_RUN: ApprovalKind(fewest_approvals=2),
    WAGE_PAYMENT_RUN: ApprovalKind(fewest_approvals=2),
}
