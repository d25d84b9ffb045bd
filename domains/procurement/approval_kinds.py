"""What procurement's processes ask people about, and by what policies for it tell decisions apart."""

from domains.identity.rules.policies import ApprovalKind
from domains.ledger.queries.budgets import cost_centre
from domains.procurement.messages import PURCHASE_ORDER, PURCHASE_REQUISITION

KINDS = {
    PURCHASE_ORDER: ApprovalKind(),
    PURCHASE_REQUISITION: ApprovalKind(tells_apart=frozenset({"category", "cost_centre"})),
}
FIND = {"cost_centre": cost_centre}
