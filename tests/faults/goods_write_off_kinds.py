"""Goods that are never billed in a fault run."""

from functools import partial
from typing import Any

from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.purchase_orders import SUPPLIER
from tests.builders.unbilled_goods import PATH, a_write_off
from tests.faults import looks
from tests.faults.company import BACK_ON
from tests.faults.procure_to_pay_kinds import ordered, received
from tests.faults.registering import kind
from tests.faults.stories import Story

POLICY = (
    "approval-policies",
    {"code": "GW", "kind": "goods_write_off", "valid_from": "2020-01-01"}
    | {"levels": [{"number": 1, "role": "credit manager"}]},
)


async def requested(story: Story, order: Any, *lines: int) -> tuple[Any, Any]:
    """Somebody asks for a write-off; gives where it stands, and what a credit manager is asked."""
    path = f"{ORDERS}/{order['order_id']}/goods-write-offs"
    asked = a_write_off(*lines, written_off_on=BACK_ON)
    stands = await story.ask(path, asked, look=partial(looks.at_goods_write_off, story))
    (approval,) = (await story.desks.clerk.get(f"/v1/approvals?document={stands['write_off_number']}"))[
        "items"
    ]
    return stands, approval


@kind(
    "payables.propose_goods_write_off",
    "payables.submit_goods_write_off",
    "payables.post_goods_write_off",
    at_the_door=("payables.reverse_goods_write_off",),
    documents=("goods write-off",),
    records=(("suppliers", SUPPLIER), POLICY),
)
async def never_billed(story: Story) -> None:
    """What came is written off, and taken back; once somebody says no. All of it is written off at last, and
    the order ends with that.
    """
    order = await ordered(story)
    await received(story, order)
    mistaken = await written_off(story, order, 2)
    await story.reverse(f"{PATH}/{mistaken}")
    _, approval = await requested(story, order, 1)
    await decided(story, approval, approved=False)
    await written_off(story, order)


async def written_off(story: Story, order: Any, *lines: int) -> str:
    """A credit manager has said yes; gives the write-off's id."""
    stands, approval = await requested(story, order, *lines)
    await decided(story, approval, approved=True)
    await story.until_over(stands["write_off_number"])
    story.books.note("goods write-off", stands["write_off_id"], stands["write_off_number"])
    return str(stands["write_off_id"])


async def decided(story: Story, approval: Any, *, approved: bool) -> None:
    """A credit manager says yes or no."""
    body = {"approved": approved, "reason": "because"}
    await story.ask(f"/v1/approvals/{approval['id']}/decision", body, by=story.desks.credit_manager)
