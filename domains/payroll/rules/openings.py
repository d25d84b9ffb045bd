"""What was paid in a year before we paid it: which sums there are, and what a correction adds to them."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from domains.payroll import countries
from domains.payroll.messages.records import YearOpening
from domains.payroll.rules.law_words import words_of
from domains.payroll.rules.payslip_inputs import OF_COMPONENT, OF_LAW
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import ZERO


class OpeningExists(BusinessError):
    """The person has an opening of that year: it is changed, and not entered again."""

    status = 409


def check_opening_sums(
    put: YearOpening,
    known: YearOpening | None,
    others: Iterable[YearOpening],
    *,
    is_employed: bool,
    components: Collection[str],
) -> None:
    """No refusal repeats an amount. Refuses: Invalid, with every field that is wrong; OpeningExists."""
    refusals = Refusals()
    for name in ("employee_code", "year", "country"):
        if known is not None and getattr(known, name) != getattr(put, name):
            refusals.add(name, f"{put.code} is of {getattr(known, name)}: enter another opening")
    if not is_employed:
        refusals.add("employee_code", f"there is no employee {put.employee_code}; create them first")
    if put.country not in countries.known():
        refusals.add("country", f"no pack knows the law of {put.country}")
    else:
        sums = words_of(put.country).sums
        for name in put.law:
            if sums and not any(_is_of(name, one) for one in sums):
                refusals.add(f"law.{name}", f"no such sum is added up; there are: {', '.join(sums)}")
        for name in put.components:
            if name not in components:
                refusals.add(f"components.{name}", f"there is no component {name} of {put.country}")
    refusals.raise_if_any()
    for other in others:
        if (other.employee_code, other.year) == (put.employee_code, put.year) and other.code != put.code:
            why = f"{put.employee_code} has the opening {other.code} of {put.year}: change that"
            raise OpeningExists(f"year: {why}", errors=[("year", why)])


def _is_of(name: str, sum_: str) -> bool:
    """Whether a sum is called so; a name that ends in `*` stands for all that begin so."""
    return name == sum_ or (sum_.endswith("*") and name.startswith(sum_.removesuffix("*")))


def sums_of_opening(opening: YearOpening | None) -> dict[str, Decimal]:
    """Its sums by the names under which payslips add up."""
    if opening is None:
        return {}
    law = {f"{OF_LAW}{name}": amount for name, amount in opening.law.items()}
    return law | {f"{OF_COMPONENT}{name}": amount for name, amount in opening.components.items()}


def added_by_opening(put: YearOpening, known: YearOpening | None) -> Mapping[str, Decimal]:
    """What an entry, or its correction, adds to the year: the difference to what it said before."""
    was, now = sums_of_opening(known), sums_of_opening(put)
    differences = {name: now.get(name, ZERO) - was.get(name, ZERO) for name in (was | now)}
    return {name: amount for name, amount in differences.items() if amount}
