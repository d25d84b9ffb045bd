"""Which failures of a step are outages, and how soon what failed is tried again.

An outage is over when a server is back: what waits for it goes on within half a minute, however long it was
away. A defect is there until somebody has mended something: it is tried less and less often. A refusal is
neither, and is not tried again (`errors`).

A failure arrives in a process as the name of its class (`ApplicationError.type`), so that names are what is
told apart here.
"""

import builtins
from collections.abc import Iterator
from datetime import timedelta

from asyncpg import exceptions as postgres
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

# SQLSTATE says what went wrong: https://www.postgresql.org/docs/current/errcodes-appendix.html
_OUT_OF_REACH = (
    "08",  # The connection was lost, or not made.
    "53",  # Too many connections, no memory, a full disk.
    "57",  # Shut down, starting up, cut off by an administrator or by a timeout.
    "58000",  # The server's own disk.
    "58030",
    "25006",  # The server only reads: another one has been made the first.
    "25P03",  # A transaction that stood still was cut off.
    "25P04",
    "40",  # Two transactions got into each other's way, again and again.
    "55P03",
)
_CUT_OFF = ("57014", "55P03", "40", "25P03", "25P04")
_NO_FILE = {
    "FileExistsError",
    "FileNotFoundError",
    "IsADirectoryError",
    "NotADirectoryError",
    "PermissionError",
}


def _of_postgres(states: tuple[str, ...]) -> Iterator[str]:
    for name, kind in vars(postgres).items():
        state = getattr(kind, "sqlstate", None) if isinstance(kind, type) else None
        if state and state.startswith(states):
            yield name


def _of_the_system() -> Iterator[str]:
    for name, kind in vars(builtins).items():
        if isinstance(kind, type) and issubclass(kind, OSError) and name not in _NO_FILE:
            yield name


OUTAGES = frozenset(
    {
        *_of_postgres(_OUT_OF_REACH),
        *_of_the_system(),
        # The driver has lost its connection, or the pool has none to give in time.
        "InterfaceError",
        "InternalClientError",
        "DisconnectionError",
        "OperationalError",
        "gaierror",
        # An attempt took too long: a server that hangs, or a worker that died over it.
        "TimeoutError",
        # Temporal, asked by an operation.
        "RPCError",
        "RPCTimeoutOrCancelledError",
        "WorkflowUpdateRPCTimeoutOrCancelledError",
    }
)

DEFECT = "defect: "
"""What the class of a defect in a process itself begins with."""
CUT_OFF = frozenset({*_of_postgres(_CUT_OFF), "TimeoutError"})
"""Outages that may be one statement's own: it took too long, or got into another's way."""
OUTAGE_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 4, 8, 15, 30))
"""In the first minute often enough that a restart of the database is over within seconds."""
DEFECT_PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (1, 2, 4, 8, 8, 15, 15, 15, 30, 60, 60, 300, 900, 3600)
)


def cause_of(failure: FailureError) -> BaseException | None:
    """What failed: a local activity's failure arrives bare, a regular one's inside an ActivityError."""
    return failure.cause if isinstance(failure, ActivityError) else failure


def kind_of(cause: BaseException) -> str:
    """The name of what went wrong: a refusal's, or that of an exception's class."""
    return cause.type if isinstance(cause, ApplicationError) and cause.type else type(cause).__name__


def said_by(cause: BaseException) -> str:
    """What went wrong, in the words of who found it."""
    return cause.message if isinstance(cause, FailureError) else str(cause)


def is_outage(kind: str) -> bool:
    """Whether a failure of this name is over when a server is back."""
    return kind in OUTAGES


def is_server_away(kind: str) -> bool:
    """Whether whatever is tried next would fail, too."""
    return kind in OUTAGES - CUT_OFF


class Pauses:
    """How long to wait before each further try: each kind of failure has its own place in its row."""

    def __init__(self) -> None:
        self._outages = 0
        self._defects = 0

    def after(self, kind: str) -> timedelta:
        """The pause after one more failure of this name."""
        if is_outage(kind):
            self._outages += 1
            return _nth(OUTAGE_PAUSES, self._outages)
        self._defects += 1
        return _nth(DEFECT_PAUSES, self._defects)


def _nth(pauses: tuple[timedelta, ...], number: int) -> timedelta:
    return pauses[min(number, len(pauses)) - 1]
