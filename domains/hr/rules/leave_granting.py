"""Who gets an entitlement of a year, and what of one may be adjusted."""

from collections.abc import Collection
from typing import TypeVar

from domains.hr.messages.leave import GrantLeave, LeaveAccrual, LeaveAdjustmentAsked, PutLeaveType
from foundation.values.errors import Refusals

Type = TypeVar("Type", bound=PutLeaveType)


def check_grants(grant: GrantLeave, leave_type: Type | None) -> Type:
    """The type that is granted. Refuses: Invalid."""
    refusals = Refusals()
    if leave_type is None:
        refusals.add("leave_type_code", f"there is no leave type {grant.leave_type_code}; create it first")
    elif leave_type.accrual is LeaveAccrual.NONE:
        refusals.add("leave_type_code", f"nobody is entitled to days of {leave_type.code}")
    elif leave_type.blocked:
        refusals.add("leave_type_code", f"{leave_type.code} is blocked")
    refusals.raise_if_any()
    assert leave_type is not None
    return leave_type


def people_to_grant(grant: GrantLeave, employed: Collection[str], entitled: Collection[str]) -> list[str]:
    """Those who are named, or everybody who is employed in the year and not entitled yet; by number.

    Refuses: Invalid, at each who is named and is not employed in the year, or entitled already.
    """
    refusals = Refusals()
    for place, code in enumerate(grant.employee_codes):
        if code not in employed:
            refusals.add(f"employee_codes.{place}", f"{code} is not employed in {grant.year}")
        elif code in entitled:
            why = f"{code} is entitled to {grant.leave_type_code} of {grant.year} already: adjust it"
            refusals.add(f"employee_codes.{place}", why)
    refusals.raise_if_any()
    return sorted(set(grant.employee_codes or employed) - set(entitled))


def check_adjusts(adjust: LeaveAdjustmentAsked, leave_type: Type | None, entitled: Collection[str]) -> Type:
    """The type of which days are adjusted. Refuses: Invalid, with every field that is wrong."""
    refusals = Refusals()
    if leave_type is None:
        refusals.add("leave_type_code", f"there is no leave type {adjust.leave_type_code}; create it first")
    elif adjust.employee_code not in entitled:
        why = (
            f"{adjust.employee_code} has no entitlement to {leave_type.code} of {adjust.year}: grant it first"
        )
        refusals.add("employee_code", why)
    if not adjust.days:
        refusals.add("days", "says how many more, or fewer")
    if adjust.counts_on.year not in (adjust.year, adjust.year + 1):
        refusals.add("counts_on", f"is a day of {adjust.year}, or of the year after it")
    refusals.raise_if_any()
    assert leave_type is not None
    return leave_type
