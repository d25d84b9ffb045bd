"""What had settled a document was taken back: nothing else settles it before that day.

Otherwise it would be settled twice on the days between, and no report of them could be right.
"""

from domains.ledger.messages import Opened
from foundation.values.errors import BusinessError


class StillSettled(BusinessError):
    """On that day the document was settled, or the money used: that was taken back later; `errors` names the
    field.
    """


def still_settled(field: str, opened: Opened, reversal: str) -> StillSettled:
    """The refusal of a day before the one on which a `reversal` has opened the document again."""
    why = (
        f"{opened.number} was settled until {opened.again_on}, when {reversal} took that back: "
        "name that day or a later one"
    )
    return StillSettled(f"{field}: {why}", errors=[(field, why)])
