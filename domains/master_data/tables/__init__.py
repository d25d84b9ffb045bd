"""The tables of master data.

They are keyed by company and code, and versioned, so that two who edit a record notice each other.
"""

from domains.master_data.tables.bank_details import BankDetailsChangeRow
from domains.master_data.tables.calendars import HolidayCalendar
from domains.master_data.tables.keys import (
    OfCode,
    Versioned,
    belongs_to,
    of_party,
)
from domains.master_data.tables.parties import (
    Customer,
    PartyRow,
    Supplier,
)
from domains.master_data.tables.records import (
    Company,
    ExchangeRate,
    Item,
    ItemChange,
    PaymentTerms,
    PaymentTermsChange,
    PriceList,
    PriceListLineRecord,
    TaxCodeChange,
    TaxCodeRecord,
    Unit,
    Warehouse,
)
from domains.master_data.tables.tolerances import MatchingTolerance

__all__ = [
    "BankDetailsChangeRow",
    "Company",
    "Customer",
    "ExchangeRate",
    "HolidayCalendar",
    "Item",
    "ItemChange",
    "MatchingTolerance",
    "OfCode",
    "PartyRow",
    "PaymentTerms",
    "PaymentTermsChange",
    "PriceList",
    "PriceListLineRecord",
    "Supplier",
    "TaxCodeChange",
    "TaxCodeRecord",
    "Unit",
    "Versioned",
    "Warehouse",
    "belongs_to",
    "of_party",
]
