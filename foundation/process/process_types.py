"""The types of processes of the business by name, found by looking into `workflows/`."""

from functools import lru_cache

from temporalio import workflow

from foundation.process.process import Process
from foundation.runtime.modules import modules_below


@lru_cache
def process_types() -> dict[str, type[Process]]:
    """Every type of process of the business by its name, in the order of names."""
    found: dict[str, type[Process]] = {}
    for module in modules_below("workflows"):
        for member in vars(module).values():
            is_process = isinstance(member, type) and issubclass(member, Process)
            if is_process and (definition := workflow._Definition.from_class(member)):
                found[definition.name or member.__name__] = member
    return {name: found[name] for name in sorted(found)}
