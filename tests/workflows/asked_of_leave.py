"""Commands of requests for leave, each as somebody would ask for it."""

from tests.builders import leave
from tests.erp import Erp
from tests.workflows.asked_of_orders import Asked

WHY = {"reason": "no need"}


async def cancelling_leave(erp: Erp) -> Asked:
    await leave.ready(erp)
    await leave.granted(erp)
    request = await leave.asked_for(erp)
    await leave.until(erp, request, "submitted")
    return f"{leave.PATH}/{request['leave_id']}/cancellation", WHY


async def cancelling_approved_leave(erp: Erp) -> Asked:
    path, body = await cancelling_leave(erp)
    (request,) = (await erp.get(leave.PATH))["items"]
    await leave.decided(erp, request)
    await leave.until(erp, request, "approved")
    return path, body
