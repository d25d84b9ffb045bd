"""Master data as it stands: what a query gives, and what a rule may look at.

A view is the record as somebody saw it. Given back to the operation that writes the record, it is written
only if the record has that version still.
"""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from domains.master_data.messages import (
    CurrencyAccount,
    PutCompany,
    PutCustomer,
    PutItem,
    PutPaymentTerms,
    PutPriceList,
    PutTaxCode,
    PutUnit,
    PutWarehouse,
)
from domains.master_data.messages.suppliers import PutSupplier
from domains.master_data.parties import PartyType
from foundation.values.days import TooFarAhead, check_not_too_far_ahead
from foundation.values.messages import Message
from foundation.values.money import ONE


class CompanyView(PutCompany):
    """A company as it stands."""

    version: int

    def today(self, now: datetime) -> date:
        """The day that it is for the company at a moment."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()

    def check_not_too_far_ahead(self, field: str, on: date, now: datetime) -> None:
        """Refuses: TooFarAhead, naming the field, when a day is later than the company's documents are."""
        try:
            check_not_too_far_ahead(on, self.today(now), self.days_ahead)
        except TooFarAhead as refusal:
            raise refusal.of_field(field) from None

    def bank_account(self, currency: str) -> CurrencyAccount:
        """Where money in a currency is to be paid: to its own account, or to the one for all others."""
        default = CurrencyAccount(currency=currency, iban=self.iban, bic=self.bic)
        return next((one for one in self.bank_accounts if one.currency == currency), default)


class CustomerView(PutCustomer):
    """A customer as it stands."""

    version: int


class SupplierView(PutSupplier):
    """A supplier as it stands."""

    version: int

    def bank_account(self, currency: str) -> CurrencyAccount | None:
        """Where it wants its money in a currency, if it has said so."""
        return next((one for one in self.bank_accounts if one.currency == currency), None)

    @property
    def told_of_payments_at(self) -> str:
        """The e-mail address for remittance advices; empty when it has none at all."""
        return self.remittance_email or self.email


class PartyView(Message):
    """Somebody in the register of parties, as it stands."""

    type: PartyType
    code: str
    name: str
    blocked: bool


class ItemView(PutItem):
    """An item as it stands."""

    version: int

    def is_traded_in(self, unit: str | None) -> bool:
        """Whether one `unit` is so many stock units on any day."""
        of_days = (self.units, *(change.units for change in self.changes))
        return unit in (None, self.unit) or any(other.unit == unit for units in of_days for other in units)

    def factor(self, unit: str | None) -> Decimal | None:
        """How many stock units one `unit` is; None when the item is not traded in it."""
        if unit is None or unit == self.unit:
            return ONE
        return next((other.factor for other in self.units if other.unit == unit), None)


class UnitView(PutUnit):
    """A unit as it stands."""

    version: int


class WarehouseView(PutWarehouse):
    """A warehouse as it stands."""

    version: int


class TaxCode(PutTaxCode):
    """A tax treatment as it stands."""

    version: int = 1


class PaymentTermsView(PutPaymentTerms):
    """Payment terms as they stand."""

    version: int = 1


class PriceListView(PutPriceList):
    """A price list as it stands, with its lines."""

    version: int
