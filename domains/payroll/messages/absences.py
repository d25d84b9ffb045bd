"""Absences without pay, as payroll is told of them: days of a person, and nothing of why."""

from datetime import date
from uuid import UUID

from foundation.values.messages import Code, Message


class NoteAbsence(Message):
    """Somebody is not paid for these days, the first and the last included."""

    absence_id: UUID
    reference: str
    """The number of what says so."""
    employee_code: Code
    starts_on: date
    ends_on: date


class WithdrawAbsence(Message):
    """The days are paid after all. There may be no absence of that id: then nothing is to be done."""

    absence_id: UUID


class AbsenceNoted(Message):
    """Whether the days lower what the person is paid."""

    absence_id: UUID
    stands: bool
