"""Orders are amended before anything has left."""

from uuid import uuid4

from activities import sales
from domains.sales.messages import AmendOrder, AuthoriseReturn, CloseReturn, LineReceived
from tests.builders.master_data import A_DAY
from tests.builders.sales import Clerk, a_line, an_order


async def test_smoke(clerk: Clerk) -> None:
    order_id = await clerk.confirmed(an_order(a_line(), a_line("ADVICE", 1)))
    amend = AmendOrder(amendment_id=uuid4(), order_id=order_id, lines=(a_line(quantity=60),), reason="x")
    priced = await sales.price_amendment(clerk.call(), amend)
    done = await sales.amend_order(clerk.call(), amend)
    assert priced.order == done.order
    again = await sales.amend_order(clerk.call(), amend)
    assert again.version == 2 and again.changes == ()
    await clerk.record(order_id, delivered={1: 20})
    ask = AuthoriseReturn(return_id=uuid4(), order_id=order_id, authorised_on=A_DAY, reason="r")
    await sales.authorise_return(clerk.call(), ask)
    close = CloseReturn(return_id=ask.return_id, lines=(LineReceived(line_number=1, quantity=5),))
    await sales.close_return(clerk.call(), close)
