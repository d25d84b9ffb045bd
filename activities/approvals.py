"""What is written down about an approval while its process waits; the decision is taken from who may take it.

Each operation's answer says enough to write a mail from the log alone.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func

from domains.identity import queries, rules
from domains.identity.approval_kinds import barred_from
from domains.identity.rules import policies
from domains.master_data import queries as master_data
from foundation.database.tables import ApprovalState
from foundation.database.transaction import OPENED_AT, Row, Transaction
from foundation.operations.operation import look, operation
from foundation.process.approval_events import (
    ApprovalAskedEvent,
    ApprovalDecidedEvent,
    ApprovalEscalatedEvent,
    ApprovalRemindedEvent,
    ApprovalWithdrawnEvent,
)
from foundation.process.approval_messages import (
    ApprovalDecided,
    ApprovalNoted,
    AskedSince,
    AskNextLevel,
    DecisionFound,
    EscalateApproval,
    FindAsked,
    FindDecision,
    FindLevels,
    Level,
    LevelsFound,
    NextLevelAsked,
    NothingToDecide,
    RecordDecision,
    RemindOfApproval,
    StillAsked,
    WithdrawApproval,
    check_content,
)
from foundation.values.errors import NotFound
from foundation.values.messages import Caller
from foundation.values.money import ONE, ZERO, converted


@look("approval.find_decision")
async def find_decision(tx: Transaction, find: FindDecision) -> DecisionFound:
    """What was decided already; empty when nobody has decided. Refuses: NotFound."""
    approval = await tx.get(ApprovalState, find.approval_id)
    if approval is None:
        raise NotFound(f"there is no approval {find.approval_id}")
    asked = AskedSince(
        requested_at=approval.requested_at,
        remind_at=approval.remind_at,
        reminders=approval.reminders,
        escalated=approval.escalated_at is not None,
    )
    decided = _decided(approval, find.by) if approval.decided_by is not None else None
    return DecisionFound(decided=decided, asked=asked)


@look("approval.find_asked")
async def find_asked(tx: Transaction, find: FindAsked) -> StillAsked:
    """Who has been asked about a matter, and has not decided."""
    asked = await queries.asked_about(tx, find.matter)
    return StillAsked(approval_ids=tuple(row.id for row in asked if row.status == "open"))


@operation("approval.find_levels")
async def find_levels(tx: Transaction, asked: FindLevels) -> LevelsFound:
    """Who is asked by the company's policies of today; no levels when no policy says anything.

    Where the amount is not said in the company's currency, it is converted at today's rate and rounded
    half-up; its sign does not count. Refuses: NoExchangeRate, ExchangeRateTooOld.
    """
    company = await master_data.company(tx)
    known = await queries.policies_of(tx, asked.kind)
    if not known:
        return LevelsFound()
    today = company.today(tx.info[OPENED_AT])
    amount = await _base_amount(tx, asked, today, company.currency)
    of_one = {asked.cost_centre: amount} if asked.cost_centre else {}
    matter = policies.Matter(amount, today, asked.category, asked.of_cost_centres or of_one)
    counting = policies.policies_for(known, matter)
    levels = tuple(_level(one, company.currency) for one in policies.levels_asked(counting))
    first = levels[0].model_dump(include={"policy", "policy_version", "why"}) if levels else {}
    return LevelsFound(levels=levels, **first)


async def _base_amount(tx: Transaction, asked: FindLevels, today: date, base: str) -> Decimal:
    if asked.base_amount is not None:
        return abs(asked.base_amount)
    rate = await master_data.exchange_rate(tx, asked.currency or base, today, base=base)
    return converted(abs(asked.amount or ZERO), from_rate=rate, to_rate=ONE, currency=base)


def _level(asked: policies.LevelAsked, currency: str) -> Level:
    level, first = asked.level, asked.policies[0]
    return Level(
        number=level.number,
        role=level.role,
        remind_after=timedelta(days=level.remind_after_days),
        remind_every=timedelta(days=level.remind_every_days),
        escalate_after=timedelta(days=level.escalate_after_days),
        escalate_to=level.escalate_to,
        policy=first.code,
        policy_version=first.version,
        why="; ".join(policies.why_of(of, currency) for of in asked.policies),
    )


@operation("approval.ask_next_level", event=ApprovalAskedEvent)
async def ask_next_level(tx: Transaction, ask: AskNextLevel) -> NextLevelAsked:
    """A further one is asked about a matter: the process writes the request in this transaction.

    Refuses: NothingToDecide, unless all levels before have said yes. Somebody of the same level may have said
    no meanwhile: then the process withdraws it.
    """
    asked = await queries.asked_about(tx, ask.matter)
    if not asked or any(row.status != "approved" for row in asked if row.level < ask.number):
        raise NothingToDecide(f"level {ask.number} is not asked: those before have not all said yes")
    names = ("subject", "document", "party", "amount", "currency", "requested_by", "levels")
    return NextLevelAsked(
        approval_id=ask.approval_id,
        level=ask.number,
        roles=(ask.role,),
        **{name: getattr(asked[0], name) for name in names},
    )


@operation("approval.remind", event=ApprovalRemindedEvent)
async def remind(tx: Transaction, reminder: RemindOfApproval) -> ApprovalNoted:
    """Remind those who may decide. Does nothing when it has been decided. Refuses: NotFound."""
    return await _note(tx, reminder.approval_id, reminders=reminder.number, remind_at=reminder.remind_at)


@operation("approval.escalate", event=ApprovalEscalatedEvent)
async def escalate(tx: Transaction, further: EscalateApproval) -> ApprovalNoted:
    """Let a further role decide as well. Does nothing when it has been decided. Refuses: NotFound."""
    return await _note(tx, further.approval_id, escalated_to=further.to_role, escalated_at=further.at)


@operation("approval.withdraw", event=ApprovalWithdrawnEvent)
async def withdraw(tx: Transaction, no_more: WithdrawApproval) -> ApprovalNoted:
    """The decision is not needed any more. Does nothing when it has been taken. Refuses: NotFound."""
    return await _note(
        tx,
        no_more.approval_id,
        status="withdrawn",
        reason=no_more.reason,
        decided_at=func.now(),
    )


@operation("approval.decide", event=ApprovalDecidedEvent)
async def decide(tx: Transaction, decision: RecordDecision) -> ApprovalDecided:
    """Write a decision down, if this person may take it, in the own name or for somebody.

    What was decided before stays, and is the answer.
    Refuses: FourEyes, ConflictOfInterest, DecidesOnce, MayNotDecide, NothingToDecide, ContentNotNamed,
    OtherContent, NotFound.
    """
    approval = await _locked(tx, decision.approval_id)
    if approval.status == "withdrawn":
        raise NothingToDecide(f"nobody is asked for a decision any more: {approval.reason}")
    if approval.status != "open":
        return _decided(approval, decision.by)
    check_content(decision, approval.content_hash, must_be_read=approval.must_be_read)
    actor = decision.by.actor
    on_behalf_of = rules.on_whose_behalf(
        rules.Deciding(actor=actor, roles=decision.roles, stands_in=await queries.stands_in(tx, actor)),
        wanted=_roles(approval),
        requested_by=approval.requested_by,
        decided=rules.voices(await queries.asked_about(tx, approval.matter)),
        barred=await _barred(tx, approval),
        chosen=decision.on_behalf_of,
    )
    decided = await tx.update(
        ApprovalState,
        approval.id,
        status="approved" if decision.approved else "rejected",
        decided_by=actor,
        on_behalf_of=on_behalf_of,
        reason=decision.reason,
        decided_at=decision.at,
    )
    return _decided(decided, decision.by)


async def _barred(tx: Transaction, approval: Row) -> list[str]:
    """Who may not decide about it, for it pays them."""
    whom_it_pays = barred_from(approval.kind)
    return [] if whom_it_pays is None else await tx.scalars(whom_it_pays(approval.document))


def _decided(approval: Row, by: Caller) -> ApprovalDecided:
    assert approval.decided_by is not None and approval.decided_at is not None
    return ApprovalDecided(
        approval_id=approval.id,
        approved=approval.status == "approved",
        reason=approval.reason or "",
        by=by.model_copy(update={"actor": approval.decided_by}),
        on_behalf_of=approval.on_behalf_of,
        decided_at=approval.decided_at,
    )


async def _locked(tx: Transaction, approval_id: UUID) -> Row:
    approval = await tx.get(ApprovalState, approval_id, for_update=True)
    if approval is None:
        raise NotFound(f"there is no approval {approval_id}")
    return approval


async def _note(tx: Transaction, approval_id: UUID, **changes: Any) -> ApprovalNoted:
    approval = await _locked(tx, approval_id)
    if approval.status == "open":
        approval = await tx.update(ApprovalState, approval_id, **changes)
    told = ApprovalNoted.model_fields.keys() - {"approval_id", "roles", "reminders"}
    return ApprovalNoted(
        approval_id=approval_id,
        roles=_roles(approval),
        reminders=approval.reminders,
        **{name: getattr(approval, name) for name in told},
    )


def _roles(approval: Row) -> tuple[str, ...]:
    return (approval.role, *([approval.escalated_to] if approval.escalated_to else []))
