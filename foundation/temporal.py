"""The way to the Temporal server, the same for whoever needs it."""

from temporalio.client import Client
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import GrpcCompression

from foundation.settings import Settings


async def connect(settings: Settings) -> Client:
    """A client with our data converter. Compression is off: between neighbours it only costs CPU."""
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
        grpc_compression=GrpcCompression.NONE,
        interceptors=[TracingInterceptor()] if settings.otlp_endpoint else [],
    )
