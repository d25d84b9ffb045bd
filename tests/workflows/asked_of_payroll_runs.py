"""Commands of payroll runs, each as somebody would ask for it, in a company of the United States."""

from typing import Any

from tests.builders import payroll
from tests.erp import Erp
from tests.workflows.asked_of_orders import Asked


async def a_payroll_run(erp: Erp) -> Any:
    """A computed run of one person; what is asked next is asked of the company that has it."""
    own = await payroll.in_dollars(erp)
    erp.company, erp.keys = own.company, erp.keys | own.keys
    await payroll.hired(erp)
    return await payroll.calculated(erp, await erp.post(payroll.PATH, payroll.wanted()))


async def leaving_somebody_out(erp: Erp) -> Asked:
    run = await a_payroll_run(erp)
    body = {"version": run["version"], "leave_out": ["E-1"]}
    return f"{payroll.PATH}/{run['run_id']}/edits", body


async def leaving_nobody_known_out(erp: Erp) -> Asked:
    path, body = await leaving_somebody_out(erp)
    return path, body | {"leave_out": ["NOBODY"]}


async def submitting_another_payroll(erp: Erp) -> Asked:
    run = await a_payroll_run(erp)
    return f"{payroll.PATH}/{run['run_id']}/submission", {"version": 7}


async def cancelling_a_paid_payroll(erp: Erp) -> Asked:
    run = await a_payroll_run(erp)
    await erp.post(f"{payroll.PATH}/{run['run_id']}/submission", {"version": run["version"]})
    await payroll.approved(erp, run)
    await payroll.until(erp, run, lambda now: now["status"] == "sealed")
    await erp.at_rest()
    return f"{payroll.PATH}/{run['run_id']}/cancellation", {"reason": "not now"}


async def cancelling_what_was_computed(erp: Erp) -> Asked:
    run = await a_payroll_run(erp)
    name = f"{run['run_id']}-payslips_calculated-1"
    return f"/v1/runs/{erp.company}/payslips_run/{name}/cancellation", {"reason": "not now"}
