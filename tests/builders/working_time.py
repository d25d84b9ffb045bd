"""Rules for working time as tests ask for them."""

from typing import Any

from tests.erp import Erp

PATH = "/v1/time-rules"
WORKSHOP: dict[str, Any] = {
    "code": "WORKSHOP",
    "name": "Workshop",
    "versions": [
        {
            "valid_from": "2026-01-01",
            "most_minutes_a_day": 480,
            "most_minutes_a_week": 2400,
            "night_from": "20:00",
            "night_to": "06:00",
        }
    ],
}


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at says of working time."""
    await erp.post(PATH, WORKSHOP)
