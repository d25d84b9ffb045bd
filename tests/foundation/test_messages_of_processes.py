"""What a process is started with, read as what it is: its command, or what its earlier run carried along."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from foundation.operations.mailbox import CommandsTaken
from foundation.process.next_run import Carried
from foundation.runtime.temporal import DATA_CONVERTER
from foundation.values.messages import Message, Stage


class Look(Message):
    """A command that may leave out all."""

    on: date | None = None


@dataclass
class Seen:
    """What a process knows."""

    count: int = 0


def read(message: Message, kind: Any) -> Any:
    """As the SDK hands it to a process."""
    converter = DATA_CONVERTER.payload_converter
    return converter.from_payloads(converter.to_payloads([message]), [kind])[0]


def carried(kind: Any) -> Any:
    """What a run has carried along."""
    taken = CommandsTaken(process_id="ACME/look/1", up_to=0)
    return kind(command=Look(), facts=Seen(count=3), stage=Stage(stage="looks"), passed=(), taken=taken)


@pytest.mark.parametrize("command", [Look(), Look(on=date(2026, 3, 2))])
def test_a_command_is_read_without_building_the_message_of_a_further_run(command: Look) -> None:
    look_so_far: Any = Carried[Look, Seen]

    assert read(command, Look | look_so_far) == command
    assert not look_so_far.__pydantic_complete__


def test_what_a_run_carried_is_not_taken_for_a_command_that_leaves_out_all() -> None:
    look_so_far: Any = Carried[Look, Seen]

    assert read(carried(look_so_far), Look | look_so_far) == carried(look_so_far)
