"""Suppliers."""

from decimal import Decimal

from domains.master_data.messages import Language
from foundation.values.messages import Code, CountryCode, CurrencyCode, Message, Name, Percent, Text


class PutSupplier(Message):
    """A supplier: what it bills in, when it is paid, and how exactly it delivers."""

    code: Code
    name: Name
    address: Text = ""
    postal_code: Text = ""
    city: Text = ""
    country: CountryCode
    language: Language = "en"
    currency: CurrencyCode
    payment_terms_code: Code
    tax_code: Code | None = None
    """Overrides the items' tax codes, as for a supplier abroad."""
    tax_number: Text = ""
    email: Text = ""
    """An e-mail address, where orders go; or nothing."""
    over_delivery_percent: Percent = Decimal(0)
    """How much more than was ordered may be taken in, of each line."""
    under_delivery_percent: Percent = Decimal(0)
    """How much less than was ordered closes a line all the same."""
    blocked: bool = False
