"""The way to the Temporal server, the same for whoever needs it."""

from dataclasses import replace
from functools import cache, lru_cache
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic_core import from_json
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter, pydantic_data_converter
from temporalio.converter import (
    CompositePayloadConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
    PayloadConverter,
)
from temporalio.service import GrpcCompression, RPCError, RPCStatusCode

from foundation.runtime.settings import Settings
from foundation.values.versions import INSIDE


class _FromAnyVersion(PydanticJSONPlainPayloadConverter):
    """Leaves out fields that this version does not know: see `versions`."""

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """Called by the SDK."""
        kind = Any if type_hint is None else _nearest(type_hint, payload.data)
        return _reader_of(kind).validate_json(payload.data, extra="ignore", context=INSIDE)


def _nearest(kind: Any, data: bytes) -> Any:
    """Of several messages that may come the one with most of the fields that came; else what may come.

    To read them as a union, all had to be known, and some are other classes in each run of a process.
    """
    messages = get_args(kind) if get_origin(kind) in (Union, UnionType) else ()
    if not messages or not all(isinstance(one, type) and issubclass(one, BaseModel) for one in messages):
        return kind
    came = from_json(data)
    if not isinstance(came, dict):
        return kind
    return max(messages, key=lambda one: len(one.model_fields.keys() & came.keys()))


# Bounded: in the SDK's sandbox each run of a process has message classes of its own.
@lru_cache(maxsize=1024)
def _reader_of(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@cache
def _payload_converter() -> PayloadConverter:
    """One for all. The SDK asks for a new one with every activation and every command, and each would learn
    all message types anew.
    """
    converters = DefaultPayloadConverter.default_encoding_payload_converters
    return CompositePayloadConverter(
        *(_FromAnyVersion() if isinstance(one, JSONPlainPayloadConverter) else one for one in converters)
    )


DATA_CONVERTER = replace(
    pydantic_data_converter,
    # Declared as a class, used as what gives a converter.
    payload_converter_class=cast(type[PayloadConverter], _payload_converter),
)


_AWAY = {
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.CANCELLED,
    # It has too much to do, or a process has as many commands in flight as it takes at once.
    RPCStatusCode.RESOURCE_EXHAUSTED,
}


def is_away(failure: BaseException) -> bool:
    """Whether a call failed because Temporal did not answer at all."""
    if isinstance(failure, RPCError):
        return failure.status in _AWAY or _has_no_namespace(failure)
    if isinstance(failure, WorkflowUpdateRPCTimeoutOrCancelledError):
        return True
    # What a lazy client says that has never been connected: the SDK has no class for it.
    return isinstance(failure, RuntimeError) and "Failed client connect" in str(failure)


def is_unknown(failure: BaseException) -> bool:
    """Whether Temporal answers that it does not know what it is asked about."""
    if not isinstance(failure, RPCError) or _has_no_namespace(failure):
        return False
    return failure.status is RPCStatusCode.NOT_FOUND


def _has_no_namespace(failure: RPCError) -> bool:
    """A server that has just started knows no namespace for a moment, and so no process."""
    return failure.status is RPCStatusCode.NOT_FOUND and str(failure).lower().startswith("namespace ")


_FAILING = ("workflow task in failed state", "unexpected workflow task failure")
"""How Temporal says it: of tasks that go on failing, and of the one that the command had come with."""


def is_stuck(failure: BaseException) -> bool:
    """Whether Temporal does not pass on a command because its process's tasks fail: it is noted as an
    exception (`failing_tasks`), and the command is sent again until it works.
    """
    return isinstance(failure, RPCError) and any(words in str(failure).lower() for words in _FAILING)


def will_never_be_taken(failure: BaseException) -> bool:
    """Whether Temporal refuses what it is sent, whenever that comes again: it is too large, say.

    Not when a search attribute is not registered: then it is not the request that must be mended.
    """
    is_refused = isinstance(failure, RPCError) and failure.status is RPCStatusCode.INVALID_ARGUMENT
    return is_refused and "search attribute" not in str(failure).lower()


async def connect(settings: Settings, *, lazy: bool = False) -> Client:
    """A client with our data converter. Compression is off: between neighbours it only costs CPU.

    A lazy one connects when it is first used: whoever has it starts also while Temporal is away.
    """
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=DATA_CONVERTER,
        grpc_compression=GrpcCompression.NONE,
        lazy=lazy,
        interceptors=[TracingInterceptor()] if settings.otlp_endpoint else [],
    )
