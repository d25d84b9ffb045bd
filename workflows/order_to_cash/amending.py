"""An order is amended before it is shipped: priced anew, credit checked, written, and its goods set aside."""

from uuid import UUID

from activities import inventory, sales
from activities.receivables import credit
from domains.inventory.messages import AmendReservation
from domains.receivables.messages import CheckCredit
from domains.sales.messages import AmendOrder, Resolution
from foundation.operations.mailbox import Event
from foundation.process.process import Process
from foundation.values.messages import Caller
from workflows.customer_return.crediting import CreditReason
from workflows.order_to_cash import answers, replacing, translation
from workflows.order_to_cash.facts import OrderFacts
from workflows.order_to_cash.refusals import OverCreditLimit


async def amend(process: Process, facts: OrderFacts, wanted: AmendOrder, event: Event) -> None:
    """Price it anew, check the credit, write it, set aside what is wanted now.

    Refuses: OverCreditLimit, and what a new order would be refused for: nothing is changed.
    """
    per, placed, by = wanted.amendment_id, facts.placed, event.caller
    priced = await process.step(sales.price_amendment, wanted, per=per, by=by)
    not_sent = replacing.not_sent(facts, replacing.as_wanted(priced.order))
    on, reason = wanted.amended_on or placed.ordered_on, wanted.reason or f"{placed.order_number} was amended"
    credit_asked = CreditReason(per, on, reason, Resolution.ON_ACCOUNT, by)
    await replacing.check(process, not_sent, credit_asked, field="amended_on")
    amount = priced.order.base_total_amount
    ask = CheckCredit(order_id=placed.order_id, customer_code=placed.customer_code, amount=amount)
    check = await process.step(credit.check_credit, ask, per=per, by=by)
    if not check.within_limit and ask.amount > placed.base_total_amount:
        raise OverCreditLimit(
            f"exposure {check.exposure:,.2f} and this order {ask.amount:,.2f} would be over the "
            f"limit {check.credit_limit:,.2f}: nothing was changed"
        )
    if not check.within_limit:
        # Less than before is always welcome, but it is what counts from now on.
        less = ask.model_copy(update={"approved": True})
        await process.step(credit.check_credit, less, per=f"{per}/less", by=by)
    amended = await process.step(sales.amend_order, wanted, per=per, by=by, must=True)
    facts.place(amended.order)
    process.know(amount=amended.order.total_amount)
    await replacing.credit(process, facts, not_sent, credit_asked)
    await _set_aside(process, facts, per, by)
    event.answer_with(amended)


async def _set_aside(process: Process, facts: OrderFacts, per: UUID, by: Caller) -> None:
    """Reserve what is wanted more, release what is wanted less, and tell sales what is short."""
    placed = facts.placed
    reserve = AmendReservation(
        order_id=placed.order_id,
        process_id=process.id,
        warehouse_code=placed.warehouse_code,
        ordered_on=placed.ordered_on,
        lines=translation.lines_to_reserve(placed),
    )
    reserved = await process.step(inventory.amend_reservation, reserve, per=per, by=by, must=True)
    facts.reserve(reserved.lines, reserved.number)
    confirm = translation.confirmation(placed.order_id, facts.fulfilment)
    stage = answers.next_stage(process, facts)
    await process.step(sales.confirm_order, confirm, per=per, by=by, must=True, stage=stage)
