"""What was paid to people for closed periods, of those periods that may have changed since."""

from collections.abc import Mapping
from dataclasses import replace

from domains.payroll.queries import runs as queries
from domains.payroll.rules.earlier_periods import ClosedPayslip, Fingerprints, changed_since
from domains.payroll.rules.payslip_inputs import PersonToPay
from domains.payroll.rules.runs import PayrollRunKept
from foundation.database.transaction import Transaction


async def closed_periods(
    tx: Transaction, run: PayrollRunKept, people: Mapping[str, PersonToPay], fingerprints: Fingerprints
) -> dict[str, list[ClosedPayslip]]:
    """The closed periods that are computed again with a run, by person, with what was paid for them.

    What has not changed is known by its fingerprint, and its lines are not read.
    """
    closed = await queries.closed_payslips(tx, run, people)
    changed = {
        code: found
        for code, of_person in closed.items()
        if (found := changed_since(people[code], run, of_person, fingerprints))
    }
    if not changed:
        return {}
    paid = await queries.paid_for_periods(tx, run, changed)
    return {
        code: [replace(one, amounts=paid.get((code, one.starts_on), {})) for one in of_person]
        for code, of_person in changed.items()
    }
