"""The way to the Temporal server, the same for whoever needs it."""

from dataclasses import replace
from functools import cache
from typing import cast

from temporalio.client import Client, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.contrib.pydantic import PydanticPayloadConverter, pydantic_data_converter
from temporalio.converter import PayloadConverter
from temporalio.service import GrpcCompression, RPCError, RPCStatusCode

from foundation.settings import Settings


@cache
def _payload_converter() -> PayloadConverter:
    """One for all. The SDK asks for a new one with every activation and every command, and each would learn
    all message types anew.
    """
    return PydanticPayloadConverter()


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
        return failure.status in _AWAY
    if isinstance(failure, WorkflowUpdateRPCTimeoutOrCancelledError):
        return True
    # What a lazy client says that has never been connected: the SDK has no class for it.
    return isinstance(failure, RuntimeError) and "Failed client connect" in str(failure)


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
