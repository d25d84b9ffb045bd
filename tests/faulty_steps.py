"""Makes chosen steps fail: refused before they do anything, or repeated after they have committed."""

from dataclasses import dataclass, field
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from foundation.operations.operation import Operation
from foundation.values.errors import BusinessError
from foundation.values.messages import Call


class RefusedByTheTest(BusinessError):
    """The step was refused because a test wants to see what happens then."""


@dataclass
class FaultySteps(Interceptor):
    """Which operations of which company fail, and how."""

    refused: dict[tuple[str, str], int] = field(default_factory=dict)
    """How often the operation of the company is refused."""
    broken: dict[tuple[str, str], Exception] = field(default_factory=dict)
    """What each attempt of the operation of the company fails with, until the test takes it away."""
    repeated: set[tuple[str, str]] = field(default_factory=set)
    """The operations of the company whose answers get lost once, after they were committed."""
    lost: set[tuple[str, str]] = field(default_factory=set)
    """The operations of the company of which each answer gets lost, until the test takes that away."""
    seen: set[tuple[str, str]] = field(default_factory=set)
    """The operations taken by each company."""
    struck: set[tuple[str, tuple[str, str]]] = field(default_factory=set)
    """How which operation of which company was made to fail: `refused`, `broken`, `repeated`, `lost`."""

    def forget(self, company: str) -> None:
        """All steps of the company work again. A fault that struck nothing has shown nothing."""
        missed = [
            f"{how}: {step[1]}"
            for how in ("refused", "broken", "repeated", "lost")
            for step in getattr(self, how)
            if step[0] == company and (how, step) not in self.struck
        ]
        self.refused = {key: value for key, value in self.refused.items() if key[0] != company}
        self.broken = {key: value for key, value in self.broken.items() if key[0] != company}
        self.repeated = {key for key in self.repeated if key[0] != company}
        self.lost = {key for key in self.lost if key[0] != company}
        self.struck = {(how, step) for how, step in self.struck if step[0] != company}
        assert not missed, f"no fault ever struck {', '.join(missed)}"

    def has_repeated(self, company: str, step: str) -> bool:
        """Whether the answer of the company's operation got lost."""
        return ("repeated", (company, step)) in self.struck

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Called by the SDK for each activity."""
        return _FaultyStep(next, self)

    async def apply(self, operation: Operation[Any, Any], call: Call, command: Any) -> Any:
        """What is done for an item of a run over many."""
        step = (call.caller.company, operation.name)
        self.fail(step)
        answer = await operation(call, command)
        if step in self.repeated:
            self.struck.add(("repeated", step))
            self.repeated.remove(step)
            raise ApplicationError("the answer got lost after the commit")
        return answer

    def fail(self, step: tuple[str, str]) -> None:
        """Note that the step is taken, and raise what it is to fail with."""
        self.seen.add(step)
        if self.refused.get(step, 0) > 0:
            self.refused[step] -= 1
            self.struck.add(("refused", step))
            raise RefusedByTheTest(f"{step[1]} is refused by the test")
        if (failure := self.broken.get(step)) is not None:
            self.struck.add(("broken", step))
            raise failure


class _FaultyStep(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, faults: FaultySteps) -> None:
        super().__init__(following)
        self.faults = faults

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        call: Call = input.args[0]
        step = (call.caller.company, activity.info().activity_type)
        self.faults.fail(step)
        answer = await super().execute_activity(input)
        if step in self.faults.lost:
            self.faults.struck.add(("lost", step))
            raise ApplicationError("the answer got lost after the commit")
        if step in self.faults.repeated and activity.info().attempt == 1:
            self.faults.struck.add(("repeated", step))
            raise ApplicationError("the answer got lost after the commit")
        return answer
