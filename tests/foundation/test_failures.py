"""What tells an outage from a defect, and how soon each is tried again."""

import asyncio
from datetime import timedelta
from socket import gaierror

import asyncpg
import pytest
from pydantic import ValidationError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime
from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import TimeoutError as AttemptTookTooLong
from temporalio.service import RPCError

from foundation.runtime import failures

OUTAGES: list[type[BaseException]] = [
    asyncpg.PostgresConnectionError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DiskFullError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.QueryCanceledError,
    asyncpg.DeadlockDetectedError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    ConnectionRefusedError,
    ConnectionResetError,
    BrokenPipeError,
    gaierror,
    TimeoutError,
    asyncio.TimeoutError,
    NoConnectionInTime,
    AttemptTookTooLong,
    RPCError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
]
DEFECTS: list[type[BaseException]] = [
    ValidationError,
    AssertionError,
    KeyError,
    LookupError,
    FileNotFoundError,
    PermissionError,
    asyncpg.UniqueViolationError,
    asyncpg.CheckViolationError,
    asyncpg.UndefinedColumnError,
    asyncpg.UndefinedFileError,
    asyncpg.InsufficientPrivilegeError,
]


@pytest.mark.parametrize("kind", OUTAGES, ids=lambda kind: kind.__name__)
def test_what_is_over_when_a_server_is_back_is_an_outage(kind: type[BaseException]) -> None:
    assert failures.is_outage(kind.__name__)


@pytest.mark.parametrize("kind", DEFECTS, ids=lambda kind: kind.__name__)
def test_what_somebody_must_mend_is_a_defect(kind: type[BaseException]) -> None:
    assert not failures.is_outage(kind.__name__)


def test_an_outage_is_tried_again_every_half_minute_however_long_it_lasts_and_a_defect_ever_less() -> None:
    outage, defect = failures.Pauses(), failures.Pauses()

    outages = [outage.after("ConnectionDoesNotExistError") for _ in range(3000)]
    defects = [defect.after("ValidationError") for _ in range(20)]

    assert max(outages) == timedelta(seconds=30)
    assert outages[:3] == [timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4)]
    assert defects[-1] == timedelta(hours=1)
    assert defects == sorted(defects)


def test_a_defect_that_shows_after_a_long_outage_begins_with_short_pauses() -> None:
    pauses = failures.Pauses()
    for _ in range(100):
        pauses.after("AdminShutdownError")

    assert pauses.after("KeyError") == timedelta(seconds=1)
