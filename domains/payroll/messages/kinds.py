"""The kinds that pay is told apart by."""

from enum import StrEnum


class PayFrequency(StrEnum):
    """How often somebody is paid."""

    YEARLY = "yearly"
    MONTHLY = "monthly"
    SEMIMONTHLY = "semimonthly"
    BIWEEKLY = "biweekly"
    WEEKLY = "weekly"
    DAILY = "daily"


class ComponentSign(StrEnum):
    """What a component does to gross and net. Amounts are positive for each of them."""

    EARNING = "earning"
    PRE_TAX_DEDUCTION = "pre_tax_deduction"
    POST_TAX_DEDUCTION = "post_tax_deduction"
    EMPLOYER_CONTRIBUTION = "employer_contribution"
    BENEFIT_IN_KIND = "benefit_in_kind"
    INFORMATION = "information"


class ProrationMethod(StrEnum):
    """By what a part of a period is reckoned."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    HOURS = "hours"
    THIRTIETHS = "thirtieths"


class ReturnPeriod(StrEnum):
    """For how long a return is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class ReturnBasis(StrEnum):
    """Which payments are on a return: those for days of its period, or those that were made in it."""

    EARNED = "earned"
    PAID = "paid"
