"""What people are asked about what customers owe."""

from domains.identity.rules.policies import ApprovalKind
from domains.receivables.messages.credit import CREDIT

KINDS = {CREDIT: ApprovalKind()}
