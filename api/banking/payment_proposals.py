"""What is to be paid to suppliers from a bank account of ours."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import Query

from api.door import Asked, Router, allows
from domains.banking.messages.payment_proposals import PaymentProposal
from domains.banking.queries import accounts
from domains.banking.queries import payment_proposals as queries
from foundation.values.messages import Code

router = Router(prefix="/v1/reports", tags=["Reports"])

LeastYield = Annotated[
    Decimal | None,
    Query(
        ge=0,
        le=100_000,
        description="Also what is not due, when its cash discount yields so much in a year, in per cent",
    ),
]


@router.get("/payment-proposal", dependencies=[allows("banking.payment_proposal.read")])
async def payment_proposal(
    asked: Asked,
    bank_account: Annotated[Code, Query(description="The bank account that pays, in its currency")],
    next_on: Annotated[
        date, Query(alias="to", description="The day of the next payments: what falls due through it")
    ],
    pay_on: Annotated[
        date | None, Query(alias="from", description="The day of these payments; today when empty")
    ] = None,
    supplier: Annotated[tuple[Code, ...], Query(description="Only what is owed to these suppliers")] = (),
    least_discount_yield_percent: LeastYield = None,
) -> PaymentProposal:
    """What is to be paid to suppliers, one payment for each of them, and what is left out and why. Nothing is
    kept of it.
    """
    async with asked.read() as tx:
        account = await accounts.account_in_use(tx, bank_account)
        return await queries.payment_proposal(
            tx,
            account,
            pay_on=pay_on or asked.today,
            due_until=next_on,
            supplier_codes=supplier,
            least_discount_yield_percent=least_discount_yield_percent,
        )
