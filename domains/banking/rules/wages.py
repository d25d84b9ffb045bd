"""Which wages a payment run pays, and which of them it leaves out when it is released."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from domains.banking.messages.payment_proposals import LeftOutReason
from domains.banking.messages.payment_runs import (
    PaymentRunAsked,
    ProposePaymentRun,
    RunInvoiceStatus,
    RunPaymentState,
)
from domains.banking.messages.wages import WageState
from domains.banking.rules.payment_runs import RunLine
from domains.ledger.messages.wages import WagePart, WagesOwed
from foundation.values.days import check_not_before
from foundation.values.errors import Conflict, Refusals


class PayrollNotSealed(Conflict):
    """The payroll run is not sealed: not all of its payslips are posted that will be."""


_STAND = frozenset(
    {
        RunPaymentState.PLANNED,
        RunPaymentState.IN_TRANSIT,
        RunPaymentState.ACCEPTED,
        RunPaymentState.CONFIRMED,
    }
)


@dataclass(frozen=True)
class WageLine:
    """A part of a payslip in a run, with what it is called there."""

    part: WagePart
    line: RunLine


def check_asked(asked: PaymentRunAsked) -> None:
    """A run is of suppliers until a day, or of the wages of a payroll run. Refuses: Invalid, by field."""
    refusals = Refusals()
    if asked.payroll_run_id is None:
        if asked.due_until is None:
            refusals.add("due_until", "says which invoices are paid now; or name a payroll_run_id")
    else:
        why = "is of payments to suppliers: leave it out where a payroll run is paid"
        for field, is_said in (
            ("due_until", asked.due_until is not None),
            ("suppliers", bool(asked.suppliers)),
            ("least_discount_yield_percent", asked.least_discount_yield_percent is not None),
        ):
            if is_said:
                refusals.add(field, why)
    refusals.raise_if_any()


def check_owed(ask: ProposePaymentRun, owed: WagesOwed) -> None:
    """Refuses: PayrollNotSealed; TooEarly, before the day of the payroll run."""
    if not owed.is_sealed:
        why = f"{owed.run_number} is not sealed: wait until all of its payslips are posted"
        raise PayrollNotSealed(f"payroll_run_id: {why}", errors=[("payroll_run_id", why)])
    check_not_before("pay_on", ask.pay_on, owed.paid_on, f"payroll run {owed.run_number}")


def lines_of(
    ask: ProposePaymentRun,
    number: str,
    parts: Iterable[WagePart],
    since: Mapping[UUID, date],
    taken: Collection[tuple[UUID, int]],
) -> Iterator[WageLine]:
    """What of a payroll run is to be paid, and what is left out and why. `since` says of each payslip
    of which something is open from which day on that may be paid, `taken` what other runs pay.
    """
    for place, part in enumerate(parts, start=1):
        reason = _why_left_out(ask, part, since, taken)
        yield WageLine(
            part,
            RunLine(
                invoice_id=uuid5(ask.run_id, f"wages {part.payslip_id} {part.place}"),
                supplier_code=part.employee_code,
                iban=part.iban,
                bic=part.bic,
                open_amount=part.amount,
                amount=part.amount,
                discount_amount=Decimal(0),
                status=RunInvoiceStatus.LEFT_OUT if reason else RunInvoiceStatus.INCLUDED,
                left_out_because=reason.value if reason else "",
                invoice_number=part.payslip_number,
                end_to_end_id=f"{number}-{place:05d}",
                iban_before=part.iban_before,
            ),
        )


def _why_left_out(
    ask: ProposePaymentRun,
    part: WagePart,
    since: Mapping[UUID, date],
    taken: Collection[tuple[UUID, int]],
) -> LeftOutReason | None:
    if part.payslip_id not in since:
        return LeftOutReason.NOT_OPEN
    if (part.payslip_id, part.place) in taken:
        return LeftOutReason.IN_ANOTHER_RUN
    return LeftOutReason.TOO_EARLY if ask.pay_on < since[part.payslip_id] else None


def how_far(state: RunPaymentState | None) -> WageState:
    """How far a part of net pay has come by a payment of it: what was rejected, came back or was taken back
    is open again.
    """
    return WageState(state) if state in _STAND else WageState.OPEN


def why_not_paid(
    line: RunLine, part: WagePart | None, open_amount: Decimal, open_since: date, paid_on: date
) -> LeftOutReason | None:
    """What has changed about a part of a payslip since it was proposed; None when it is paid as proposed.

    `part` is what the payslip leaves to be paid now, None when it does not stand; `open_amount` what is open
    of it, under its lock, and `open_since` from which day on that may be paid.
    """
    if part is None or open_amount < line.amount:
        return LeftOutReason.NOT_OPEN
    if (part.iban, part.bic) != (line.iban, line.bic):
        return LeftOutReason.BANK_ACCOUNT_CHANGED
    return LeftOutReason.TOO_EARLY if paid_on < open_since else None
