"""Whether people have said yes to what an order, and all orders of its requisition, would come to."""

from typing import Any
from uuid import UUID

from domains.identity import queries as identity
from domains.identity.rules.policies import Matter
from domains.master_data import queries as master_data
from domains.master_data.views import CompanyView
from domains.procurement.messages import PURCHASE_ORDER, PURCHASE_REQUISITION
from domains.procurement.queries.requisitions import lines_standing, locked_requisition
from domains.procurement.rules import PricedPurchase, unit_price
from domains.procurement.rules.raised import RequisitionStanding, check_not_raised
from foundation.database.transaction import OPENED_AT, Transaction


async def check_within_approval(
    tx: Transaction, order: Any, priced: PricedPurchase, company: CompanyView, requisition_id: UUID | None
) -> None:
    """The order with tax; and, without tax, what its requisition comes to with all of its orders, under a
    lock of it: two that are priced at the same time see each other. Refuses: BeyondApproval.
    """
    today = company.today(tx.info[OPENED_AT])
    check_not_raised(
        order.number,
        Matter(priced.base_total_amount, today),
        [Matter(order.base_total_amount, today), Matter(order.approved_amount, today)],
        await identity.policies_of(tx, PURCHASE_ORDER),
        company.currency,
    )
    if requisition_id is None:
        return
    requisition = await locked_requisition(tx, requisition_id)
    assert requisition is not None  # The line of the order names it, and it is never deleted.
    lines, on, base = await lines_standing(tx, requisition_id), requisition.requested_on, company.currency
    currencies = sorted({line.currency for line in lines})
    rates = {each: await master_data.exchange_rate(tx, each, on, base=base) for each in currencies}
    standing = RequisitionStanding(lines, requisition.category, today, base, rates)
    prices = {line.line_number: unit_price(line) for line in priced.lines}
    check_not_raised(
        requisition.number,
        standing.with_prices(order.id, prices),
        [standing.with_prices(order.id, {}), standing.as_entered()],
        await identity.policies_of(tx, PURCHASE_REQUISITION),
        base,
    )
