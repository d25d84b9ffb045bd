"""Requisitions that may have been split to stay below what a policy asks from."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, Integer, Numeric, Text, bindparam, text

from domains.identity import queries as identity
from domains.procurement.messages import PURCHASE_REQUISITION
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount


class SplitRequisition(Message):
    """A requisition below the band of a policy that asks somebody, which with others of the same person is
    not; amounts are in the company's currency, without tax.
    """

    requisition_id: UUID
    requisition_number: str
    requested_on: date
    requested_by: str
    category: str
    amount: ShownAmount
    """What of it the policy is about: what is of its cost centre, or all."""
    requisitions: int
    """How many there were of the days before it, with itself."""
    together_amount: ShownAmount
    policy: str
    from_amount: ShownAmount
    """What the policy asks from."""


_SPLIT = text(
    """
    SELECT * FROM (
        SELECT r.id AS requisition_id, r.number AS requisition_number, r.requested_on, r.requested_by,
            r.category, l.amount, count(*) OVER of_person AS requisitions,
            sum(l.amount) OVER of_person AS together_amount
        FROM procurement.purchase_requisition r
            JOIN (
                SELECT requisition_id, sum(base_amount) AS amount FROM procurement.purchase_requisition_line
                WHERE :cost_centre IN ('', cost_centre) GROUP BY requisition_id
            ) AS l ON l.requisition_id = r.id
        WHERE r.status NOT IN ('rejected', 'cancelled') AND l.amount < :limit
            AND :category IN ('', r.category)
            AND r.requested_on BETWEEN CAST(:first AS date) - :days AND :last
        WINDOW of_person AS (PARTITION BY r.requested_by ORDER BY r.requested_on
            RANGE BETWEEN make_interval(days => :days) PRECEDING AND CURRENT ROW)
    ) AS below
    WHERE requested_on >= :first AND requisitions > 1 AND together_amount >= :limit
    ORDER BY requested_on, requisition_number
    """
).bindparams(
    bindparam("first", type_=Date),
    bindparam("last", type_=Date),
    bindparam("days", type_=Integer),
    bindparam("limit", type_=Numeric),
    bindparam("category", type_=Text),
    bindparam("cost_centre", type_=Text),
)


async def split_requisitions(tx: Transaction, first: date, last: date, days: int) -> list[SplitRequisition]:
    """Requisitions of a period that may have been split to stay below a band, for each policy that counts on
    its last day: those of one person within so many days before each other, whatever they were for.
    """
    found = []
    for policy in await identity.policies_of(tx, PURCHASE_REQUISITION):
        if policy.blocked or policy.valid_from > last:
            continue
        asked = {"first": first, "last": last, "days": days, "limit": policy.from_amount}
        asked |= {"category": policy.category, "cost_centre": policy.cost_centre}
        named = {"policy": policy.code, "from_amount": policy.from_amount}
        found += [SplitRequisition(**row._asdict(), **named) for row in await tx.execute(_SPLIT, asked)]
    return found
