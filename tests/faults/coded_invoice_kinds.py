"""Suppliers' invoices without an order in a fault run."""

from decimal import Decimal
from functools import partial
from typing import Any

from tests.builders.purchase_orders import SUPPLIER
from tests.builders.without_order import ENTER, PATH, an_invoice
from tests.faults import looks
from tests.faults.company import BACK_ON
from tests.faults.procure_to_pay_kinds import paid
from tests.faults.registering import kind
from tests.faults.stories import Story

POLICY = (
    "approval-policies",
    {"code": "CI", "kind": "coded_invoice", "valid_from": "2020-01-01"}
    | {"levels": [{"number": 1, "role": "credit manager"}]},
)


async def entered(story: Story, name: str) -> Any:
    """It lies on the table; gives the invoice."""
    asked = an_invoice(supplier_number=f"{name} {story.number}", posted_on=BACK_ON)
    invoice = await story.ask(ENTER, asked, look=partial(looks.at_coded_invoice, story))
    story.books.note("coded invoice", invoice["invoice_id"], invoice["invoice_number"])
    return invoice


async def decided(story: Story, invoice: Any, *, approved: bool) -> None:
    """A credit manager says yes or no."""
    found = await story.desks.clerk.get(f"/v1/approvals?document={invoice['invoice_number']}")
    (approval,) = found["items"]
    body = {"approved": approved, "reason": "because"}
    await story.ask(f"/v1/approvals/{approval['id']}/decision", body, by=story.desks.credit_manager)
    await story.until_over(invoice["invoice_number"])


@kind(
    "payables.enter_coded_invoice",
    "payables.submit_coded_invoice",
    "payables.post_coded_invoice",
    "payables.end_coded_invoice",
    at_the_door=("payables.reverse_coded_invoice",),
    documents=("coded invoice",),
    records=(("suppliers", SUPPLIER), POLICY),
)
async def billed_without_an_order(story: Story) -> None:
    """One is posted, taken back, entered again and paid; another is turned down."""
    mistaken = await entered(story, "CODED")
    await decided(story, mistaken, approved=True)
    await story.reverse(f"{PATH}/{mistaken['invoice_id']}")
    again = await entered(story, "CODED")
    await decided(story, again, approved=True)
    await paid(story, str(again["invoice_id"]), Decimal("119.00"))
    await decided(story, await entered(story, "NOT OURS"), approved=False)
