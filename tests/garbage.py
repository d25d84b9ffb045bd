"""What collecting tests loads and makes stays to the end: it is not searched for garbage.

Neither while it becomes more, which was two fifths of the time, nor later. What tests leave behind is.
"""

import gc

gc.disable()


def pytest_collection_finish() -> None:
    """From here on there is garbage."""
    stays_to_the_end()
    gc.enable()


def stays_to_the_end() -> None:
    """All that there is by now."""
    gc.freeze()
