"""What payables' processes ask people about."""

from domains.identity.rules.policies import ApprovalKind
from domains.payables.messages.goods_write_offs import GOODS_WRITE_OFF

KINDS = {GOODS_WRITE_OFF: ApprovalKind()}
