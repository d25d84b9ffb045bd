"""What payables' processes ask people about, and by what policies for it tell decisions apart."""

from domains.identity.rules.policies import ApprovalKind
from domains.ledger.queries.budgets import cost_centre
from domains.payables.messages.coded_invoices import CODED_INVOICE
from domains.payables.messages.goods_write_offs import GOODS_WRITE_OFF

KINDS = {
    CODED_INVOICE: ApprovalKind(tells_apart=frozenset({"cost_centre"})),
    GOODS_WRITE_OFF: ApprovalKind(),
}
FIND = {"cost_centre": cost_centre}
