"""A real Temporal server for what time skipping cannot show: workers that die and come back."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client

from foundation.temporal import DATA_CONVERTER
from tests.servers import start_temporal_dev_server


@pytest.fixture(scope="session")
async def dev_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    """A client of a dev server of the session's own."""
    running = start_temporal_dev_server(tmp_path_factory.mktemp("temporal"))
    yield await Client.connect(running.address, data_converter=DATA_CONVERTER)
    running.stop()
