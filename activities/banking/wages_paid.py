"""Whether a payroll run is paid: what its payslips leave to be paid, beside what payment runs have done."""

from collections import Counter
from uuid import UUID

from activities.ledger.posting import wages_owed
from domains.banking.messages.wages import WageState
from domains.banking.queries.wages import PartPaid, PayrollPaid, WagePaymentView, wages_of_payroll_run
from domains.banking.rules.wages import how_far
from foundation.database.transaction import Transaction


async def parts_paid(tx: Transaction, payroll_run_id: UUID) -> list[PartPaid]:
    """What the payslips of a run that stand leave to be paid, by person. Refuses: NotFound."""
    owed = await wages_owed(tx, payroll_run_id)
    last: dict[tuple[UUID, int], WagePaymentView] = {}
    for one in await wages_of_payroll_run(tx, payroll_run_id):
        known = last.get((one.payslip_id, one.place))
        # The newest that was to pay it; one that stands is the only one.
        if one.state is not None and (known is None or known.number < one.number):
            last[one.payslip_id, one.place] = one
    found = []
    for part in owed.parts:
        payment = last.get((part.payslip_id, part.place))
        found.append(
            PartPaid(
                payslip_id=part.payslip_id,
                payslip_number=part.payslip_number,
                place=part.place,
                employee_code=part.employee_code,
                employee_name=part.employee_name,
                currency=owed.currency,
                amount=part.amount,
                state=how_far(payment.state if payment else None),
                last_payment=payment.state if payment else None,
                wage_payment_id=payment.wage_payment_id if payment else None,
                end_to_end_id=payment.number if payment else "",
            )
        )
    return found


async def payroll_paid(tx: Transaction, payroll_run_id: UUID) -> PayrollPaid:
    """The same as counts, for who may not see what people are paid. Refuses: NotFound."""
    number = (await wages_owed(tx, payroll_run_id, payslips=())).run_number
    parts = await parts_paid(tx, payroll_run_id)
    counts = Counter(one.state.value for one in parts)
    return PayrollPaid(
        payroll_run_id=payroll_run_id,
        payroll_run_number=number,
        parts=len(parts),
        **{state.value: counts[state.value] for state in WageState},
    )
