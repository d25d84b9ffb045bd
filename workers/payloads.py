"""Spares the SDK a search that finds nothing.

The SDK goes through every activation and every completion of a process three times, for payloads that a codec
or an external storage has to change; also where the data converter has neither, which was 27 % of a worker's
Python. Version 1.35 has no switch for it (docs/decisions/0013-no-search-for-payloads.md). So its two
functions are replaced by ones that look first whether there is anything to do, and leave the rest to them.
"""

import inspect
from collections.abc import Callable
from typing import Any

from temporalio.bridge import worker as bridge
from temporalio.converter import DataConverter
from temporalio.converter._extstore import StorageOperationMetrics

SEARCHES = {
    "decode_activation": ("activation", "data_converter", "decode_headers", "storage_concurrency_limit"),
    "encode_completion": ("completion", "data_converter", "encode_headers", "storage_concurrency_limit"),
}
"""The SDK's functions, each with its parameters as we know it: another one is left as it is."""


def spare_the_search() -> None:
    """Search for payloads only where a data converter has a codec or an external storage."""
    for name, parameters in SEARCHES.items():
        search = getattr(bridge, name, None)
        if search is not None and tuple(inspect.signature(search).parameters) == parameters:
            setattr(bridge, name, _only_where_needed(search))


def _only_where_needed(search: Callable[..., Any]) -> Callable[..., Any]:
    async def asked_first(message: Any, data_converter: DataConverter, *rest: Any, **named: Any) -> Any:
        if data_converter.payload_codec is None and data_converter.external_storage is None:
            return StorageOperationMetrics()
        return await search(message, data_converter, *rest, **named)

    return asked_first
