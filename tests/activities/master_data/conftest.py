"""What the tests of master data's operations stand on."""

import pytest

from foundation.database.connections import Database
from foundation.values.messages import Caller
from tests.builders.master_data import Registrar


@pytest.fixture
async def registrar(database: Database, caller: Caller) -> Registrar:
    """Somebody who keeps the records of a company that has some."""
    del database  # Operations find it by themselves once it is open.
    return await Registrar(caller).open()
