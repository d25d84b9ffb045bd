"""The ways of leave whose histories are kept."""

from tests.builders.leave import approved, asked_for, cancelled, decided, granted, ready, taken_back, until
from tests.histories.scene import Scene, way, way_that_varies


async def _ended(scene: Scene, process: str = "leave_request") -> str:
    (found,) = await scene.until_ended(process)
    return found


async def _with_leave(scene: Scene) -> None:
    await ready(scene.erp)
    await granted(scene.erp)


@way_that_varies
async def leave_approved(scene: Scene) -> str:
    """The manager says yes to days without pay."""
    await _with_leave(scene)
    await approved(scene.erp, leave_type_code="UNPAID")
    return await _ended(scene)


@way
async def leave_rejected(scene: Scene) -> str:
    """The manager says no."""
    await _with_leave(scene)
    await decided(scene.erp, await asked_for(scene.erp), approved=False)
    return await _ended(scene)


@way
async def leave_cancelled(scene: Scene) -> str:
    """It is not taken after all, while the manager is asked."""
    await _with_leave(scene)
    request = await asked_for(scene.erp)
    await until(scene.erp, request, "submitted")
    await cancelled(scene.erp, request)
    return await _ended(scene)


@way
async def leave_written_down(scene: Scene) -> str:
    """Somebody is ill: nobody is asked."""
    await _with_leave(scene)
    await until(scene.erp, await asked_for(scene.erp, leave_type_code="SICK"), "approved")
    return await _ended(scene)


@way
async def leave_taken_back_afterwards(scene: Scene) -> str:
    """It was approved, and is not taken after all."""
    await _with_leave(scene)
    await taken_back(scene.erp, await approved(scene.erp, leave_type_code="UNPAID"))
    return await _ended(scene, "leave_taken_back")
