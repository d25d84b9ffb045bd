"""The inbox of approvals: what waits on me, and decisions, one by one or about several at once."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field
from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased
from temporalio.exceptions import ApplicationError

from api import processes
from api.approval_views import ApprovalStory, ApprovalView, Status, approval_view, approval_views, story_of
from api.door import Asked, AskedRequest, Router, allows
from api.lists import Conditions, add_list
from domains.identity import queries, rules
from domains.identity.approval_kinds import approval_kinds, barred_from
from domains.identity.roles import ADMINISTRATOR
from foundation.database.lists import Filter, Listing, between, equal, named
from foundation.database.tables import ApprovalState, ProcessState
from foundation.database.transaction import Row, Transaction
from foundation.process.approval_messages import (
    ApprovalDecided,
    DecideApproval,
    DecisionAsked,
    NothingToDecide,
    check_content,
    check_same,
)
from foundation.values.errors import NotFound, ProcessEnded
from foundation.values.messages import Message, Text

# So many processes are told a decision at the same time.
AT_ONCE = 10

router = Router(prefix="/v1/approvals", tags=["Approvals"])
ASKING = allows("operations.approval.read")
"""Whoever may read may ask to decide. Who may decide is a matter of the role that the approval names."""


class DecisionAboutSeveral(DecisionAsked):
    """One decision about several approvals."""

    ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=200)]


class DecidedOne(Message):
    """What became of one of several."""

    id: UUID
    document: str | None
    outcome: Literal["decided", "refused", "still at work"]
    detail: str


class DecidedSeveral(Message):
    """One outcome for each, in the order asked for."""

    items: list[DecidedOne]


Mine = Annotated[
    Literal["me"] | None, Query(description="Open, and I may decide: by my roles or for somebody")
]


async def _waiting(asked: Asked, waiting_on: Mine = None) -> Conditions:
    """What waits on whoever asks, when it is asked for."""
    if waiting_on is None:
        return ()
    async with asked.read() as tx:
        who = await _deciding(asked, tx)
    return ApprovalState.status == "open", _may_decide(who)


def _of_role(role: str) -> ColumnElement[bool]:
    return or_(ApprovalState.role == role, ApprovalState.escalated_to == role)


APPROVALS = Listing(
    name="approvals",
    about="Approvals, those that have waited longest first.",
    view=ApprovalView,
    rows=select(ApprovalState),
    to_views=approval_views,
    filters=(
        Filter("role", Text, _of_role, "Only those that this role may decide"),
        equal(ApprovalState.status, type=Status),
        equal(ApprovalState.document),
        equal(ApprovalState.matter),
        equal(ApprovalState.party),
        *between(ApprovalState.requested_at),
    ),
    sorts=named(ApprovalState.requested_at, ApprovalState.remind_at, ApprovalState.amount),
    order="requested_at",
    unique=(ApprovalState.id,),
)
add_list(router, APPROVALS, allows("operations.approval.read"), where=_waiting)


@router.get("/{approval_id}", dependencies=[allows("operations.approval.read")])
async def one_approval(approval_id: UUID, asked: Asked) -> ApprovalStory:
    """One approval, with its reminders and who decided."""
    approval = await _existing(asked, approval_id)
    async with asked.read() as tx:
        return await story_of(tx, approval)


@router.post("/decisions", dependencies=[ASKING])
async def decide_several(decision: DecisionAboutSeveral, asked: Asked) -> DecidedSeveral:
    """One decision about several approvals; each has an outcome of its own."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(approval_id: UUID) -> DecidedOne:
        async with limit:
            return await _outcome(asked, approval_id, decision)

    items = await asyncio.gather(*(one(approval_id) for approval_id in dict.fromkeys(decision.ids)))
    return DecidedSeveral(items=list(items))


@router.post("/{approval_id}/decision", dependencies=[ASKING])
async def decide(approval_id: UUID, decision: DecisionAsked, asked: Asked) -> ApprovalView:
    """Approve or reject; whoever asked may not. The same person may send the same decision again."""
    now = await decided(asked, await _existing(asked, approval_id), decision)
    async with asked.read() as tx:
        return await approval_view(tx, now)


async def decided(asked: AskedRequest, approval: Row, decision: DecisionAsked) -> Row:
    """Give a decision to the process that waits for it; answers the approval as it is then.

    Refuses: FourEyes, DecidesOnce, MayNotDecide, ContentNotNamed, OtherContent, NothingToDecide,
    DecidedAlready, ProcessHeld. Raises StillAtWork.
    """
    # The operation that writes it down asks again; what is refused here adds nothing to the process.
    async with asked.read() as tx:
        who = await _deciding(asked, tx)
        about = await queries.asked_about(tx, approval.matter)
    # As it is beside the voices that there are: a first request, not answered, may have decided it meanwhile.
    approval = next(one for one in about if one.id == approval.id)
    if approval.status != "open":
        return _again(asked, approval, decision)
    _check_may(who, approval, about, decision.on_behalf_of)
    check_content(decision, approval.content_hash, must_be_read=approval.must_be_read)
    command = DecideApproval(
        approval_id=approval.id,
        approved=decision.approved,
        reason=decision.reason,
        content_hash=decision.content_hash,
        on_behalf_of=decision.on_behalf_of,
        roles=asked.actor.roles,
    )
    try:
        # Several approvals of one process may be decided with one key.
        each = replace(asked, key=f"{asked.key}/{approval.id}")
        await processes.command(each, approval.process_id, "decide", command, ApprovalDecided)
    except ApplicationError as refusal:
        if refusal.type != ProcessEnded.type_name():
            raise
        return _again(asked, await _existing(asked, approval.id), decision)
    return await _existing(asked, approval.id)


async def latest_of(asked: AskedRequest, process_id: str) -> Row:
    """What was asked last in a process; of several levels the one that is the caller's to decide, or was.

    Refuses: NotFound when there is no such process; NothingToDecide.
    """
    of_process = select(ApprovalState).where(ApprovalState.process_id == process_id)
    async with asked.read() as tx:
        last = (
            await tx.execute(of_process.order_by(ApprovalState.requested_at.desc()).limit(1))
        ).one_or_none()
        process = await tx.get(ProcessState, process_id) if last is None else None
        about = await queries.asked_about(tx, last.matter) if last is not None else []
        who = await _deciding(asked, tx)
    if last is not None:
        return _callers(who, about) or last
    if process is None:
        raise NotFound("there is no such document")
    raise NothingToDecide(f"{process.document} waits for no decision: it is at '{process.stage}'")


def _callers(who: rules.Deciding, about: list[Row]) -> Row | None:
    """The approval of a matter that somebody has decided, or else may decide."""
    for approval in about:
        if approval.decided_by == who.actor:
            return approval
    for approval in about:
        if approval.status == "open":
            with suppress(rules.FourEyes, rules.DecidesOnce, rules.MayNotDecide):
                _check_may(who, approval, about)
                return approval
    return None


def _check_may(who: rules.Deciding, approval: Row, about: list[Row], on_behalf_of: str | None = None) -> None:
    """Refuses: FourEyes, DecidesOnce, MayNotDecide."""
    rules.on_whose_behalf(
        who,
        wanted=_roles(approval),
        requested_by=approval.requested_by,
        decided=rules.voices(about),
        chosen=on_behalf_of,
    )


async def _outcome(asked: AskedRequest, approval_id: UUID, decision: DecisionAsked) -> DecidedOne:
    """One that cannot be decided does not stop the others."""
    document: str | None = None
    try:
        approval = await _existing(asked, approval_id)
        document = approval.document
        now = await decided(asked, approval, decision)
    except processes.StillAtWork:
        return DecidedOne(id=approval_id, document=document, outcome="still at work", detail="taken")
    except ApplicationError as refusal:
        return DecidedOne(id=approval_id, document=document, outcome="refused", detail=refusal.message)
    return DecidedOne(id=approval_id, document=document, outcome="decided", detail=now.status)


async def _existing(asked: AskedRequest, approval_id: UUID) -> Row:
    async with asked.read() as tx:
        approval = await tx.get(ApprovalState, approval_id)
    if approval is None:
        raise NotFound(f"there is no approval {approval_id}")
    return approval


def _again(asked: AskedRequest, approval: Row, decision: DecisionAsked) -> Row:
    """What was decided, if it is the same once more. Refuses: DecidedAlready, NothingToDecide."""
    if approval.decided_by is None or approval.decided_at is None:
        raise NothingToDecide(
            f"nobody is asked for a decision any more: {approval.reason or approval.status}"
        )
    check_same(
        decision,
        asked.caller.actor,
        was=approval.status == "approved",
        by=approval.decided_by,
        at=approval.decided_at,
    )
    return approval


async def _deciding(asked: AskedRequest, tx: Transaction) -> rules.Deciding:
    actor = asked.actor
    return rules.Deciding(actor.name, actor.roles, await queries.stands_in(tx, actor.name))


def _roles(approval: Row) -> list[str]:
    return [approval.role] + ([approval.escalated_to] if approval.escalated_to else [])


def _may_decide(who: rules.Deciding) -> ColumnElement[bool]:
    """The same as `rules.on_whose_behalf`, for a list."""
    by_role = [_of_role(role) for role in who.roles]
    if ADMINISTRATOR in who.roles:
        by_role = [true()]
    for_others = [
        and_(
            _of_role(given.role),
            ApprovalState.requested_by != given.from_actor,
            _is_not_paid_by_it(given.from_actor),
            _has_no_voice(given.from_actor),
        )
        for given in who.stands_in
    ]
    return and_(
        ApprovalState.requested_by != who.actor,
        _is_not_paid_by_it(who.actor),
        _has_no_voice(who.actor),
        or_(false(), *by_role, *for_others),
    )


def _has_no_voice(actor: str) -> ColumnElement[bool]:
    """Whether somebody has not decided about the same matter, nor was decided for."""
    other = aliased(ApprovalState)
    has_decided = or_(other.decided_by == actor, other.on_behalf_of == actor)
    return ~exists().where(other.matter == ApprovalState.matter, has_decided)


def _is_not_paid_by_it(actor: str) -> ColumnElement[bool]:
    """Whether what is to be decided pays somebody else."""
    kinds = [(kind, whom) for kind in approval_kinds() if (whom := barred_from(kind)) is not None]
    document = ApprovalState.document
    return and_(
        true(),
        *(or_(ApprovalState.kind != kind, ~exists(_only(whom(document), actor))) for kind, whom in kinds),
    )


def _only(actors: Select[Any], actor: str) -> Select[Any]:
    return actors.where(actors.selected_columns[0] == actor).correlate(ApprovalState)
