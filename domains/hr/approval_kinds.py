"""What people are asked about leave."""

from domains.hr.messages.leave import LEAVE
from domains.identity.rules.policies import ApprovalKind

KINDS = {LEAVE: ApprovalKind()}
