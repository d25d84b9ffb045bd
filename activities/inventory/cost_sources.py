"""Documents whose cost is spread over goods: what is left of them, and that they stay while it is spread."""

from uuid import UUID

from activities.ledger import posting
from activities.ledger.posting import before_any_reversal
from domains.inventory.messages.landed_costs import LANDED_COST, PostLandedCost
from domains.inventory.queries import landed_costs as queries
from domains.inventory.rules.landed_costs import SourceLeft
from domains.ledger.queries.posted_on_accounts import PostedOnAccount, posted_on_account
from domains.ledger.rules.reversals import check_nothing_stands_on
from foundation.database.transaction import Transaction
from foundation.values.days import check_not_before
from foundation.values.errors import Invalid


async def source_left(
    tx: Transaction, asked: PostLandedCost, account_code: str
) -> tuple[PostedOnAccount, SourceLeft]:
    """The document that posted the cost, locked, and what is left of it.

    Refuses: Invalid, ReversedAlready, TooEarly.
    """
    posted = await posted_on_account(tx, asked.source_id, account_code)
    if posted is None or posted.document_type == LANDED_COST:
        why = f"there is no document {asked.source_id} that has posted to account {account_code}"
        raise Invalid(f"source_id: {why}", errors=[("source_id", why)])
    await posting.check_not_reversed(tx, posted.document_type, asked.source_id, posted.number)
    check_not_before("posted_on", asked.posted_on, posted.posted_on, posted.number)
    spread = await queries.spread_of(tx, asked.source_id, account_code)
    return posted, SourceLeft(
        number=posted.number,
        currency=posted.currency,
        posted_amount=posted.amount,
        posted_value=posted.base_amount,
        amount=posted.amount - spread.amount,
        value=posted.base_amount - spread.value,
    )


@before_any_reversal
async def refuse_while_spread(tx: Transaction, document_id: UUID, number: str) -> None:
    """What is spread over goods is not taken back before that. Refuses: StandsOnIt."""
    check_nothing_stands_on(number, await queries.landed_costs_of(tx, document_id))
