"""Which day it is for a company: its time zone is remembered for a minute."""

import time
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from domains.identity.messages import ALL_COMPANIES
from domains.master_data import queries
from foundation.database.connections import database
from foundation.values.errors import NotFound

REMEMBERED_SECONDS = 60.0
MOST_COMPANIES = 10_000
_known: dict[str, tuple[tzinfo, float]] = {}


async def time_zone_of(company: str) -> tzinfo:
    """Where a company's today is; UTC for what belongs to no company, or to one that there is not yet."""
    zone, until = _known.get(company, (UTC, 0.0))
    if company == ALL_COMPANIES or until > time.monotonic():
        return zone
    try:
        async with database().read(company) as tx:
            zone = ZoneInfo((await queries.company(tx)).time_zone)
    except NotFound:
        return UTC
    if len(_known) > MOST_COMPANIES:
        _known.clear()
    _known[company] = zone, time.monotonic() + REMEMBERED_SECONDS
    return zone
