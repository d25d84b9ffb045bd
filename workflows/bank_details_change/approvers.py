"""Who says yes to other bank details, and what they are told of them."""

from domains.master_data.messages.bank_details import (
    BANK_DETAILS,
    BankDetailsChangeTaken,
    BankDetailsOwner,
)
from foundation.process.approvals import Approval

ROLES = {
    BankDetailsOwner.SUPPLIER: "finance director",
    BankDetailsOwner.COMPANY: "finance director",
    BankDetailsOwner.EMPLOYEE: "payroll approver",
}
"""Who is asked where the company has no policy."""


def approval_of(change: BankDetailsChangeTaken, times: int, who_may_not: str) -> Approval:
    """What is asked, never with an account; `times` is how often somebody was asked before."""
    return Approval(
        subject=subject_of(change, who_may_not),
        role=ROLES[change.owner],
        kind=BANK_DETAILS,
        category=change.owner.value,
        content_hash=change.content_hash,
        must_be_read=True,
        name="approval" if not times else f"approval {times + 1}",
        requested_by=change.requested_by,
    )


def subject_of(change: BankDetailsChangeTaken, who_may_not: str) -> str:
    """Whose accounts, whether another has one of them as well, and why it is asked once more."""
    of = f"{change.party_code} ({change.code})" if change.code != change.party_code else change.code
    also = ", to an account that is another party's as well" if change.is_anothers else ""
    again = f"; {who_may_not} had said yes, and has changed the record" if who_may_not else ""
    return f"bank details: money of {change.owner} {of} goes elsewhere{also}{again}"
