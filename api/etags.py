"""Which version of a record a change is based on: the one that its ETag names, in the header If-Match."""

from foundation.database.records import ChangedMeanwhile
from foundation.values.errors import BusinessError

LARGEST = 2**31 - 1
"""No version is larger than the database counts."""


class VersionMissing(BusinessError):
    """A change must say which version it is based on, in the header If-Match."""

    status = 428


def version_seen(if_match: str | None, what: str) -> int:
    """The version that whoever changes a record has read. Whether it is that still, says the operation: the
    same request may have changed it before, and got no answer.

    Refuses: VersionMissing; ChangedMeanwhile, for what is no version.
    """
    if if_match is None:
        raise VersionMissing("send the ETag that you read in the header If-Match, so that no change is lost")
    digits = if_match.removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20 and int(digits) <= LARGEST):
        raise ChangedMeanwhile(f"{what} has no version {if_match[:40]}; read it again")
    return int(digits)
