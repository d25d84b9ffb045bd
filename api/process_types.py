"""The types of processes by name, for what they declare: which commands they take."""

from collections.abc import Iterator
from functools import lru_cache

from temporalio import workflow

from foundation.process.process import Process
from foundation.runtime.modules import modules_below


@lru_cache
def process_types() -> dict[str, type[Process]]:
    """Every type of process of the business by its name."""
    modules_below("workflows")
    definitions = ((kind, workflow._Definition.from_class(kind)) for kind in _below(Process))
    return {one.name: kind for kind, one in definitions if one is not None and one.name is not None}


def _below(kind: type[Process]) -> Iterator[type[Process]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)
