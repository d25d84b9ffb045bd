"""Modules: those of a package, found by looking; and how a program loads many."""

import gc
import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


def modules_below(package: str) -> list[ModuleType]:
    """The package and every module in it, imported, by name."""
    found = importlib.import_module(package)
    inside = getattr(found, "__path__", ())  # One file is a package of one module.
    below = sorted(one.name for one in pkgutil.walk_packages(inside, f"{package}."))
    return [found, *(importlib.import_module(name) for name in below)]


@contextmanager
def loading() -> Iterator[None]:
    """For what a program imports at its start: it stays, and nothing of it is garbage.

    The collector goes through all that there is again and again while it becomes more, which was a fifth of
    what the API took to start. Afterwards it never looks at it again.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
