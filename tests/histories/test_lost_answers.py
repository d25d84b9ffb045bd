"""A step whose answer gets lost after its commit happens once, on the ways that no other test repeats."""

import pytest

from tests.checked import violations_at_rest
from tests.histories.scenarios import SCENARIOS
from tests.histories.scene import Scene

LOST = (
    ("order_prepaid_and_backordered", "ledger.allocate_payment"),
    ("order_approved_and_shipped_in_parts", "sales.hold_order"),
    ("return_inspected_wrongly_then_cancelled", "sales.cancel_return"),
    ("collective_run_of_a_month", "receivables.list_months_to_bill"),
    ("letters_sent", "sales.write_order_confirmation"),
    ("letters_sent", "receivables.write_invoice_letter"),
    ("letters_sent", "receivables.write_credit_note_letter"),
    ("remittance_advice_sent", "banking.write_remittance_advice"),
)


@pytest.mark.parametrize(("way", "step"), LOST)
async def test_it_happens_once(way: str, step: str, scene: Scene) -> None:
    repeated = (scene.erp.company, step)
    scene.faults.repeated.add(repeated)

    await SCENARIOS[way](scene)

    await scene.erp.at_rest()
    assert scene.faults.has_repeated(*repeated)
    assert await violations_at_rest(scene.erp.company) == []
