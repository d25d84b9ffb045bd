"""What master data can do: write a record down by its code, new or changed."""

from activities.master_data.calendars import put_holiday_calendar
from activities.master_data.companies import put_company, put_exchange_rate, put_warehouse
from activities.master_data.customers import put_customer
from activities.master_data.items import put_item, put_price_list, put_unit
from activities.master_data.suppliers import put_matching_tolerance, put_supplier
from activities.master_data.terms import put_payment_terms, put_tax_code

__all__ = [
    "put_company",
    "put_customer",
    "put_exchange_rate",
    "put_holiday_calendar",
    "put_item",
    "put_matching_tolerance",
    "put_payment_terms",
    "put_price_list",
    "put_supplier",
    "put_tax_code",
    "put_unit",
    "put_warehouse",
]
