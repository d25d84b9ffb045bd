"""Events are declared on the operations that make them, and filled by name of what the log keeps."""

import inspect
from typing import Any
from uuid import UUID, uuid4

import pytest

from foundation.database.transaction import Transaction
from foundation.operations.operation import OPERATIONS, look, operation
from foundation.outbound.letters import LETTERS, Letter, WriteLetter, letter
from foundation.values.events import EventPart, PublicEvent
from foundation.values.messages import Message, ShownAmount


class HireCar(Message):
    """Somebody drives away."""

    car_code: str
    driver_name: str


class Wheel(Message):
    """One of four."""

    number: int
    made_by: str


class CarHired(Message):
    """The car is away."""

    hire_id: UUID
    hire_number: str
    amount: str
    wheels: tuple[Wheel, ...] = ()


class HiredWheel(EventPart):
    """What is told of a wheel."""

    number: int


class CarHiredEvent(PublicEvent, name="test.car_hired", only_with="hire_number"):
    """A car was hired.

    It is away.
    """

    hire_id: UUID
    hire_number: str
    car_code: str
    amount: ShownAmount
    wheels: tuple[HiredWheel, ...]


ASKED = {"car_code": "C-1", "driver_name": "Dora Driver"}
ANSWERED = {
    "hire_id": str(uuid4()),
    "hire_number": "H-1",
    "amount": "7.5",
    "wheels": [{"number": 1, "made_by": "Wilma Wheelwright"}],
}


async def hire(tx: Transaction, car: HireCar) -> CarHired:
    """Hire a car."""
    raise AssertionError("it is only declared")


def declare(name: str, event: type[PublicEvent]) -> None:
    """Declare an operation that makes the event; forgotten if it is refused."""
    operation(name, event=event)(hire)


def test_an_event_is_filled_from_the_answer_and_what_that_lacks_from_the_request() -> None:
    told = CarHiredEvent.payload(ASKED, ANSWERED)

    assert told == {
        "hire_id": ANSWERED["hire_id"],
        "hire_number": "H-1",
        "car_code": "C-1",
        "amount": "7.50",
        "wheels": [{"number": 1}],
    }
    assert CarHiredEvent.sentence() == "A car was hired."


@pytest.mark.parametrize("lost", ["car_code", "hire_id", "amount"])
def test_what_another_version_has_logged_is_told_without_what_it_lacks(lost: str) -> None:
    asked = {name: fact for name, fact in ASKED.items() if name != lost}
    answered = {name: fact for name, fact in ANSWERED.items() if name != lost}

    told = CarHiredEvent.payload(asked, answered)

    assert told.keys() == CarHiredEvent.model_fields.keys() - {lost, "wheels"}
    assert "Wilma" not in str(told)


@pytest.mark.parametrize("answer", [{}, None, {"hire_number": ""}])
def test_nothing_is_told_when_nothing_has_happened(answer: dict[str, Any] | None) -> None:
    assert CarHiredEvent.payload(ASKED, answer) is None


@pytest.mark.parametrize("name", ["car_hired", "test.Car_hired", "test.", "test.car-hired", "test.hired_"])
def test_an_event_has_a_name_like_any_other(name: str) -> None:
    with pytest.raises(ValueError, match=r"not named domain\.thing_verbed"):
        type("Misnamed", (PublicEvent,), {"__doc__": ""}, name=name)


def test_an_operation_makes_events_of_its_own_domain() -> None:
    with pytest.raises(ValueError, match="an event of another domain"):
        declare("trial.hire_car", CarHiredEvent)


def test_an_operation_can_fill_its_event() -> None:
    class DriverHired(CarHiredEvent, name="test.driver_hired"):
        driver_code: str

    with pytest.raises(ValueError, match=r"test\.hire_driver fills no driver_code of test\.driver_hired"):
        declare("test.hire_driver", DriverHired)


def test_two_operations_may_make_the_same_event_but_no_two_events_have_the_same_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class AlsoHired(CarHiredEvent, name="test.car_hired"):
        pass

    monkeypatch.setattr("foundation.operations.operation.OPERATIONS", {})
    declare("test.hire_car", CarHiredEvent)
    declare("test.hire_car_again", CarHiredEvent)
    with pytest.raises(ValueError, match=r"two events are named test\.car_hired"):
        declare("test.hire_it", AlsoHired)
    assert "test.hire_car" not in OPERATIONS


def test_a_look_makes_no_event() -> None:
    assert "event" not in inspect.signature(look).parameters


@pytest.mark.parametrize(
    ("name", "about", "why"),
    [
        ("hire", "driver_id", r"the letter hire is about driver_id, which test\.car_hired does not tell"),
        ("known", "hire_id", "two letters are named known"),
    ],
)
def test_a_letter_has_a_name_of_its_own_and_is_about_what_its_event_tells(
    monkeypatch: pytest.MonkeyPatch, name: str, about: str, why: str
) -> None:
    async def write(tx: Transaction, ask: WriteLetter) -> Letter:
        """Write it."""
        raise AssertionError("it is only declared")

    monkeypatch.setattr("foundation.operations.operation.OPERATIONS", {})
    writer = operation("test.write_hire_letter")(write)
    monkeypatch.delitem(LETTERS, "known", raising=False)
    letter("known", after=CarHiredEvent, about="hire_id")(writer)
    try:
        with pytest.raises(ValueError, match=why):
            letter(name, after=CarHiredEvent, about=about)(writer)
    finally:
        del LETTERS["known"]
