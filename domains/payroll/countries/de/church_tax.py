"""Church tax on wages: 8 per cent in Bavaria and Baden-Württemberg, 9 per cent elsewhere.

It is taken of the wage tax, or of what the wage tax flow gives as its base where children are counted (§
51a EStG). Parts of a cent are cut off. Sources: the church tax acts of the federal states. The cap
(Kappung) of some states is granted on request and with the assessment, and is not computed; nor are the
rates for flat wage tax.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from domains.payroll.countries.de.contribution_bases import CENT, check_amount
from domains.payroll.countries.de.contribution_rates import GermanState
from domains.payroll.countries.de.contribution_shares import Steps
from foundation.values.errors import Refusals

_RATES = dict.fromkeys(GermanState, Decimal(9)) | {
    GermanState.BADEN_WUERTTEMBERG: Decimal(8),
    GermanState.BAVARIA: Decimal(8),
}


@dataclass(frozen=True)
class ChurchTax:
    """What is withheld for a church, in euros; of which base, at which per cent."""

    base: Decimal
    percent: Decimal
    amount: Decimal
    steps: Steps


def church_tax(base: Decimal, state: GermanState) -> ChurchTax:
    """Church tax of a base in euros, cut to the cent.

    `state` is that of the employer's permanent establishment. Refuses: Invalid.
    """
    wrong = Refusals()
    check_amount(wrong, "base", base)
    wrong.raise_if_any()
    percent = _RATES[state]
    amount = (base * percent / 100).quantize(CENT, ROUND_DOWN)
    steps = (("base", base), ("rate in per cent", percent), ("church tax, cut to the cent", amount))
    return ChurchTax(base, percent, amount, steps)
