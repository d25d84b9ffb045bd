"""The file that is kept of an order's confirmation: printed by whoever needs it first."""

from functools import partial

from domains.master_data import letterhead
from domains.master_data import queries as master_data
from domains.master_data.rules.languages import terms_in
from domains.sales.confirmation import confirmation_pdf
from domains.sales.queries import OrderView
from foundation.database.transaction import Transaction
from foundation.outbound import prints
from foundation.outbound.prints import FilePrinted
from foundation.values.errors import NotFound


async def keep_confirmation(tx: Transaction, order: OrderView) -> FilePrinted:
    """Print the confirmation of this version of an order, unless it is printed. Refuses: NotFound."""
    company = await master_data.company(tx)
    customer = await master_data.customer(tx, order.customer_code)
    terms = await master_data.payment_terms(tx, order.payment_terms_code)
    if customer is None:
        raise NotFound(f"there is no customer {order.customer_code}")
    render = partial(
        confirmation_pdf,
        order,
        letterhead.sender(company, order.currency),
        letterhead.addressee(customer.model_dump()),
        terms_in(customer.language, terms) if terms else "",
    )
    return await prints.print_once(
        tx, "sales_order", order.order_id, order.order_number, render, order.version
    )
