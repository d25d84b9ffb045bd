"""What a process is told is taken in order: facts as they came, commands by number, none passed over."""

import pytest

from foundation.operations.mailbox import AnsweredBefore, Event, Mailbox
from foundation.values.messages import Caller, Message

CLERK = Caller(company="ACME", actor="clerk", correlation_id="1")


def a_command(kind: str, number: int) -> Event:
    return Event(kind, Message(), number, CLERK)


def a_fact(kind: str, number: int) -> Event:
    return Event(kind, Message(), number)


def taken(mailbox: Mailbox) -> list[str]:
    """The kinds of all that can be taken now, in that order."""
    kinds = []
    while (event := mailbox.next()) is not None:
        mailbox.take(event)
        kinds.append(event.kind)
    return kinds


def test_commands_are_taken_by_their_numbers_however_they_come() -> None:
    mailbox = Mailbox()
    for event in (a_command("pay", 3), a_command("ship", 2), a_command("cancel", 4)):
        mailbox.put(event)

    assert taken(mailbox) == ["ship", "pay", "cancel"]


def test_a_command_waits_for_the_one_before_it() -> None:
    mailbox = Mailbox()
    mailbox.put(a_command("pay", 3))
    assert taken(mailbox) == []

    mailbox.put(a_command("ship", 2))
    assert taken(mailbox) == ["ship", "pay"]


def test_what_goes_past_the_mailbox_is_waited_for_no_more() -> None:
    mailbox = Mailbox()
    mailbox.pass_by(3)  # A decision, before the shipment has come.
    mailbox.put(a_command("pay", 4))
    assert taken(mailbox) == []

    mailbox.put(a_command("ship", 2))
    assert taken(mailbox) == ["ship", "pay"]


def test_what_was_given_after_a_decision_waits_until_the_decision_has_had_its_effect() -> None:
    mailbox = Mailbox()
    mailbox.put(a_command("ship", 3))
    mailbox.put(a_command("by an operator", 0))
    mailbox.go_past(2)
    with mailbox.before_others(2):
        assert taken(mailbox) == ["by an operator"]

    assert taken(mailbox) == ["ship"]


def test_facts_are_taken_before_commands_and_some_later() -> None:
    mailbox = Mailbox()
    for event in (a_command("ship", 2), a_fact("set aside", 70), a_fact("settled", 61)):
        mailbox.put(event)

    first = mailbox.next(later={"set aside"})

    assert first is not None
    assert first.kind == "settled"
    assert taken(mailbox) == ["set aside", "settled", "ship"]


def test_a_command_without_a_number_waits_for_nobody() -> None:
    mailbox = Mailbox()
    mailbox.put(a_command("ship", 0))

    assert taken(mailbox) == ["ship"]


def test_what_is_left_is_given_once() -> None:
    mailbox = Mailbox()
    mailbox.put(a_command("pay", 9))

    assert [event.kind for event in mailbox.rest()] == ["pay"]
    assert mailbox.rest() == []


def test_what_is_given_back_is_taken_by_the_next_run_and_nothing_after_it_a_second_time() -> None:
    mailbox, next_run = Mailbox(), Mailbox()
    for number in (2, 3, 4):
        mailbox.go_past(number)

    mailbox.give_back(3)
    next_run.go_on_from(mailbox.taken("a process"), ())

    next_run.put(a_command("pay", 5))
    assert taken(next_run) == []
    for number in (2, 4):
        with pytest.raises(AnsweredBefore):
            next_run.admit(number)
    next_run.go_past(3)
    assert taken(next_run) == ["pay"]
