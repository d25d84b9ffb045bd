"""Who is asked after whom, what each is known by, and when a change is to be approved again."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

import pytest
from pydantic import TypeAdapter, ValidationError

from foundation.process.approval_levels import (
    ID_SPACE,
    Pending,
    levels_of,
    matter_of,
    one_after_the_other,
)
from foundation.process.approval_messages import Approval, ApprovalByPolicy, Level, LevelsFound
from foundation.values.messages import Stage

AT = datetime(2026, 3, 2, tzinfo=UTC)
CHAIN = (
    Level(number=20, role="director"),
    Level(number=10, role="clerk", remind_after=timedelta(days=1)),
    Level(number=20, role="treasurer"),
    Level(number=30, role="board"),
)


def matter(asks: Approval, found: LevelsFound | None = None, process: str = "ACME/test/1") -> list[Pending]:
    """What a process asks about a document that it knows of."""
    known = Stage(stage="asking", document="SO-1", amount=Decimal(90), currency="EUR")
    return matter_of(
        process, asks, found or LevelsFound(), stage="waits", requested_by="Sam", known=known, at=AT
    )


def test_one_level_is_known_by_process_and_name_as_ever() -> None:
    for asks in (Approval(subject="", role="clerk"), Approval(subject="", levels=(Level(role="clerk"),))):
        (only,) = matter(asks)
        assert only.asked.approval_id == only.asked.matter == uuid5(ID_SPACE, "ACME/test/1/approval")
        assert (only.asked.level, only.asked.levels, only.asked.to_come) == (1, 1, ())
        assert (only.asked.role, only.asked.document, only.asked.amount) == ("clerk", "SO-1", Decimal(90))


def test_levels_are_asked_by_their_number_and_those_of_one_number_at_the_same_time() -> None:
    asked = one_after_the_other(matter(Approval(subject="", levels=CHAIN, content_hash="abc")))

    assert [[one.asked.role for one in level] for level in asked] == [
        ["clerk"],
        ["director", "treasurer"],
        ["board"],
    ]
    assert [one.asked.level for level in asked for one in level] == [1, 2, 2, 3]
    assert {one.asked.levels for level in asked for one in level} == {3}
    assert {one.asked.content_hash for level in asked for one in level} == {"abc"}
    assert [(one.level, one.role) for one in asked[0][0].asked.to_come] == [
        (2, "director"),
        (2, "treasurer"),
        (3, "board"),
    ]
    assert [one.role for one in asked[1][0].asked.to_come] == ["board"]
    assert asked[0][0].remind_at == AT + timedelta(days=1)


def test_each_has_an_id_that_is_the_same_whenever_it_is_asked() -> None:
    asks = Approval(subject="", levels=CHAIN)
    ids = [one.asked.approval_id for one in matter(asks)]

    assert ids == [one.asked.approval_id for one in matter(asks.model_copy(update={"subject": "again"}))]
    others = matter(asks.model_copy(update={"name": "another"})) + matter(asks, process="ACME/test/2")
    assert len({*ids, *(one.asked.approval_id for one in others)}) == 12
    assert {one.asked.matter for one in matter(asks)} == {ids[0]}
    # What was asked before there was a policy is found by what is asked first by it.
    (alone,) = matter(Approval(subject="", role="clerk"))
    assert alone.asked.approval_id == ids[0]


def test_a_policy_replaces_what_the_process_would_ask() -> None:
    found = LevelsFound(levels=(Level(role="board"),), policy="P", policy_version=3, why="P: from 0")
    asks = Approval(subject="", role="clerk", escalate_to="director", levels=CHAIN)
    (only,) = matter(asks, found)

    assert (only.roles, only.escalate_at) == (("board",), None)
    assert (only.asked.policy, only.asked.policy_version, only.asked.why) == ("P", 3, "P: from 0")
    (alone,) = levels_of(Approval(subject="", role="clerk", escalate_to="director"), LevelsFound())
    assert (alone.role, alone.escalate_to) == ("clerk", "director")


def test_an_approval_names_somebody() -> None:
    with pytest.raises(ValidationError, match="names a role, or levels"):
        Approval(subject="")


def test_an_approval_by_policy_names_its_kind_and_nobody() -> None:
    by_policy = ApprovalByPolicy(subject="", kind="purchase_requisition")

    (asked,) = matter(by_policy, LevelsFound(levels=(Level(role="board"),), policy="P"))
    assert asked.asked.role == "board"
    with pytest.raises(ValidationError, match="neither a role nor levels"):
        ApprovalByPolicy(subject="", kind="purchase_requisition", role="clerk")
    with pytest.raises(ValidationError, match="kind"):
        ApprovalByPolicy.model_validate({"subject": ""})


def test_what_is_asked_goes_along_into_the_next_run_of_its_process() -> None:
    found = LevelsFound(levels=CHAIN, policy="P", policy_version=2, why="P: from 0")
    asked = {one.asked.approval_id: one for one in matter(Approval(subject="", role="clerk"), found)}
    first, second, *_ = asked.values()
    first.has_moved_on, second.is_withdrawn, second.reminders = True, True, 3
    kept = TypeAdapter(dict[UUID, Pending])

    carried = kept.validate_python(json.loads(json.dumps(kept.dump_python(asked, mode="json"))))

    assert carried == asked
    assert [one.is_open for one in carried.values()] == [True, False, True, True]
