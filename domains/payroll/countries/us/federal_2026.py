"""The federal figures of 2026.

Sources: IRS Pub. 15-T (2026), section 1 and the tables for nonresident aliens; Pub. 15 (2026); SSA,
contribution and benefit base 2026; IRS Notice 2025-67 (deferrals). The FUTA credit reductions of 2026 are not
in it yet: the Department of Labor publishes them after 10 November.
"""

from decimal import Decimal

from domains.payroll.countries.us.details import FilingStatus
from domains.payroll.countries.us.figures import AlienAmounts, DeferralLimits, FederalFigures, as_printed
from domains.payroll.messages.kinds import PayFrequency

RATES = "10 12 22 24 32 35 37"

FIGURES = FederalFigures(
    year=2026,
    standard={
        FilingStatus.SINGLE: as_printed(
            RATES,
            "7500 19900 57900 113200 209275 263725 648100",
            "0 1240 5800 17966 41024 58448 192979.25",
        ),
        FilingStatus.MARRIED_FILING_JOINTLY: as_printed(
            RATES,
            "19300 44100 120100 230700 422850 531750 788000",
            "0 2480 11600 35932 82048 116896 206583.50",
        ),
        FilingStatus.HEAD_OF_HOUSEHOLD: as_printed(
            RATES,
            "15550 33250 83000 121250 217300 271750 656150",
            "0 1770 7740 16155 39207 56631 191171",
        ),
    },
    multiple_jobs={
        FilingStatus.SINGLE: as_printed(
            RATES,
            "8050 14250 33250 60900 108938 136163 328350",
            "0 620 2900 8983 20512 29224 96489.63",
        ),
        FilingStatus.MARRIED_FILING_JOINTLY: as_printed(
            RATES,
            "16100 28500 66500 121800 217875 272325 400450",
            "0 1240 5800 17966 41024 58448 103291.75",
        ),
        FilingStatus.HEAD_OF_HOUSEHOLD: as_printed(
            RATES,
            "12075 20925 45800 64925 112950 140175 332375",
            "0 885 3870 8077.50 19603.50 28315.50 95585.50",
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
            PayFrequency.WEEKLY: Decimal("226.90"),
            PayFrequency.BIWEEKLY: Decimal("453.80"),
            PayFrequency.SEMIMONTHLY: Decimal("491.70"),
            PayFrequency.MONTHLY: Decimal("983.30"),
            PayFrequency.YEARLY: Decimal(11_800),
            PayFrequency.DAILY: Decimal("45.40"),
        },
        form_of_2020={
            PayFrequency.WEEKLY: Decimal("309.60"),
            PayFrequency.BIWEEKLY: Decimal("619.20"),
            PayFrequency.SEMIMONTHLY: Decimal("670.80"),
            PayFrequency.MONTHLY: Decimal("1341.70"),
            PayFrequency.YEARLY: Decimal(16_100),
            PayFrequency.DAILY: Decimal("61.90"),
        },
    ),
    social_security_base=Decimal(184_500),
    deferrals=DeferralLimits(
        limit=Decimal(24_500),
        catch_up=Decimal(8_000),
        catch_up_at_60_to_63=Decimal(11_250),
        roth_only_above=Decimal(150_000),
    ),
    futa_credit_reduction={},
)
