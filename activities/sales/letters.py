"""The letters that sales writes."""

from activities.sales.kept_confirmation import keep_confirmation
from domains.master_data import queries as master_data
from domains.sales import letters, queries
from domains.sales.messages.events import OrderConfirmedEvent
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.outbound import prints
from foundation.outbound.letters import Letter, WriteLetter, letter
from foundation.values.errors import NotFound


@letter("order_confirmation", after=OrderConfirmedEvent, about="order_id")
@operation("sales.write_order_confirmation")
async def write_order_confirmation(tx: Transaction, write: WriteLetter) -> Letter:
    """Write the mail that confirms an order, with its PDF, in the customer's language. Refuses: NotFound."""
    order = await queries.order_view(tx, write.about_id)
    company = await master_data.company(tx)
    customer = await master_data.customer(tx, order.customer_code)
    if customer is None:
        raise NotFound(f"there is no customer {order.customer_code}")
    return Letter(
        document=order.order_number,
        recipient=customer.email,
        recipient_name=order.customer_name,
        subject=letters.confirmation_subject(order, customer),
        text=letters.confirmation(order, customer, company),
        enclosures=(prints.enclosed(await keep_confirmation(tx, order)),),
    )
