"""What the lines of a payment are to the taxes: pay, what is deferred of it, and what is no wage at all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domains.payroll.countries.us.details import UnitedStatesDetails
from domains.payroll.countries.us.figures import DeferralLimits
from domains.payroll.rules.statutory import PayLine, UnknownTreatment, YearToDate
from foundation.values.errors import BusinessError
from foundation.values.money import ZERO


class DeferralAboveLimit(BusinessError):
    """More would be deferred in the year than section 402(g) or 414(v) lets somebody of that age."""


class CatchUpMustBeRoth(BusinessError):
    """Who earned more than the threshold last year makes catch-up contributions from taxed pay only."""


class DeductionAbovePay(BusinessError):
    """What is deferred, or given in kind, is more than what is paid."""


class DeductionNotNegative(BusinessError):
    """What lowers pay is a negative amount, and no more of it comes back than was taken this year."""


REGULAR, SUPPLEMENTAL, BONUS, FRINGE = "regular", "supplemental", "bonus", "fringe"
SECTION_125, SECTION_401K = "section_125", "section_401k"
NOT_CASH, EXEMPT = "not_cash", "exempt"

TREATMENTS = {
    REGULAR: "Wages for the pay period: all taxes, income tax by Form W-4.",
    SUPPLEMENTAL: "Supplemental wages such as commissions, severance or back pay: all taxes, income tax at "
    "the flat rate or by the aggregate method.",
    BONUS: "A bonus or stock option: supplemental wages, for which California has a rate of its own.",
    FRINGE: "A taxable benefit in kind: all taxes, income tax as of regular wages. It is no money: a line "
    "`not_cash` takes it off the net pay again.",
    SECTION_125: "Negative: pay given up for health benefits of a cafeteria plan. No income tax, social "
    "security, Medicare or federal unemployment tax is owed of it.",
    SECTION_401K: "Negative: pay deferred into a traditional 401(k). No income tax is owed of it.",
    NOT_CASH: "Negative: what of `fringe` was given in kind. No tax looks at it.",
    EXEMPT: "What is no wage, such as expenses repaid under an accountable plan: no tax.",
}
PAY = (REGULAR, SUPPLEMENTAL, BONUS, FRINGE)
LOWERS_FEDERAL_INCOME_TAX = frozenset({SECTION_125, SECTION_401K})
LOWERS_FICA = frozenset({SECTION_125})


@dataclass(frozen=True)
class TaxedPay:
    """What a tax is on, after what is deferred: by how income tax is withheld from it."""

    regular: Decimal
    supplemental: Decimal
    bonus: Decimal

    @property
    def all_supplemental(self) -> Decimal:
        """Supplemental wages with bonuses."""
        return self.supplemental + self.bonus

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.regular + self.all_supplemental


@dataclass(frozen=True)
class Wages:
    """The sums of a payment by treatment; what is deferred is negative."""

    by_treatment: dict[str, Decimal]

    def of(self, treatment: str) -> Decimal:
        """What was paid, or taken off, with this treatment."""
        return self.by_treatment.get(treatment, ZERO)

    @property
    def pay(self) -> Decimal:
        """All that is pay, in money and in kind, before anything is deferred."""
        return sum((self.of(one) for one in PAY), ZERO)

    def taxed(self, lowered_by: Collection[str]) -> TaxedPay:
        """What a tax is on that these treatments lower.

        What is deferred lowers regular wages first, then supplemental ones, then bonuses; supplemental wages
        that are taken back lower regular ones.
        """
        regular = self.of(REGULAR) + self.of(FRINGE) + sum((self.of(one) for one in lowered_by), ZERO)
        left: list[Decimal] = []
        for paid in (self.of(SUPPLEMENTAL), self.of(BONUS)):
            kept = max(ZERO, paid + min(ZERO, regular))
            regular += paid - kept
            left.append(kept)
        return TaxedPay(regular, *left)


def wages_of(lines: Sequence[PayLine]) -> Wages:
    """The lines by treatment. Refuses: UnknownTreatment, DeductionAbovePay."""
    sums: dict[str, Decimal] = {}
    for number, line in enumerate(lines):
        if line.treatment not in TREATMENTS:
            known = ", ".join(TREATMENTS)
            said = f"the law of the United States has no {line.treatment!r}: use one of {known}"
            raise UnknownTreatment(said, errors=[(f"lines.{number}.treatment", said)])
        # A raise that is known late is paid as supplemental wages (Pub. 15, section 7).
        is_late = line.earned_in is not None and line.treatment == REGULAR
        treatment = SUPPLEMENTAL if is_late else line.treatment
        sums[treatment] = sums.get(treatment, ZERO) + line.amount
    wages = Wages(sums)
    in_kind, benefits = -wages.of(NOT_CASH), wages.of(FRINGE)
    if in_kind * benefits < 0 or abs(in_kind) > abs(benefits):
        raise _above_pay(
            f"{NOT_CASH} is {wages.of(NOT_CASH)}, and {FRINGE} {benefits}: enter as {NOT_CASH} what "
            "of the benefit was given in kind, negative"
        )
    deferred, paid = -wages.of(SECTION_125) - wages.of(SECTION_401K), wages.pay + wages.of(NOT_CASH)
    if deferred > max(ZERO, paid):
        raise _above_pay(f"{deferred} is deferred of a pay of {paid} in money: defer no more than is paid")
    return wages


def check_deferrals(
    wages: Wages, to_date: YearToDate, person: UnitedStatesDetails, limits: DeferralLimits, year: int
) -> None:
    """Whether what is deferred is within the year's limits, by age at the end of the year.

    Refuses: DeductionNotNegative, DeferralAboveLimit, CatchUpMustBeRoth.
    """
    for treatment in (SECTION_125, SECTION_401K):
        if to_date.this_year.get(treatment, ZERO) < wages.of(treatment):
            said = (
                f"{treatment} gives back {wages.of(treatment)}, and {to_date.this_year.get(treatment, ZERO)} "
                "was taken this year: enter what is taken off pay as a negative amount"
            )
            raise DeductionNotNegative(said, errors=[("lines", said)])
    if wages.of(SECTION_401K) >= 0:
        return
    deferred = to_date.this_year.get(SECTION_401K, ZERO) - wages.of(SECTION_401K)
    catch_up = _catch_up(limits, year - person.born_on.year if person.born_on else 0)
    if deferred > limits.limit + catch_up:
        said = (
            f"{deferred} would be deferred in {year}, and {limits.limit + catch_up} may be: "
            f"defer {deferred - limits.limit - catch_up} less"
            + ("" if person.born_on else ", or enter born_on if it is a catch-up contribution")
        )
        raise DeferralAboveLimit(said, errors=[("lines", said)])
    earned = to_date.last_year.get("social_security_wages", ZERO)
    if deferred > limits.limit and limits.roth_only_above is not None and earned > limits.roth_only_above:
        said = (
            f"who earned {earned} last year, more than {limits.roth_only_above}, makes catch-up "
            f"contributions as Roth contributions: defer {deferred - limits.limit} less"
        )
        raise CatchUpMustBeRoth(said, errors=[("lines", said)])


def _catch_up(limits: DeferralLimits, age: int) -> Decimal:
    if age < 50:
        return ZERO
    return limits.catch_up_at_60_to_63 if 60 <= age <= 63 else limits.catch_up


def _above_pay(said: str) -> DeductionAbovePay:
    return DeductionAbovePay(said, errors=[("lines", said)])
