"""Dunning: who is overdue, what is to be done on a day, and what stops it."""

from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from domains.ledger.queries.open_items import open_on_document
from domains.master_data import queries as master_data
from domains.master_data.parties import customer
from domains.receivables.messages import (
    BeginDunning,
    DisputeDunning,
    DunningBegun,
    DunningChanged,
    DunningReview,
    EndDunning,
    FindOverdue,
    OverdueFound,
    PromiseDunning,
    ResumeDunning,
    ReviewDunning,
)
from domains.receivables.queries import dunning as queries
from domains.receivables.rules import dunning as rules
from domains.receivables.tables.dunning import Dunning, DunningHold
from foundation.database import rows_of
from foundation.errors import Invalid, NotFound
from foundation.money import ZERO
from foundation.operation import operation
from foundation.transaction import Row, Transaction

# A customer is begun with one at a time: the second looks again.
_ONE_PER_CUSTOMER = text(
    "SELECT FROM master_data.customer WHERE code = :code AND company_id = foundation.current_company() "
    "FOR NO KEY UPDATE"
)


@operation("receivables.find_overdue")
async def find_overdue(tx: Transaction, find: FindOverdue) -> OverdueFound:
    """Say which customers have something overdue by the days of their first level, and are not reminded."""
    return await queries.overdue_customers(tx, find.on, find.after)


@operation("receivables.begin_dunning")
async def begin_dunning(tx: Transaction, begin: BeginDunning) -> DunningBegun:
    """Begin to remind a customer, unless another dunning of it runs."""
    await tx.execute(_ONE_PER_CUSTOMER, {"code": begin.customer_code})
    running = select(Dunning.id).where(
        Dunning.customer_code == begin.customer_code, Dunning.ended_on.is_(None)
    )
    if await tx.scalar(running) is not None:
        return DunningBegun(dunning_id=begin.dunning_id, begun=False)
    row = begin.model_dump(exclude={"dunning_id"}) | {"id": begin.dunning_id}
    await tx.execute(insert(rows_of(Dunning)).values(row))
    return DunningBegun(dunning_id=begin.dunning_id, begun=True)


@operation("receivables.review_dunning")
async def review_dunning(tx: Transaction, ask: ReviewDunning) -> DunningReview:
    """Look at what is open, and say what is to be done on a day. Refuses: NotFound."""
    dunning = await tx.get(Dunning, ask.dunning_id)
    if dunning is None:
        raise NotFound(f"there is no dunning {ask.dunning_id}")
    levels = await queries.levels_for(tx, dunning.customer_code)
    positions = await queries.positions(tx, dunning.customer_code, locked=False)
    state, next_on = rules.review(levels, queries.standing_of(dunning), positions, ask.on)
    overdue = (position.base_open_amount for position in positions if position.is_overdue(ask.on))
    return DunningReview(
        state=state,
        level=dunning.level,
        next_on=next_on,
        overdue_amount=sum(overdue, ZERO),
        currency=(await master_data.company(tx)).currency,
        outcome=dunning.outcome or "",
    )


@operation("receivables.dispute_dunning")
async def dispute_dunning(tx: Transaction, dispute: DisputeDunning) -> DunningChanged:
    """Leave an invoice out of the letters, or write none at all, until the dispute is over.

    Refuses: NotFound, DunningIsOver, NothingToDispute.
    """
    dunning = await _running(tx, dispute.dunning_id)
    if dispute.invoice_id is None:
        await tx.update(Dunning, dunning.id, disputed_because=dispute.reason)
        return DunningChanged(dunning_id=dunning.id)
    items = await open_on_document(tx, dispute.invoice_id, customer(dunning.customer_code))
    if not items:
        raise rules.NothingToDispute(
            f"{dunning.customer_code} has nothing open on an invoice {dispute.invoice_id}"
        )
    await _hold(tx, dunning, items, "disputed", dispute.reason)
    return DunningChanged(dunning_id=dunning.id)


@operation("receivables.promise_dunning")
async def promise_dunning(tx: Transaction, promise: PromiseDunning) -> DunningChanged:
    """Wait for the money until the day on which the customer promised it at the latest.

    Refuses: NotFound, DunningIsOver, Invalid.
    """
    dunning = await _running(tx, promise.dunning_id)
    if promise.until < promise.on:
        why = f"{promise.until} is over"
        raise Invalid(f"until: {why}", errors=[("until", why)])
    await tx.update(Dunning, dunning.id, promised_until=promise.until)
    return DunningChanged(dunning_id=dunning.id)


@operation("receivables.resume_dunning")
async def resume_dunning(tx: Transaction, resume: ResumeDunning) -> DunningChanged:
    """Go on: disputes are settled, and promises count no more. Refuses: NotFound, DunningIsOver."""
    dunning = await _running(tx, resume.dunning_id)
    await tx.update(Dunning, dunning.id, disputed_because="", promised_until=None)
    lifted = update(DunningHold).where(DunningHold.dunning_id == dunning.id, DunningHold.kind == "disputed")
    await tx.execute(lifted.values(lifted=True))
    return DunningChanged(dunning_id=dunning.id)


@operation("receivables.end_dunning")
async def end_dunning(tx: Transaction, end: EndDunning) -> DunningChanged:
    """Write no more letters. What was overdue when it is stopped is not reminded of again.

    Does nothing when it has ended. Refuses: NotFound.
    """
    dunning = await _locked(tx, end.dunning_id)
    if dunning.ended_on is not None:
        return DunningChanged(dunning_id=dunning.id, ended=True)
    if end.outcome == "stopped":
        positions = await queries.positions(tx, dunning.customer_code, locked=False)
        overdue = [position.item_id for position in positions if position.is_overdue(end.ended_on)]
        await _hold(tx, dunning, overdue, "stopped", end.reason)
    ended = {"ended_on": end.ended_on, "outcome": end.outcome, "ended_because": end.reason}
    await tx.update(Dunning, dunning.id, **ended)
    return DunningChanged(dunning_id=dunning.id, ended=True)


async def _hold(tx: Transaction, dunning: Row, items: list[UUID], kind: str, reason: str) -> None:
    rows = [
        {"open_item_id": item, "dunning_id": dunning.id, "kind": kind, "reason": reason, "lifted": False}
        for item in sorted(items)
    ]
    new = insert(rows_of(DunningHold))
    changed = {name: new.excluded[name] for name in ("dunning_id", "kind", "reason", "lifted")}
    await tx.execute_each(new.on_conflict_do_update(index_elements=["open_item_id"], set_=changed), rows)


async def _locked(tx: Transaction, dunning_id: UUID) -> Row:
    found = await tx.get(Dunning, dunning_id, for_update=True)
    if found is None:
        raise NotFound(f"there is no dunning {dunning_id}")
    return found


async def _running(tx: Transaction, dunning_id: UUID) -> Row:
    dunning = await _locked(tx, dunning_id)
    if dunning.ended_on is not None:
        raise rules.DunningIsOver(f"this has ended on {dunning.ended_on}: {dunning.outcome}")
    return dunning
