"""The levels of an approval: who is asked after whom, and at the same time; and what each is known by.

All that is asked about one thing is a *matter*. Each level and role of it is an approval of its own, with its
reminders and its escalation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid5

from foundation.process.approval_messages import (
    Approval,
    ApprovalDecided,
    AskedSince,
    Level,
    LevelsFound,
)
from foundation.values.messages import ApprovalAsked, LevelToCome, Stage

ID_SPACE = UUID("0d7c2f57-3f0e-5c39-8a55-5a1d3c0f9e21")
_PATIENCE = ("role", "remind_after", "remind_every", "escalate_after", "escalate_to")
_FACTS = ("document", "party", "amount", "currency")


@dataclass
class Pending:
    """An approval as its process remembers it."""

    asks: Approval
    asked: ApprovalAsked
    stage: str
    remind_at: datetime
    reminders: int = 0
    escalated: bool = False
    decided: ApprovalDecided | None = None
    is_withdrawn: bool = False
    has_moved_on: bool = False
    """Whether others are asked now, since this was decided."""

    def ask_now(self, at: datetime) -> None:
        """It is asked from this moment on."""
        self.remind_at = at + self.asks.remind_after
        self.asked = self.asked.model_copy(update={"requested_at": at, "remind_at": self.remind_at})

    def go_on_from(self, since: AskedSince) -> None:
        """Take over since when an earlier run of the process has asked, and how often it has reminded."""
        self.asked = self.asked.model_copy(update={"requested_at": since.requested_at})
        self.remind_at, self.reminders, self.escalated = since.remind_at, since.reminders, since.escalated

    @property
    def roles(self) -> tuple[str, ...]:
        """Who may decide now."""
        further = (self.asks.escalate_to,) if self.escalated and self.asks.escalate_to else ()
        return (self.asks.role, *further)

    @property
    def escalate_at(self) -> datetime | None:
        """When a further role is asked; None when there is none, or it was."""
        if self.escalated or self.asks.escalate_to is None:
            return None
        return self.asked.requested_at + self.asks.escalate_after

    @property
    def is_open(self) -> bool:
        """Whether somebody is still to decide."""
        return self.decided is None and not self.is_withdrawn

    @property
    def escalates_next(self) -> bool:
        """Whether a further role is asked before the next reminder."""
        return self.escalate_at is not None and self.escalate_at <= self.remind_at

    @property
    def due_at(self) -> datetime:
        """When somebody is reminded next, or a further role is asked."""
        return self.escalate_at if self.escalates_next and self.escalate_at else self.remind_at

    @property
    def timer(self) -> str:
        """What is waited for, as the Temporal Web UI shows it."""
        if self.escalates_next:
            return f"Escalate to {self.asks.escalate_to}"
        return f"Remind {' and '.join(self.roles)}"


def levels_of(asks: Approval, found: LevelsFound) -> tuple[Level, ...]:
    """Who is asked, in their order: as the policy says, else as the process does."""
    alone = Level(**{name: getattr(asks, name) for name in _PATIENCE})
    return tuple(sorted(found.levels or asks.levels or (alone,), key=lambda level: level.number))


def matter_of(
    process_id: str,
    asks: Approval,
    found: LevelsFound,
    *,
    stage: str,
    requested_by: str,
    known: Stage,
    at: datetime,
) -> list[Pending]:
    """All that is asked about one thing, in its order, with ids that are the same whenever it is asked.

    It is waited for at `stage`; what the process does not say of it is taken from what is `known`.
    """
    levels = levels_of(asks, found)
    ranks = sorted({level.number for level in levels})
    to_come = [_to_come(one, ranks.index(one.number) + 1) for one in levels]
    alone = uuid5(ID_SPACE, f"{process_id}/{asks.name}")
    about = ApprovalAsked(
        approval_id=alone,
        matter=alone,
        subject=asks.subject,
        role=asks.role,
        requested_by=requested_by,
        requested_at=at,
        remind_at=at,
        levels=len(ranks),
        **asks.model_dump(include={"kind", "content_hash", "must_be_read"}),
        **found.model_dump(include={"policy", "policy_version", "why"}),
        **{name: getattr(known if getattr(asks, name) is None else asks, name) for name in _FACTS},
    )
    matter: list[Pending] = []
    for number, together in groupby(levels, key=lambda level: level.number):
        rank = ranks.index(number) + 1
        about = about.model_copy(
            update={"level": rank, "to_come": tuple(one for one in to_come if one.level > rank)}
        )
        for place, level in enumerate(together):
            # The first is what it would be alone: it may have been asked before there was a policy.
            own = uuid5(ID_SPACE, f"{process_id}/{asks.name}/{rank}/{place}") if matter else alone
            matter.append(_pending(asks, level, about.model_copy(update={"approval_id": own}), stage))
    return matter


def _to_come(level: Level, rank: int) -> LevelToCome:
    return LevelToCome(level=rank, role=level.role, escalate_to=level.escalate_to)


def _pending(asks: Approval, level: Level, asked: ApprovalAsked, stage: str) -> Pending:
    """One of a matter: with the role and the patience of its level."""
    patience = {name: getattr(level, name) for name in _PATIENCE} | {"levels": ()}
    remind_at = asked.requested_at + level.remind_after
    said: dict[str, Any] = {"role": level.role, "escalate_to": level.escalate_to, "remind_at": remind_at}
    if level.policy is not None:
        said |= level.model_dump(include={"policy", "policy_version", "why"})
    asked = asked.model_copy(update=said)
    return Pending(asks=asks.model_copy(update=patience), asked=asked, stage=stage, remind_at=remind_at)


def one_after_the_other(matter: Sequence[Pending]) -> list[list[Pending]]:
    """The levels of a matter, each with all that are asked at the same time."""
    return [list(level) for _, level in groupby(matter, key=lambda pending: pending.asked.level)]


def still_open(level: Iterable[Pending]) -> list[Pending]:
    """Those on whom a level waits."""
    return [pending for pending in level if pending.is_open]


def rejection_in(level: Iterable[Pending]) -> ApprovalDecided | None:
    """The first no; None as long as nobody has said it."""
    said = (pending.decided for pending in level if pending.decided is not None)
    return min((one for one in said if not one.approved), key=lambda one: one.decided_at, default=None)


def decided_last(level: Iterable[Pending]) -> ApprovalDecided:
    """The decision that came last, when all have decided."""
    said = (pending.decided for pending in level if pending.decided is not None)
    return max(said, key=lambda one: one.decided_at)


def remedy_of(level: Sequence[Pending]) -> str:
    """What one can do about a level that waits."""
    first = level[0].asked
    which = f"Level {first.level} of {first.levels}. " if first.levels > 1 or len(level) > 1 else ""
    policy = f" As the policy says: {first.why}." if first.why else ""
    return which + " ".join(_remedy(pending) for pending in level) + policy


def _remedy(pending: Pending) -> str:
    reminded = f" Reminded {pending.reminders} times." if pending.reminders else ""
    return (
        f"Decided by whoever has the role {' or '.join(pending.roles)}, or stands in for one who has; not by "
        f"{pending.asked.requested_by}, who asked. Approval {pending.asked.approval_id}.{reminded}"
    )
