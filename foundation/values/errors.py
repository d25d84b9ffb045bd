"""Refusals: what the business says no to, with a name, a sentence and what to do about it.

A refusal is final: the same request will be refused again, so nothing retries it. Everything else that goes
wrong is an outage or a defect, and is retried. A refusal carries what the API answers (RFC 9457): a stable
`type`, a title, a detail, and one entry per wrong field, so that a caller sees all that is wrong at once.
"""

import re
from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple, Self

from temporalio.exceptions import ApplicationError


class FieldError(NamedTuple):
    """One wrong field: where it is (`lines.2.quantity`), and what is wrong, in words that say what to do."""

    field: str
    message: str


class BusinessError(ApplicationError):
    """A named refusal. Subclass it beside the rule that refuses, named for the case: `OverCreditLimit`.

    It is an ApplicationError that is not retried, so that it may be raised anywhere: in a rule, an
    operation, a process or a validator, and arrives at the caller with its type and its problem details.
    """

    status: ClassVar[int] = 422

    def __init__(self, detail: str, *, errors: Iterable[tuple[str, str]] = ()) -> None:
        self.detail = detail
        self.errors = [FieldError(*error) for error in errors]
        super().__init__(detail, self.as_problem(), type=self.type_name(), non_retryable=True)

    @classmethod
    def type_name(cls) -> str:
        """The stable name of this refusal: `over-credit-limit` for `OverCreditLimit`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    def as_problem(self) -> dict[str, Any]:
        """The refusal as problem details, the same in the API's answer, in a failed step and in the log."""
        kind = self.type_name()
        problem: dict[str, Any] = {
            "type": kind,
            "title": kind.replace("-", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            "retryable": False,
        }
        if self.errors:
            problem["errors"] = [error._asdict() for error in self.errors]
        return problem


def is_refusal(error: BaseException | None) -> bool:
    """Whether an error is a refusal, also when it comes back out of Temporal and has lost its class."""
    if not isinstance(error, ApplicationError):
        return False
    problem = error.details[0] if error.details else None
    return (
        isinstance(problem, dict) and problem.get("type") == error.type and problem.get("retryable") is False
    )


def refused_with(problem: dict[str, Any]) -> ApplicationError:
    """The refusal again that was kept, or handed on, as its problem details."""
    return ApplicationError(problem["detail"], problem, type=problem["type"], non_retryable=True)


class Invalid(BusinessError):
    """Some fields of the request are wrong; `errors` names each of them."""


class NotFound(BusinessError):
    """There is no such document, or it belongs to a company the caller may not see."""

    status = 404


class Conflict(BusinessError):
    """The request contradicts what has happened already, such as a key used before for another request."""

    status = 409


class ProcessEnded(BusinessError):
    """The process has come to its end, or is on its way back; there is nothing to do to it any more."""

    status = 409

    @classmethod
    def of(cls, name: str, outcome: str | None = None) -> Self:
        """What is said of one that is over: its document's number, or its id, and how it ended."""
        return cls(f"this is over: {name} is {outcome}" if outcome else f"this is over: {name}")


class Forbidden(BusinessError):
    """The caller is known but may not do this."""

    status = 403


class Refusals:
    """Collects what is wrong with a request, field by field, and refuses once with all of it."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def add(self, field: str, message: str) -> None:
        """Note one wrong field."""
        self.errors.append(FieldError(field, message))

    def raise_if_any(self, refusal: type[BusinessError] = Invalid) -> None:
        """Refuse with everything noted so far. Refuses: the given refusal."""
        if self.errors:
            first, *others = self.errors
            more = f" (and {len(others)} more)" if others else ""
            raise refusal(f"{first.field}: {first.message}{more}", errors=self.errors)
