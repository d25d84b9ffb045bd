"""Messages from another version of our programs are read with tolerance inside, and strictly at the door."""

from typing import Any
from uuid import uuid4

import pytest
from pydantic import Field, ValidationError
from temporalio.api.common.v1 import Payload

from foundation.database.connections import Database
from foundation.database.transaction import Transaction
from foundation.operations.mailbox import BeginProcess
from foundation.operations.operation import Operation
from foundation.runtime.temporal import DATA_CONVERTER
from foundation.values import versions
from foundation.values.errors import Conflict
from foundation.values.messages import Call, Caller, Message
from tests.erp import Erp, an_order


class Line(Message):
    """A line, as version A knows it."""

    number: int


class Ask(Message):
    """A command of version A."""

    amount: int
    lines: tuple[Line, ...] = ()
    labels: dict[str, str] = Field(default_factory=dict)


class Said(Message):
    """An answer of version A."""

    total: int


class LineB(Line):
    """Version B has added a field."""

    colour: str = "red"


class AskB(Message):
    """Version B has added a field to the command and to its lines."""

    amount: int
    lines: tuple[LineB, ...] = ()
    labels: dict[str, str] = Field(default_factory=dict)
    reason: str = ""


class SaidB(Said):
    """Version B has added a field to the answer."""

    note: str = "none"


async def _answer_a(tx: Transaction, ask: Ask) -> Said:
    del tx
    return Said(total=ask.amount)


async def _answer_b(tx: Transaction, ask: AskB) -> SaidB:
    del tx
    return SaidB(total=ask.amount, note="by version B")


VERSION_A: Operation[Ask, Said] = Operation("test.answer", _answer_a, quick=True)
VERSION_B: Operation[AskB, SaidB] = Operation("test.answer", _answer_b, quick=True)


@pytest.fixture
def step(database: Database, caller: Caller) -> Call:
    """A step of a process, taken by whatever version comes first."""
    del database
    return Call(key=str(uuid4()), caller=caller, process_id=f"{caller.company}/test/1", process_type="test")


async def test_a_step_that_the_older_version_took_is_found_done_by_the_newer(step: Call) -> None:
    await VERSION_A(step, Ask(amount=5, lines=(Line(number=1),)))

    again = await VERSION_B(step, AskB(amount=5, lines=(LineB(number=1, colour="blue"),), reason="why"))

    assert again == SaidB(total=5, note="none")


async def test_a_step_that_the_newer_version_took_is_found_done_by_the_older(step: Call) -> None:
    await VERSION_B(step, AskB(amount=5, lines=(LineB(number=1, colour="blue"),), reason="why"))

    assert await VERSION_A(step, Ask(amount=5, lines=(Line(number=1),))) == Said(total=5)


@pytest.mark.parametrize(
    "other",
    [
        {"amount": 6},
        {"lines": (LineB(number=2),)},
        {"lines": (LineB(number=1), LineB(number=2))},
        {"labels": {"a": "b"}},
    ],
    ids=str,
)
async def test_a_field_that_both_versions_know_decides(step: Call, other: dict[str, Any]) -> None:
    await VERSION_A(step, Ask(amount=5, lines=(Line(number=1),)))

    with pytest.raises(Conflict):
        await VERSION_B(step, AskB(amount=5, lines=(LineB(number=1),), reason="why").model_copy(update=other))


async def test_whoever_asks_at_the_door_asks_for_every_field(caller: Caller, step: Call) -> None:
    del step
    call = Call.direct(caller, str(uuid4()))
    await VERSION_A(call, Ask(amount=5))

    with pytest.raises(Conflict):
        await VERSION_B(call, AskB(amount=5, reason="why"))


def test_a_process_that_was_begun_with_other_fields_is_the_same() -> None:
    begun = BeginProcess(
        process_id="T/test/1",
        body={"order": {"number": 1, "colour": "red"}, "new": None},
        party=None,
        summary="",
        correlation_id="",
        begun_by="",
    )
    known = begun.model_dump(mode="json") | {"body": {"order": {"number": 1}, "old": "x"}}

    assert versions.ask_the_same(begun, known)
    assert not versions.ask_the_same(begun, known | {"body": {"order": {"number": 2}}})
    assert not versions.ask_the_same(begun, {"something": "else"})


async def test_what_arrives_through_temporal_may_have_fields_that_we_do_not_know() -> None:
    told = AskB(amount=5, lines=(LineB(number=1),), reason="why")
    payloads = await DATA_CONVERTER.encode([told])

    assert await DATA_CONVERTER.decode(payloads, [Ask]) == [Ask(amount=5, lines=(Line(number=1),))]
    nothing_known = Payload(metadata=payloads[0].metadata, data=b'{"colour": "red"}')
    with pytest.raises(ValidationError, match="amount"):
        await DATA_CONVERTER.decode([nothing_known], [Ask])


async def test_the_door_refuses_a_field_that_it_does_not_know(erp: Erp) -> None:
    refused = await erp.request("POST", "/v1/sales-orders", an_order(colour="red"))

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["colour"]
