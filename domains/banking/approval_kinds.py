"""What people are asked about what we pay."""

from domains.identity.rules.policies import ApprovalKind
from domains.master_data.messages.bank_details import BANK_DETAILS

PAYMENT_RUN = "payment_run"
WAGE_PAYMENT_RUN = "wage_payment_run"
KINDS = {
    # Reference data knows no policies; what its change asks about is where money goes.
    BANK_DETAILS: ApprovalKind(tells_apart=frozenset({"category"})),
    # Money leaves by nobody's word alone, whatever a policy says.
    PAYMENT_RUN: ApprovalKind(fewest_approvals=2),
    WAGE_PAYMENT_RUN: ApprovalKind(fewest_approvals=2),
}
