"""What suppliers answer to orders: noted, and refused where it is other than is tolerated. What is accepted
changes the order's prices, see `purchase_orders`.
"""

from typing import Any

from sqlalchemy import Uuid, bindparam, text

from activities.procurement import order_rows
from activities.procurement.deciding import decide
from domains.master_data import queries as master_data
from domains.procurement import tables
from domains.procurement.messages import PurchaseOrderStatus
from domains.procurement.messages.acknowledgements import (
    AcknowledgementRecorded,
    AcknowledgementRefusedEvent,
    AcknowledgementStatus,
    OrderAcknowledgedEvent,
    RecordAcknowledgement,
    RefuseAcknowledgement,
)
from domains.procurement.queries.acknowledgements import acknowledgement
from domains.procurement.queries.versions import versions_of
from domains.procurement.rules import acknowledgements as rules
from foundation.database.documents import write_document
from foundation.database.transaction import OPENED_AT, Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before
from foundation.values.errors import NotFound

_SUPERSEDE = text(
    "UPDATE procurement.acknowledgement SET status = 'superseded' "
    "WHERE order_id = :order AND status = 'waiting'"
).bindparams(bindparam("order", type_=Uuid))


@operation("procurement.record_acknowledgement", event=OrderAcknowledgedEvent)
async def record_acknowledgement(tx: Transaction, answer: RecordAcknowledgement) -> AcknowledgementRecorded:
    """Note what a supplier has answered to an order. Prices within what is tolerated leave the order's as
    they are: an invoice at them matches. Others wait for a decision. An older answer that waits is
    superseded.

    Refuses: NotFound; NothingToAcknowledge; TooEarly, before the order's day; TooFarAhead; Invalid, with
    every line that is not on the order, and every day before the order's.
    """
    head = await order_rows.locked_order(tx, answer.order_id)
    if head is None:
        raise NotFound(f"there is no purchase order {answer.order_id}")
    versions = await versions_of(tx, answer.order_id)
    rules.check_can_be_acknowledged(head.number, PurchaseOrderStatus(head.status), is_told=bool(versions))
    company = await master_data.company(tx)
    check_not_before("acknowledged_on", answer.acknowledged_on, head.ordered_on, head.number)
    company.check_not_too_far_ahead("acknowledged_on", answer.acknowledged_on, tx.info[OPENED_AT])
    lines = rules.answered(answer, await _known(tx, head, company.currency))
    status = rules.status_of(lines)
    await tx.execute(_SUPERSEDE, {"order": answer.order_id})
    own = {"id": answer.acknowledgement_id, "version": versions[-1].view.version, "status": status.value}
    row = answer.model_dump(include={"order_id", "supplier_number", "acknowledged_on"})
    write_document(tx, {tables.Acknowledgement: row | own})
    of = {"acknowledgement_id": answer.acknowledgement_id, "order_id": answer.order_id}
    write_document(tx, {tables.AcknowledgementLine: [of | vars(line) for line in lines]})
    return AcknowledgementRecorded(
        acknowledgement_id=answer.acknowledgement_id,
        order_id=answer.order_id,
        order_number=head.number,
        supplier_code=head.supplier_code,
        acknowledged_on=answer.acknowledged_on,
        status=status,
    )


async def _known(tx: Transaction, head: Any, currency: str) -> rules.OrderToAcknowledge:
    return rules.OrderToAcknowledge(
        supplier_code=head.supplier_code,
        ordered_on=head.ordered_on,
        lines=[order_rows.as_ordered(row) for row in await order_rows.lines_of(tx, head.id)],
        tolerances=await master_data.tolerances(tx),
        rate=await master_data.exchange_rate(tx, head.currency, head.ordered_on, base=currency),
    )


@operation("procurement.refuse_acknowledgement", event=AcknowledgementRefusedEvent)
async def refuse_acknowledgement(tx: Transaction, refuse: RefuseAcknowledgement) -> AcknowledgementRecorded:
    """The order's prices hold, and the answer counts for nothing. Refuses: NotFound; NotWaiting; TooEarly,
    before the answer's day; TooFarAhead.
    """
    known = await acknowledgement(tx, refuse.acknowledgement_id)
    company = await master_data.company(tx)
    check_not_before("decided_on", refuse.decided_on, known.acknowledged_on, "the acknowledgement")
    company.check_not_too_far_ahead("decided_on", refuse.decided_on, tx.info[OPENED_AT])
    status = AcknowledgementStatus.REFUSED
    await decide(tx, known.acknowledgement_id, status, on=refuse.decided_on, reason=refuse.reason)
    return AcknowledgementRecorded(
        status=status, **known.model_dump(include=AcknowledgementRecorded.model_fields.keys() - {"status"})
    )
