"""The process that does nothing, which the benchmark measures ours against, can be run."""

from temporalio import workflow

from benchmarks.empty_process import EmptyProcess
from workers import registry


async def test_the_sandbox_of_our_workers_can_load_it() -> None:
    definition = workflow._Definition.from_class(EmptyProcess)

    assert definition is not None
    registry.sandbox().prepare_workflow(definition)
