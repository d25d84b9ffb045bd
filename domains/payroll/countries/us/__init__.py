"""The United States: federal income tax, social security, Medicare and unemployment tax, and four states."""

from domains.payroll.countries.us.pack import UnitedStates
from domains.payroll.rules.statutory import CountryPack

PACK: CountryPack = UnitedStates()
