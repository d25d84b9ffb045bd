"""Commands of changes of bank details, each as somebody would ask for it."""

from tests.builders import bank_details
from tests.builders.payment_runs import MILL
from tests.erp import Erp
from tests.workflows.asked_of_orders import Asked

WHY = {"reason": "not theirs"}


async def calling_a_change_off(erp: Erp) -> Asked:
    await erp.post("/v1/suppliers", MILL)
    await bank_details.people(erp)
    change = await bank_details.asked_for(erp, "/v1/suppliers/MILL", bank_details.elsewhere())
    return f"{bank_details.PATH}/{change['change_id']}/cancellation", WHY


async def calling_off_what_is_in_effect(erp: Erp) -> Asked:
    await erp.post("/v1/suppliers", MILL)
    change = await bank_details.changed_at_once(erp, "/v1/suppliers/MILL", bank_details.elsewhere())
    await erp.at_rest()
    return f"{bank_details.PATH}/{change['change_id']}/cancellation", WHY
