"""Where net pay goes: to the accounts that the payslip says, as long as the person has them."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from domains.ledger.messages.wages import WagePart
from domains.payroll.messages.payslips import PaidTo
from domains.payroll.messages.records import PayAccount


def account_now(paid_to: PaidTo, accounts: Sequence[PayAccount]) -> tuple[str, str]:
    """IBAN and BIC of where a part of a payslip goes. `accounts` are those of the person's last agreement
    that has begun, in their order: the payslip's own while they have it, and else the one that takes the
    rest.
    """
    known = [one.iban for one in accounts]
    if not known or paid_to.iban in known:
        return paid_to.iban, paid_to.bic
    rest = accounts[-1]
    return rest.iban, rest.bic


def parts_of(
    payslip_id: UUID,
    number: str,
    person: tuple[str, str],
    paid_to: Iterable[PaidTo],
    accounts: Sequence[PayAccount],
) -> Iterator[WagePart]:
    """What of a payslip goes to which account, in its order; `person` is the code and the name."""
    for place, part in enumerate(paid_to, start=1):
        if not part.amount:
            continue
        iban, bic = account_now(part, accounts)
        before = part.iban if iban != part.iban else ""
        yield WagePart(payslip_id, number, place, *person, part.amount, iban, bic, before)
