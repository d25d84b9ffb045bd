"""What the tests of the books stand on."""

import pytest

from foundation.database.connections import Database
from foundation.values.messages import Caller
from tests.builders.finance import Accountant
from workers import registry

# The chart of accounts names roles of every domain, also of one that a file of tests does not look at.
registry.operations()


@pytest.fixture
async def accountant(database: Database, caller: Caller) -> Accountant:
    """Somebody who keeps the books of a company that is open for business."""
    del database  # Operations find it by themselves once it is open.
    return await Accountant(caller).open()
