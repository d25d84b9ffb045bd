"""A supplier's answer that waits is decided about: once."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, text

from domains.procurement.messages.acknowledgements import AcknowledgementStatus
from domains.procurement.rules.acknowledgements import check_is_waiting
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound

_LOCKED = text("SELECT status FROM procurement.acknowledgement WHERE id = :id FOR UPDATE").bindparams(
    bindparam("id", type_=Uuid)
)
_DECIDE = text(
    "UPDATE procurement.acknowledgement SET status = :status, decided_on = :on, reason = :reason, "
    "decided_by = current_setting('perpetual.actor') WHERE id = :id"
).bindparams(bindparam("id", type_=Uuid), bindparam("on", type_=Date))


async def decide(
    tx: Transaction, acknowledgement_id: UUID, status: AcknowledgementStatus, *, on: date, reason: str
) -> None:
    """Accept or refuse it, in the name of who asks. Refuses: NotFound; NotWaiting, when somebody has, or the
    supplier has answered anew.
    """
    was = await tx.scalar(_LOCKED, {"id": acknowledgement_id})
    if was is None:
        raise NotFound(f"there is no acknowledgement {acknowledgement_id}")
    check_is_waiting(AcknowledgementStatus(was))
    asked = {"id": acknowledgement_id, "status": status.value, "on": on, "reason": reason}
    await tx.execute(_DECIDE, asked)
