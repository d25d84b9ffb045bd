"""Germany: wage tax, social insurance and what else the law makes of pay."""

from domains.payroll.countries.de.pack import Germany
from domains.payroll.rules.statutory import CountryPack

PACK: CountryPack = Germany()
