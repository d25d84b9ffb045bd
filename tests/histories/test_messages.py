"""The committed messages, as versions before have written them, are understood.

A sample of each is written down once, by `make histories`, and stays as it is when a field is added to the
message. All are written anew with a release (`--all-samples`): what is older is not on its way any more, and
a field that it had may be dropped.
"""

import json
from collections.abc import Collection
from typing import Any

import pytest
from pydantic import BaseModel

from foundation.runtime.temporal import DATA_CONVERTER
from foundation.values import versions
from foundation.values.messages import Message
from tests.histories.recording import MESSAGES, is_on
from tests.histories.samples import message_types, name_of, sample

TYPES = {name_of(one): one for one in message_types()}


def committed() -> dict[str, Any]:
    """The samples by their messages' names; one file for each domain or floor."""
    return {
        f"{path.stem}.{name}": told
        for path in sorted(MESSAGES.glob("*.json"))
        for name, told in json.loads(path.read_text()).items()
    }


def write_down_new_ones() -> None:
    """A sample of each message that has none yet."""
    known = committed()
    for place in sorted({name.rpartition(".")[0] for name in TYPES}):
        of_place = {
            name.rpartition(".")[2]: known.get(name) or sample(TYPES[name])
            for name in sorted(TYPES)
            if name.rpartition(".")[0] == place
        }
        (MESSAGES / f"{place}.json").write_text(f"{json.dumps(of_place, indent=1, sort_keys=True)}\n")


@pytest.mark.parametrize("name", sorted(committed()))
async def test_a_committed_message_is_understood(name: str) -> None:
    told = committed()[name]
    assert name in TYPES, f"{name} is gone: what is on its way under this name would be lost"
    message = TYPES[name]

    understood = versions.read(message, told)

    assert versions.ask_the_same(understood, told)
    assert not left_out(understood, told), f"{name}: a version before has written what we do not know"
    (through_temporal,) = await DATA_CONVERTER.decode(await DATA_CONVERTER.encode([told]), [message])
    assert through_temporal == understood


@pytest.mark.parametrize("name", sorted(committed()))
def test_a_message_of_a_newer_version_is_understood(name: str) -> None:
    told = committed()[name]

    assert versions.read(TYPES[name], told | {"added_by_a_newer_version": [1]}) == versions.read(
        TYPES[name], told
    )


def test_every_message_has_a_committed_sample() -> None:
    if is_on():
        write_down_new_ones()
    missing = without_sample(TYPES)

    assert not missing, "\n".join(missing)


def test_a_new_message_without_a_sample_is_named() -> None:
    class EngraveItem(Message):
        name: str

    assert without_sample(TYPES | {"domains.sales.EngraveItem": EngraveItem}) == [
        "there is no sample of domains.sales.EngraveItem: write it down with make histories ARGS=--samples"
    ]


def without_sample(types: Collection[str]) -> list[str]:
    """The messages that no sample was written down of, in words."""
    return [
        f"there is no sample of {name}: write it down with make histories ARGS=--samples"
        for name in sorted(types)
        if name not in committed()
    ]


def left_out(understood: BaseModel, told: dict[str, Any]) -> set[str]:
    """The fields of a committed message that today's does not have."""
    return told.keys() - type(understood).model_fields.keys()
