"""Dunning: who is overdue, what is to be done on a day, and what stops it."""

from uuid import UUID

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert

from activities.receivables.dunning_letters import Due, write_letters
from domains.ledger.queries.open_items import open_on_document
from domains.master_data import queries as master_data
from domains.master_data.parties import customer as party_of
from domains.receivables.messages import (
    CustomerReminded,
    DisputeDunning,
    DunningChanged,
    DunningState,
    EndDunning,
    ListOverdue,
    PostedLetter,
    PromiseDunning,
    RemindCustomer,
    ResumeDunning,
)
from domains.receivables.messages.events import (
    CustomerRemindedEvent,
    DunningDisputedEvent,
    DunningEndedEvent,
    DunningPromisedEvent,
    DunningResumedEvent,
)
from domains.receivables.queries import dunning as queries
from domains.receivables.rules import dunning as rules
from domains.receivables.rules.dunning import Standing
from domains.receivables.tables.dunning import Dunning, DunningHold
from foundation.database.connections import rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import Row, Transaction
from foundation.operations.operation import operation
from foundation.process.batch import PARTIES_AT_ONCE, ListedItem, add_items
from foundation.process.run_messages import Listed
from foundation.values.errors import Invalid, NotFound

# A customer is reminded by one at a time; whoever comes second finds what the first has done.
_ONE_AT_A_TIME = text(
    """
    SELECT code FROM master_data.customer
    WHERE code = :code AND company_id = foundation.current_company() FOR NO KEY UPDATE
    """
)
# A statement of its own, behind that lock: it sees what was agreed with the customer before, and what is
# agreed from now on waits until the letter is written.
_RUNNING = (
    select(rows_of(Dunning))
    .where(Dunning.customer_code == bindparam("code"), Dunning.ended_on.is_(None))
    .with_for_update()
)
_NEXT_LEVEL = """
    UPDATE receivables.dunning SET level = :level, last_letter_on = CAST(:on AS date), promised_until = NULL
    WHERE id = CAST(:dunning AS uuid)
"""
_OVER = (DunningState.PAID, DunningState.EXCLUDED)


@operation("receivables.list_overdue")
async def list_overdue(tx: Transaction, ask: ListOverdue) -> Listed:
    """List who is overdue by the days of the first level and is not reminded, and whose dunning may have more
    to do on the day.
    """
    found = await queries.to_remind(tx, ask.on, ask.last, PARTIES_AT_ONCE)
    items = [
        ListedItem(
            name=row.customer_code,
            body={"customer_code": row.customer_code, "on": ask.on, "first_item_id": row.first_item_id},
            party=row.customer_code,
        )
        for row in found
    ]
    return await add_items(tx, ask, items, is_all=len(found) < PARTIES_AT_ONCE)


@operation("receivables.remind_customer", event=CustomerRemindedEvent)
async def remind_customer(tx: Transaction, remind: RemindCustomer) -> CustomerReminded:
    """Do what is to be done for a customer today: begin to remind it, write the letter that is due, or end
    what is over. Does nothing when nothing is to be done any more.

    Refuses: NotFound, NotPostable, NoExchangeRate, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    customer = await master_data.customer(tx, remind.customer_code)
    is_locked = await tx.scalar(_ONE_AT_A_TIME, {"code": remind.customer_code}) is not None
    if customer is None or not is_locked:
        raise NotFound(f"there is no customer {remind.customer_code}")
    known = (await tx.execute(_RUNNING, {"code": customer.code})).one_or_none()
    levels = await queries.levels_for(tx, customer.code)
    positions = await queries.positions(tx, customer.code, locked=True)
    standing = Standing(begun_on=remind.on) if known is None else queries.standing_of(known)
    state, next_on = rules.review(levels, standing, positions, remind.today)
    begins = rules.dunning_id_of(remind.first_item_id, remind.on) if remind.first_item_id else None
    dunning_id: UUID | None = begins if known is None else known.id
    if dunning_id is None or (known is None and state in _OVER):
        return CustomerReminded(
            customer_code=customer.code, dunning_id=None, state=state, level=0, next_on=None
        )
    level = standing.level
    letters: tuple[PostedLetter, ...] = ()
    if state is DunningState.DUE and next_on is not None:
        level += 1
        due = Due(dunning_id, level, levels[level - 1], positions, next_on, remind.today)
        letters = await write_letters(tx, customer, due)
    if known is None:
        row = {"id": dunning_id, "customer_code": customer.code, "begun_on": remind.on, "level": level}
        write_document(tx, {Dunning: row | {"last_letter_on": remind.today if letters else None}})
    elif letters:
        changed = {"level": level, "on": remind.today, "dunning": dunning_id}
        tx.closing.add_statement(_NEXT_LEVEL, changed)
    elif state in _OVER:
        await tx.update(Dunning, dunning_id, ended_on=remind.today, outcome=state.value)
    return CustomerReminded(
        customer_code=customer.code,
        dunning_id=dunning_id,
        state=state,
        level=level,
        next_on=next_on,
        letters=letters,
    )


@operation("receivables.dispute_dunning", event=DunningDisputedEvent)
async def dispute_dunning(tx: Transaction, dispute: DisputeDunning) -> DunningChanged:
    """Leave an invoice out of the letters, or write none at all, until the dispute is over.

    Refuses: NotFound, DunningIsOver, NothingToDispute.
    """
    dunning = await _running(tx, dispute.dunning_id)
    if dispute.invoice_id is None:
        await tx.update(Dunning, dunning.id, disputed_because=dispute.reason)
        return DunningChanged(dunning_id=dunning.id)
    items = await open_on_document(tx, dispute.invoice_id, party_of(dunning.customer_code))
    if not items:
        why = f"{dunning.customer_code} has nothing open on an invoice {dispute.invoice_id}"
        raise rules.NothingToDispute(why, errors=[("invoice_id", why)])
    await _hold(tx, dunning, items, "disputed", dispute.reason)
    return DunningChanged(dunning_id=dunning.id)


@operation("receivables.promise_dunning", event=DunningPromisedEvent)
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


@operation("receivables.resume_dunning", event=DunningResumedEvent)
async def resume_dunning(tx: Transaction, resume: ResumeDunning) -> DunningChanged:
    """Go on: disputes are settled, and promises count no more. Refuses: NotFound, DunningIsOver."""
    dunning = await _running(tx, resume.dunning_id)
    await tx.update(Dunning, dunning.id, disputed_because="", promised_until=None)
    lifted = update(DunningHold).where(DunningHold.dunning_id == dunning.id, DunningHold.kind == "disputed")
    await tx.execute(lifted.values(lifted=True))
    return DunningChanged(dunning_id=dunning.id)


@operation("receivables.end_dunning", event=DunningEndedEvent)
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
