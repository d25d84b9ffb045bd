"""What the tests of inventory's operations stand on."""

import pytest

from foundation.database.connections import Database
from foundation.values.messages import Caller
from tests.builders.inventory import GoodsKeeper


@pytest.fixture
async def keeper(database: Database, caller: Caller) -> GoodsKeeper:
    """Somebody who works with the goods of a company that is open for business."""
    del database  # Operations find it by themselves once it is open.
    return await GoodsKeeper(caller).open()
