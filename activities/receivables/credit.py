"""Credit: what a customer owes and will owe, against its limit, decided under a lock on the customer."""

from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from domains.receivables.messages import CheckCredit, CreditChecked, CreditReleased, ReleaseCredit
from domains.receivables.tables.credit import CreditCommitment
from foundation.database.connections import rows_of
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation

# Open orders and what is delivered and not billed are commitments until they are billed; then they are open
# items.
_EXPOSURE = text("SELECT * FROM receivables.locked_exposure(:customer, CAST(:order AS uuid))")
_COMMIT = insert(rows_of(CreditCommitment))
_COMMIT = _COMMIT.on_conflict_do_update(
    index_elements=["order_id"],
    set_={"amount": _COMMIT.excluded.amount, "open_amount": _COMMIT.excluded.open_amount},
)
_RELEASE = text(
    """
    UPDATE receivables.credit_commitment c SET open_amount = least(c.open_amount, CAST(:kept AS numeric))
    FROM (
        SELECT order_id, open_amount FROM receivables.credit_commitment WHERE order_id = :order FOR UPDATE
    ) AS before
    WHERE c.order_id = before.order_id
    RETURNING before.open_amount - c.open_amount
    """
)


@operation("receivables.check_credit")
async def check_credit(tx: Transaction, check: CheckCredit) -> CreditChecked:
    """Commit the order's amount to the customer's credit if the limit allows it, or if a person approved it.

    Parallel orders of the same customer are decided about one after the other. Refuses: NotFound.
    """
    asked = {"customer": check.customer_code, "order": str(check.order_id)}
    row = await tx.existing(_EXPOSURE, f"customer {check.customer_code}", asked)
    within = row.credit_limit is None or row.exposure + check.amount <= row.credit_limit
    if within or check.approved:
        commitment = {
            "order_id": check.order_id,
            "customer_code": check.customer_code,
            "amount": check.amount,
            "open_amount": check.amount,
        }
        await tx.execute(_COMMIT, commitment)
    return CreditChecked(
        order_id=check.order_id,
        within_limit=within,
        exposure=row.exposure,
        credit_limit=row.credit_limit,
    )


@operation("receivables.release_credit")
async def release_credit(tx: Transaction, release: ReleaseCredit) -> CreditReleased:
    """Free what is not needed any more: all, or all but what is still to be billed. Does nothing when the
    order has none.
    """
    released = await tx.scalar(_RELEASE, {"order": release.order_id, "kept": release.kept_amount})
    return CreditReleased(order_id=release.order_id, released_amount=released or Decimal(0))
