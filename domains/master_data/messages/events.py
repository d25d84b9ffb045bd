"""What others may be told of master data. The record itself is read from the API."""

from datetime import date

from domains.master_data.messages import Quotation
from foundation.values.events import PublicEvent
from foundation.values.messages import ShownQuantity


class CompanyChangedEvent(PublicEvent, name="master_data.company_changed"):
    """A company is new or was changed."""

    code: str
    created: bool


class WarehouseChangedEvent(PublicEvent, name="master_data.warehouse_changed"):
    """A warehouse is new or was changed."""

    code: str
    created: bool


class ExchangeRateChangedEvent(PublicEvent, name="master_data.exchange_rate_changed"):
    """A currency's rate from a day on is new or was changed."""

    currency: str
    valid_from: date
    rate: ShownQuantity
    quotation: Quotation = Quotation.INDIRECT
    """`indirect`: units of the currency for one of the company's. `direct`: the other way round."""
    created: bool


class CustomerChangedEvent(PublicEvent, name="master_data.customer_changed"):
    """A customer is new or was changed."""

    code: str
    created: bool
    blocked: bool = False


class SupplierChangedEvent(PublicEvent, name="master_data.supplier_changed"):
    """A supplier is new or was changed."""

    code: str
    created: bool
    blocked: bool = False


class MatchingToleranceChangedEvent(PublicEvent, name="master_data.matching_tolerance_changed"):
    """What is tolerated of receipts and supplier invoices from a day on is new or was changed."""

    supplier_code: str | None
    item_code: str | None
    valid_from: date
    created: bool


class UnitChangedEvent(PublicEvent, name="master_data.unit_changed"):
    """A unit is new or was changed."""

    code: str
    created: bool


class ItemChangedEvent(PublicEvent, name="master_data.item_changed"):
    """An item is new or was changed."""

    code: str
    created: bool
    blocked: bool = False


class PriceListChangedEvent(PublicEvent, name="master_data.price_list_changed"):
    """A price list is new or was changed."""

    code: str
    created: bool


class TaxCodeChangedEvent(PublicEvent, name="master_data.tax_code_changed"):
    """A tax code is new or was changed."""

    code: str
    created: bool


class PaymentTermsChangedEvent(PublicEvent, name="master_data.payment_terms_changed"):
    """Payment terms are new or were changed."""

    code: str
    created: bool
