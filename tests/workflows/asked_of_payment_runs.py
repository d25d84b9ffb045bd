"""Commands of payment runs, each as somebody would ask for it."""

from typing import Any

from tests.builders import payment_runs, status_reports
from tests.erp import Erp
from tests.workflows.approving import NOBODYS
from tests.workflows.asked_of_orders import Asked


async def a_payment_run(erp: Erp) -> Any:
    await payment_runs.ready(erp)
    await payment_runs.owing(erp)
    return await erp.post(payment_runs.PATH, payment_runs.wanted())


async def leaving_out(erp: Erp) -> Asked:
    run = await a_payment_run(erp)
    ((invoice,),) = (payment["invoices"] for payment in run["payments"])
    body = {"version": 1, "leave_out": [invoice["invoice_id"]]}
    return f"{payment_runs.PATH}/{run['run_id']}/edits", body


async def leaving_out_what_is_not_there(erp: Erp) -> Asked:
    path, body = await leaving_out(erp)
    return path, body | {"leave_out": [NOBODYS]}


async def submitting_another_version(erp: Erp) -> Asked:
    run = await a_payment_run(erp)
    return f"{payment_runs.PATH}/{run['run_id']}/submission", {"version": 7}


async def cancelling_a_payment_run(erp: Erp) -> Asked:
    run = await a_payment_run(erp)
    return f"{payment_runs.PATH}/{run['run_id']}/cancellation", {"reason": "not now"}


async def cancelling_what_is_paid(erp: Erp) -> Asked:
    path, body = await cancelling_a_payment_run(erp)
    (run,) = (await erp.get(payment_runs.PATH))["items"]
    await erp.post(f"{payment_runs.PATH}/{run['run_id']}/submission", {"version": 1})
    await payment_runs.approved(erp, run)
    await payment_runs.until(erp, run, "posted")
    await erp.at_rest()
    return path, body


async def cancelling_a_posting(erp: Erp) -> Asked:
    path, body = await cancelling_what_is_paid(erp)
    run_id = path.split("/")[3]
    return f"/v1/runs/{erp.company}/payment_posting_run/{run_id}/cancellation", body


async def cancelling_its_advices(erp: Erp) -> Asked:
    path, body = await cancelling_what_is_paid(erp)
    run_id = path.split("/")[3]
    return f"/v1/runs/{erp.company}/payment_advice_run/{run_id}/cancellation", body


async def cancelling_its_rejections(erp: Erp) -> Asked:
    _, body = await cancelling_what_is_paid(erp)
    (run,) = (await erp.get(payment_runs.PATH))["items"]
    imported = await status_reports.reported(erp, status_reports.report(run, group="RJCT"))
    await erp.at_rest()
    return f"/v1/runs/{erp.company}/payment_rejection_run/{imported['report_id']}/cancellation", body
