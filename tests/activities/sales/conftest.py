"""What the tests of sales' operations stand on."""

import pytest

from foundation.database.connections import Database
from foundation.values.messages import Caller
from tests.builders.sales import Clerk


@pytest.fixture
async def clerk(database: Database, caller: Caller) -> Clerk:
    """Somebody who takes orders for a company that is open for business."""
    del database  # Operations find it by themselves once it is open.
    clerk = Clerk(caller)
    await clerk.open()
    return clerk
