"""Germany as a pack: a month's payment in, what is withheld and owed out, and what it adds to the year."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from domains.payroll.countries.de.certificate import certified_of
from domains.payroll.countries.de.contribution_rates import CONTRIBUTION_YEARS
from domains.payroll.countries.de.details import GermanyDetails
from domains.payroll.countries.de.earnings import ONE_OFF, TAX_FREE, TREATMENTS
from domains.payroll.countries.de.insured_payment import contributions_of
from domains.payroll.countries.de.payment import payment_of
from domains.payroll.countries.de.returns import RETURNS
from domains.payroll.countries.de.wage_tax_years import LAWS
from domains.payroll.countries.de.withheld_tax import tax_lines
from domains.payroll.countries.de.year_sums import DEFERRED_PAY
from domains.payroll.rules.returns import ReturnKind
from domains.payroll.rules.statutory import PayLine, PayPeriod, Statutory, UnknownYear, YearToDate
from foundation.values.messages import Message


class Germany:
    """Wage tax, solidarity surcharge, church tax, social insurance and levies, of the years that it knows."""

    country = "DE"
    currency = "EUR"
    years: Collection[int] = tuple(sorted(LAWS.keys() & CONTRIBUTION_YEARS))
    treatments: Mapping[str, str] = TREATMENTS
    details: type[Message] = GermanyDetails
    returns: Mapping[str, ReturnKind] = RETURNS

    def statutory(
        self, person: Message, period: PayPeriod, lines: Sequence[PayLine], to_date: YearToDate
    ) -> Statutory:
        """What is withheld and owed for one payment of a month, in euros and cents.

        Wage tax comes first, then contributions and levies, then the employer's subsidy; what is 0 is left
        out. Refuses: UnknownYear, UnknownTreatment, Invalid, OnlyPaidMonthly, NotOneMonth,
        PaidInAnotherYear, PayWithoutEmployment, RegularPayNotGiven, MoreTakenThanPaid,
        DeferredPayNotNegative, DeferredInSecondJob, MoreThanAMiniJob, LastMonthNotGiven.
        """
        if not isinstance(person, GermanyDetails):
            raise TypeError(f"Germany asks for GermanyDetails, not {type(person).__name__}")
        self._check_year(period)
        payment = payment_of(person, period, lines, to_date)
        owed = contributions_of(payment)
        asked = (*tax_lines(payment), *owed.lines)
        added: dict[str, Decimal] = {
            **certified_of(payment, asked),
            **owed.added,
            **owed.month.less(payment.before, payment.month.month),
            DEFERRED_PAY: payment.earned.deferred,
        }
        return Statutory(asked, added)

    def is_taxed_when_earned(self, treatment: str) -> bool:
        """Regular pay of the year that is paid late is taxed in its months (R 39b.5 Abs. 4 LStR), and its
        contributions are theirs (§ 22 Abs. 1 SGB IV). One-off pay is of the month in which it is paid.
        """
        return treatment not in (ONE_OFF, TAX_FREE)

    def _check_year(self, period: PayPeriod) -> None:
        if period.paid_on.year not in self.years:
            known = ", ".join(str(one) for one in self.years)
            said = f"the German law of {period.paid_on.year} is not known; known are {known}"
            raise UnknownYear(said, errors=[("paid_on", said)])
