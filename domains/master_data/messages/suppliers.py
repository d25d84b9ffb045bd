"""Suppliers."""

from domains.master_data.messages import CurrencyAccount, Language
from foundation.values.messages import Code, CountryCode, CurrencyCode, Message, Name, Text


class PutSupplier(Message):
    """A supplier: what it bills in, when it is paid, and where to."""

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
    remittance_email: Text = ""
    """Where it is told of payments; to its `email` when there is none."""
    bank_accounts: tuple[CurrencyAccount, ...] = ()
    """Where it wants its money in a currency: at most one for each."""
    blocked: bool = False
