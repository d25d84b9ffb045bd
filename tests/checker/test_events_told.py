"""A company that has done everything has told of everything: each event was made by an operation that ran."""

from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy import select

from foundation.database.connections import database
from foundation.database.tables import OperationLog
from foundation.operations.operation import events
from foundation.values.events import PublicEvent
from tests.builders.payroll import company_in_dollars
from tests.erp import Erp
from workers import registry

registry.operations()
MADE = [(name, event) for name, made in events().items() if not name.startswith("test.") for event in made]


@pytest.fixture(scope="session")
async def told(traded: Erp) -> dict[tuple[str, str], list[Any]]:
    """All payloads that the logs of the company, and of the one in dollars beside it, have, by the operation
    that made them and the event's name.
    """
    payloads = defaultdict(list)
    for company in (traded.company, company_in_dollars(traded.company)):
        log = select(OperationLog.name, OperationLog.request, OperationLog.answer).where(
            OperationLog.company_id == company, OperationLog.status == "applied"
        )
        async with database().read(company) as tx:
            for row in await tx.execute(log):
                for event in events().get(row.name, ()):
                    if (payload := event.payload(row.request, row.answer)) is not None:
                        payloads[row.name, event.event_name].append(payload)
    return payloads


@pytest.mark.parametrize(("operation", "event"), MADE)
def test_every_event_is_made_by_an_operation_that_has_run(
    operation: str, event: type[PublicEvent], told: dict[tuple[str, str], list[Any]]
) -> None:
    payloads = told[operation, event.event_name]

    assert payloads, f"no test has published {event.event_name}: see tests/checker/conftest.py"
    for payload in payloads:
        assert event.model_validate(payload, strict=False).model_dump(mode="json") == payload


def test_every_field_of_every_event_was_filled_once(told: dict[tuple[str, str], list[Any]]) -> None:
    empty = [
        f"{event.event_name}: {field}"
        for operation, event in MADE
        for field in event.model_fields
        if all(payload[field] in (None, []) for payload in told[operation, event.event_name])
    ]

    assert not empty, "\n".join(empty)
