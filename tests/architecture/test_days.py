"""A command that is posted on a day names the field that says it: a refusal of the day is told by it."""

from datetime import date

from foundation.operations.operation import OPERATIONS
from workers import registry


def test_what_may_be_refused_for_its_period_says_which_field_has_the_day() -> None:
    registry.operations()
    nameless = [
        name
        for name, operation in sorted(OPERATIONS.items())
        if "PeriodLocked" in (operation.__doc__ or "")
        and any(field.annotation is date for field in operation.ask_type.model_fields.values())
        and not operation.ask_type.POSTED_ON
    ]

    assert nameless == [], "say POSTED_ON in the operation's command"


def test_the_field_is_a_day_of_the_command() -> None:
    registry.operations()
    wrong = [
        name
        for name, operation in sorted(OPERATIONS.items())
        if (field := getattr(operation.ask_type, "POSTED_ON", ""))
        and operation.ask_type.model_fields[field].annotation is not date
    ]

    assert wrong == []
