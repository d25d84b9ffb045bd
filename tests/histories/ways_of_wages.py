"""Ways of payment runs that pay wages, and of the runs that post them."""

from dataclasses import replace

from tests.builders import wages
from tests.histories.scene import Scene, way_that_varies


@way_that_varies
async def wages_paid_by_a_run(scene: Scene) -> tuple[str, ...]:
    """The net pay of two people, and how it was posted."""
    own = await wages.ready_to_pay(scene.erp)
    payroll = await wages.a_sealed_run(own, "E-1", "E-2")
    await wages.paid(own, await wages.proposed(own, payroll))
    of_own = replace(scene, erp=own)
    (process,) = await of_own.until_ended("payment_run")
    (posting,) = await of_own.until_ended("payment_posting_run")
    return process, posting
