"""What waits because it could not be done: a step that fails, until it works or a person decides."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

from pydantic import BaseModel

from foundation.values.errors import BusinessError
from foundation.values.messages import Message, Text, day_of

AnyMessage = TypeVar("AnyMessage", bound=BaseModel)


class NothingToRepair(BusinessError):
    """The process has no parked step, or not one that can be repaired so."""

    status = 409


class StepAborted(BusinessError):
    """A person gave a failing step up; what was done before it is taken back."""


class Repair(Message):
    """What to do with a parked step: try it again now; go on without it; or give the process up and take back
    what was done.
    """

    action: Literal["retry", "skip", "abort"]
    reason: Text = ""
    posted_on: date | None = None
    """Try it again on another day than it was to be posted on: that one cannot be posted on any more."""


@dataclass(eq=False)
class Parked:
    """A step, and what is to be known of it when it cannot be done."""

    title: str
    key: str
    ways: frozenset[str]
    """What a person may decide about it."""
    has_a_day: bool = False
    """Whether it is posted on a day, which a person may set."""
    exception: str = ""
    failure: str = ""
    is_noted: bool = False
    """Whether our books say what went wrong, too."""
    is_tried: bool = False
    """Whether an attempt is under way, whose end shows whether there is anything to repair."""
    stopped_at: int | None = None
    """If it is a defect of ours: where the run is begun again. The process takes no other step meanwhile."""
    repair: Repair | None = None
    """What a person has decided, and the step has not done yet."""
    posted_on: date | None = None
    """Another day on which it is to be posted, since a person has decided so."""

    def corrected(self, command: AnyMessage) -> AnyMessage:
        """What the step is asked, with the day that a person has set."""
        if self.posted_on is None:
            return command
        return command.model_copy(update={day_of(command): self.posted_on})

    def fails_of(self, problem: str, failure: str) -> bool:
        """Note what went wrong; whether it is something else than before."""
        is_new = (self.exception, self.failure) != (problem, failure)
        self.exception, self.failure = problem, failure
        self.is_noted = self.is_noted and not is_new
        return is_new

    def check(self, repair: Repair) -> None:
        """Refuses: NothingToRepair, when that is no way out, or nobody says why it is taken."""
        if repair.action not in self.ways:
            if self.stopped_at is not None and repair.action == "retry":
                raise NothingToRepair(
                    "a retry begins the process again before its defect: ask the API for it"
                )
            ways = self.ways | {"retry"}
            raise NothingToRepair(
                f"{repair.action} is no way out of this step, only: {', '.join(sorted(ways))}. "
                "Remove what is in its way, then retry"
            )
        if repair.posted_on is not None and not (self.has_a_day and repair.action == "retry"):
            raise NothingToRepair(
                "posted_on is for the retry of a step that is posted on a day: leave it out"
            )
        if (repair.action != "retry" or repair.posted_on is not None) and not repair.reason:
            what = "post on another day" if repair.posted_on is not None else f"{repair.action} a step"
            raise NothingToRepair(f"say why: to {what} needs a reason")


def check_parked(parked: object) -> None:
    """Refuses: NothingToRepair, when nothing is parked."""
    if parked is None:
        raise NothingToRepair("nothing is parked here")
