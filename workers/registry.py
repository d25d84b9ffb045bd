"""What a worker runs: every process in `workflows/` and operation in `activities/`, found by looking."""

from collections.abc import Callable
from typing import Any

from temporalio import workflow
from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from foundation.operations.operation import OPERATIONS
from foundation.process.process import Process
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
)


def processes() -> list[type[Process]]:
    """Every process of the business, by name; and the operations, some of which are steps found by name."""
    operations()
    found: dict[str, type[Process]] = {}
    for module in modules_below("workflows"):
        for member in vars(module).values():
            is_process = isinstance(member, type) and issubclass(member, Process)
            if is_process and (definition := workflow._Definition.from_class(member)):
                found[definition.name or member.__name__] = member
    return [found[name] for name in sorted(found)]


def operations() -> list[Callable[..., Any]]:
    """Every operation as an activity, by name."""
    modules_below("activities")
    return [OPERATIONS[name].activity for name in sorted(OPERATIONS)]


def sandbox() -> WorkflowRunner:
    """The SDK's sandbox, which catches clocks, randomness and files in processes."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)
