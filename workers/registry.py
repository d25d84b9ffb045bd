"""What a worker runs: every process in `workflows/` and operation in `activities/`, found by looking."""

from collections.abc import Callable
from typing import Any

from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from foundation.operations.operation import OPERATIONS
from foundation.process.process import Process
from foundation.process.process_types import process_types
from foundation.runtime.modules import modules_below

# Checked elsewhere and the same for every process: only `workflows` itself is loaded anew for each run.
PASSED_THROUGH = (
    "activities",
    "domains",
    "foundation",
    "sqlalchemy",
    "asyncpg",
    "structlog",
    "opentelemetry",
    "greenlet",
    "cryptography",  # Opens what is sealed: its own code cannot be loaded twice.
)


def processes() -> list[type[Process]]:
    """Every process of the business, by name; and the operations, some of which are steps found by name."""
    operations()
    return list(process_types().values())


def operations() -> list[Callable[..., Any]]:
    """Every operation as an activity, by name."""
    modules_below("activities")
    return [OPERATIONS[name].activity for name in sorted(OPERATIONS)]


def sandbox() -> WorkflowRunner:
    """The SDK's sandbox, which catches clocks, randomness and files in processes."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)
