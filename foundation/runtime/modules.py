"""What is found by looking: all modules of a package."""

import importlib
import pkgutil
from types import ModuleType


def modules_below(package: str) -> list[ModuleType]:
    """The package and every module in it, imported, by name."""
    found = importlib.import_module(package)
    inside = getattr(found, "__path__", ())  # One file is a package of one module.
    below = sorted(one.name for one in pkgutil.walk_packages(inside, f"{package}."))
    return [found, *(importlib.import_module(name) for name in below)]
