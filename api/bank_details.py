"""Changes of bank details: what waits, what it would change, and that it is not wanted after all."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body

from api import processes
from api.door import Asked, AskedRequest, Router, allows
from api.lists import add_list
from domains.master_data import bank_details as queries
from domains.master_data.bank_details import BankDetailsChangeView
from domains.master_data.messages.bank_details import BankDetailsChangeCancellation
from foundation.values.messages import Stage

router = Router(prefix="/v1/bank-details-changes", tags=["Master data"])

READ = allows("master_data.bank_details_change.read")
EXAMPLES: dict[str, Any] = {
    "not asked for": {
        "summary": "The supplier says that it has not asked for it",
        "value": {"reason": "called back: the letter is not theirs"},
    }
}

add_list(router, queries.BANK_DETAILS_CHANGES, READ)


@router.get("/{change_id}", dependencies=[READ])
async def one_bank_details_change(change_id: UUID, asked: Asked) -> BankDetailsChangeView:
    """One change: from which accounts to which, and who has one of the new ones as well. Those of an
    employee are shown at `/v1/pay-account-changes/{id}`, to few. It begins when the record is changed.
    """
    return await _view(asked, change_id)


@router.post("/{change_id}/cancellation", dependencies=[allows("master_data.bank_details_change.cancel")])
async def cancel_bank_details_change(
    change_id: UUID,
    why: Annotated[BankDetailsChangeCancellation, Body(openapi_examples=EXAMPLES)],
    asked: Asked,
) -> BankDetailsChangeView:
    """Nothing is changed: money goes where it went. Not once it has taken effect."""
    process_id = processes.process_id_of(asked, "bank_details_change", change_id)
    await processes.command(asked, process_id, "cancel", why, Stage)
    return await _view(asked, change_id)


async def _view(asked: AskedRequest, change_id: UUID) -> BankDetailsChangeView:
    async with asked.read() as tx:
        return await queries.bank_details_change(tx, change_id)


routers = [router]
