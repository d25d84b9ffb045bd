"""The day of a whole run of tests: its companies lie where midnight is far, so that none comes upon them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_BEGAN = datetime.now(UTC)

# Where it is noon as the tests begin, and the date that of UTC. (POSIX counts what is west as ahead.)
TIME_ZONE = f"Etc/GMT{_BEGAN.hour - 12:+d}"
ZONE = ZoneInfo(TIME_ZONE)
TODAY = datetime.now(ZONE).date()


def in_days(days: int) -> str:
    """The day that is so many days from today, as a request writes it."""
    return (TODAY + timedelta(days=days)).isoformat()
