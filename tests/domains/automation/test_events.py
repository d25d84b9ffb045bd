"""Every event that there is: it can be filled, it gives nothing away, and the page for receivers has it."""

import types
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from foundation.operations.operation import OPERATIONS, events
from foundation.outbound.letters import LETTERS
from foundation.values.events import PublicEvent
from tests.histories.samples import sample
from workers import registry

PAGE = Path(__file__).parents[3] / "docs" / "announcements.md"
BEGIN, END = "<!-- events -->\n", "<!-- /events -->\n"

TEXTS_TOLD = frozenset(
    {"code", "cost_centre", "currency", "dimension", "document", "document_type", "month", "party", "roles"}
    | {"status", "to_role", "unit"}
)
"""The texts that events may tell besides codes (`…_code`) and numbers (`…_number`): none that people write.

`document` is a number, `party` a code, as approvals name them.
"""
WITHOUT_EVENTS = {"automation", "identity", "process"}
"""Domains that tell nothing: keys and secrets are theirs, and telling would be told of without end."""

registry.operations()
MADE = [(name, event) for name, made in events().items() if not name.startswith("test.") for event in made]
ALL = {event.event_name: event for _, event in MADE}


@pytest.mark.parametrize(("operation", "event"), MADE)
def test_an_event_is_filled_by_what_its_operation_is_asked_and_answers(
    operation: str, event: type[PublicEvent]
) -> None:
    made_by = OPERATIONS[operation]

    told = event.payload(sample(made_by.ask_type), sample(made_by.answer_type))

    assert told is not None
    assert told.keys() == event.model_fields.keys()
    event.model_validate(told, strict=False)
    assert [name for name, fact in told.items() if fact is None or fact == []] == []


@pytest.mark.parametrize("event", ALL.values(), ids=ALL)
def test_an_event_tells_no_secret_and_of_nobody_more_than_a_code(event: type[PublicEvent]) -> None:
    assert not_to_be_told(event) == []


def test_a_secret_a_name_and_a_text_in_an_event_are_found() -> None:
    class Part(BaseModel):
        customer_name: str

    class Talkative(PublicEvent, name="test.much_told"):
        order_number: str
        key: bytes
        reason: str | None
        facts: dict[str, str]
        lines: tuple[Part, ...]

    assert not_to_be_told(Talkative) == ["key", "reason", "facts", "lines.customer_name"]


def test_domains_that_hold_secrets_tell_nothing() -> None:
    assert not WITHOUT_EVENTS & {operation.partition(".")[0] for operation, _ in MADE}


def test_an_operation_that_only_reads_makes_no_event() -> None:
    reading = ("find_", "list_", "check_", "price_", "load_", "count_", "write_")

    named_so = {name for name, _ in MADE if name.partition(".")[2].startswith(reading)}
    assert named_so == {"inventory.count_stock", "inventory.write_down_item"}, "these change the stock"
    assert all(OPERATIONS[name].is_logged for name, _ in MADE)


def test_the_page_for_receivers_lists_the_events_and_the_letters() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == with_the_list(page), "run: python -m tests.domains.automation.test_events"
    assert [name for name in LETTERS if f"| `{name}`" not in page] == []


def not_to_be_told(event: type[BaseModel]) -> list[str]:
    """The fields of a payload that may hold what outsiders are not to be told."""
    found = {
        ".".join(path): None
        for path, kind in leaves(event)
        if not issubclass(kind, Enum)
        and issubclass(kind, str | bytes)
        and not path[-1].endswith(("_code", "_number", "_numbers"))
        and path[-1] not in TEXTS_TOLD
    }
    return list(found)


def leaves(message: type[BaseModel]) -> Iterator[tuple[tuple[str, ...], type]]:
    """Every value in a message, by its path, with its type."""
    for name, field in message.model_fields.items():
        for kind in _kinds(field.annotation):
            if issubclass(kind, BaseModel):
                yield from (((name, *path), leaf) for path, leaf in leaves(kind))
            else:
                yield (name,), kind


def _kinds(annotation: Any) -> Iterator[type]:
    """The types of the values that an annotation admits."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        yield annotation
    for inner in get_args(annotation):
        if inner is not Ellipsis and not isinstance(inner, str):
            yield from _kinds(inner)


def as_listed() -> str:
    """The table of events, by name."""
    rows = (
        f"| `{name}` | {event.sentence()} | {', '.join(f'`{field}`' for field in event.model_fields)} |\n"
        for name, event in sorted(ALL.items())
    )
    return "| event | what has happened | payload |\n| --- | --- | --- |\n" + "".join(rows)


def with_the_list(page: str) -> str:
    """The page with the table as it is now."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}{as_listed()}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(with_the_list(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
