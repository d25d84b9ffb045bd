"""What an order takes over from its requisition: lines that are still sold so, and their budgets."""

from activities.ledger import posting
from domains.ledger.messages.budgets import CommittedBy
from domains.master_data import queries as master_data
from domains.procurement.messages import ForRequisition, PlacePurchaseOrder
from domains.procurement.messages.requisitions import RequisitionStatus
from domains.procurement.queries.requisitions import locked_requisition, requisition_lines
from domains.procurement.queries.supplier_items import supplier_items
from domains.procurement.rules.requisitions import check_approved
from domains.procurement.rules.sources_kept import check_sold_as_before
from foundation.database.transaction import OPENED_AT, Transaction

OF_REQUISITION, OF_ORDER = "purchase_requisition", "purchase_order"
"""Documents as budgets name them."""


async def take_over(tx: Transaction, order: PlacePurchaseOrder, of: ForRequisition) -> None:
    """What the requisition's lines have committed of budgets, the order's do from now on, under a lock of the
    requisition. Refuses: RequisitionNotApproved; SourceChanged, with every line that is not sold any more as
    it was when people said yes to it.
    """
    requisition = await locked_requisition(tx, of.requisition_id)
    check_approved(RequisitionStatus(requisition.status) if requisition else None, of)
    lines = await requisition_lines(tx, of.requisition_id)
    codes = {line.item_code for line in lines}
    offers = {offer.code: offer for offer in await supplier_items(tx, codes)}
    items = await master_data.items_on(tx, codes, order.ordered_on)
    check_sold_as_before(lines, of.line_numbers, offers, items, order.ordered_on)
    before = CommittedBy(OF_REQUISITION, of.requisition_id)
    after = CommittedBy(OF_ORDER, order.order_id)
    numbers = {number: place for place, number in enumerate(of.line_numbers, start=1)}
    today = (await master_data.company(tx)).today(tx.info[OPENED_AT])
    await posting.hand_commitments_on(tx, before, after, numbers, on=today)
