"""The federal figures of 2025.

Sources: IRS Pub. 15-T (2025), section 1 and the tables for nonresident aliens; Pub. 15 (2025); SSA,
contribution and benefit base 2025; IRS Notice 2024-80 (deferrals); US Department of Labor, FUTA credit
reductions 2025, final (10 November 2025).
"""

from decimal import Decimal

from domains.payroll.countries.us.details import FilingStatus
from domains.payroll.countries.us.figures import AlienAmounts, DeferralLimits, FederalFigures, as_printed
from domains.payroll.messages.kinds import PayFrequency

RATES = "10 12 22 24 32 35 37"

FIGURES = FederalFigures(
    year=2025,
    standard={
        FilingStatus.SINGLE: as_printed(
            RATES,
            "6400 18325 54875 109750 203700 256925 632750",
            "0 1192.50 5578.50 17651 40199 57231 188769.75",
        ),
        FilingStatus.MARRIED_FILING_JOINTLY: as_printed(
            RATES,
            "17100 40950 114050 223800 411700 518150 768700",
            "0 2385 11157 35302 80398 114462 202154.50",
        ),
        FilingStatus.HEAD_OF_HOUSEHOLD: as_printed(
            RATES,
            "13900 30900 78750 117250 211200 264400 640250",
            "0 1700 7442 15912 38460 55484 187031.50",
        ),
    },
    multiple_jobs={
        FilingStatus.SINGLE: as_printed(
            RATES,
            "7500 13463 31738 59175 106150 132763 320675",
            "0 596.25 2789.25 8825.50 20099.50 28615.50 94384.88",
        ),
        FilingStatus.MARRIED_FILING_JOINTLY: as_printed(
            RATES,
            "15000 26925 63475 118350 212300 265525 390800",
            "0 1192.50 5578.50 17651 40199 57231 101077.25",
        ),
        FilingStatus.HEAD_OF_HOUSEHOLD: as_printed(
            RATES,
            "11250 19750 43675 62925 109900 136500 324425",
            "0 850 3721 7956 19230 27742 93515.75",
        ),
    },
    line_1g={
        FilingStatus.SINGLE: Decimal(8_600),
        FilingStatus.MARRIED_FILING_JOINTLY: Decimal(12_900),
        FilingStatus.HEAD_OF_HOUSEHOLD: Decimal(8_600),
    },
    allowance=Decimal(4_300),
    alien=AlienAmounts(
        form_of_2019={
            PayFrequency.WEEKLY: Decimal("205.80"),
            PayFrequency.BIWEEKLY: Decimal("411.50"),
            PayFrequency.SEMIMONTHLY: Decimal("445.80"),
            PayFrequency.MONTHLY: Decimal("891.70"),
            PayFrequency.YEARLY: Decimal(10_700),
            PayFrequency.DAILY: Decimal("41.20"),
        },
        form_of_2020={
            PayFrequency.WEEKLY: Decimal("288.50"),
            PayFrequency.BIWEEKLY: Decimal("576.90"),
            PayFrequency.SEMIMONTHLY: Decimal(625),
            PayFrequency.MONTHLY: Decimal(1_250),
            PayFrequency.YEARLY: Decimal(15_000),
            PayFrequency.DAILY: Decimal("57.70"),
        },
    ),
    social_security_base=Decimal(176_100),
    deferrals=DeferralLimits(
        limit=Decimal(23_500),
        catch_up=Decimal(7_500),
        catch_up_at_60_to_63=Decimal(11_250),
        roth_only_above=None,
    ),
    futa_credit_reduction={"CA": Decimal("0.012")},
)
