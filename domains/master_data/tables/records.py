"""Companies, and what is traded: units, items, prices, taxes, terms, rates."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Numeric,
    Text,
    UniqueConstraint,
    cast,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import Mapped, column_property, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables.keys import SCHEMA, OfCode, Versioned, belongs_to
from foundation.database.connections import Table


class Company(Versioned, Table):
    """A company that keeps its own books."""

    __tablename__ = "company"
    __table_args__ = (
        CheckConstraint("tax_rounding IN ('line', 'document')", "tax_rounding_known"),
        CheckConstraint("small_difference_limit >= 0", "small_difference_limit_not_negative"),
        CheckConstraint("days_ahead >= 0", "days_ahead_not_negative"),
        CheckConstraint("exchange_rate_days >= 0", "exchange_rate_days_not_negative"),
        CheckConstraint("bank_details_wait_hours >= 0", "bank_details_wait_hours_not_negative"),
        SCHEMA,
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    company_id: Mapped[str] = mapped_column(Computed("code", persisted=True))
    name: Mapped[str]
    currency: Mapped[str]
    country: Mapped[str]
    address: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    tax_number: Mapped[str]
    iban: Mapped[str]
    bic: Mapped[str]
    email: Mapped[str]
    register_court: Mapped[str] = mapped_column(server_default="")
    register_number: Mapped[str] = mapped_column(server_default="")
    directors: Mapped[str] = mapped_column(server_default="")
    bank_accounts: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    tax_rounding: Mapped[str]
    default_warehouse_code: Mapped[str | None]
    freight_tax_code: Mapped[str | None]
    small_difference_limit: Mapped[Decimal]
    time_zone: Mapped[str]
    days_ahead: Mapped[int]
    exchange_rate_days: Mapped[int]
    bank_details_wait_hours: Mapped[int] = mapped_column(server_default="24")
    changed_by: Mapped[str] = mapped_column(server_default="")


class Warehouse(OfCode, Versioned, Table):
    """A place where stock is kept."""

    __tablename__ = "warehouse"
    __table_args__ = (SCHEMA,)

    name: Mapped[str]
    address: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    country: Mapped[str | None]


class Unit(OfCode, Versioned, Table):
    """A unit in which items are counted, bought or sold."""

    __tablename__ = "unit"
    __table_args__ = (CheckConstraint("un_code ~ '^([A-Z0-9]{2,3})?$'", "un_code_formed"), SCHEMA)

    name: Mapped[str]
    un_code: Mapped[str] = mapped_column(server_default="")


class TaxCodeRecord(OfCode, Versioned, Table):
    """A tax treatment."""

    __tablename__ = "tax_code"
    __table_args__ = (
        CheckConstraint("kind IN ('standard', 'exempt', 'intra_community', 'reverse_charge')", "kind_known"),
        CheckConstraint("kind = 'standard' OR exemption_reason <> ''", "exemption_has_reason"),
        SCHEMA,
    )

    name: Mapped[str]
    kind: Mapped[str]
    exemption_reason: Mapped[str]
    exemption_reasons: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    components: Mapped[list[Any]] = mapped_column(JSONB)
    country: Mapped[str | None]


class PaymentTerms(OfCode, Versioned, Table):
    """When an invoice is due, and what is taken off for paying early."""

    __tablename__ = "payment_terms"
    __table_args__ = (
        CheckConstraint("discount_tax IN ('when_paid', 'always')", "discount_tax_known"),
        CheckConstraint("discount_percent BETWEEN 0 AND 100", "discount_is_percent"),
        SCHEMA,
    )

    name: Mapped[str]
    instalments: Mapped[list[Any]] = mapped_column(JSONB)
    discount_percent: Mapped[Decimal]
    discount_days: Mapped[int]
    discount_tax: Mapped[str]
    names: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


class TaxCodeChange(Table):
    """The components of a tax code from a day on, until the next change."""

    __tablename__ = "tax_code_change"
    __table_args__ = (belongs_to("code", "tax_code"), SCHEMA)

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    components: Mapped[list[Any]] = mapped_column(JSONB)


class PaymentTermsChange(Table):
    """Payment terms from a day on, until the next change."""

    __tablename__ = "payment_terms_change"
    __table_args__ = (
        belongs_to("code", "payment_terms"),
        CheckConstraint("discount_tax IN ('when_paid', 'always')", "discount_tax_known"),
        CheckConstraint("discount_percent BETWEEN 0 AND 100", "discount_is_percent"),
        SCHEMA,
    )

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    instalments: Mapped[list[Any]] = mapped_column(JSONB)
    discount_percent: Mapped[Decimal]
    discount_days: Mapped[int]
    discount_tax: Mapped[str]


class ExchangeRate(Versioned, Table):
    """What a foreign currency is worth from a day on, as it is quoted."""

    __tablename__ = "exchange_rate"
    __table_args__ = (
        CheckConstraint("rate > 0", "rate_positive"),
        CheckConstraint("quotation IN ('indirect', 'direct')", "quotation_known"),
        SCHEMA,
    )

    company_id: Mapped[str] = mapped_column(
        ForeignKey("master_data.company.code"),
        primary_key=True,
        server_default=func.foundation.current_company(),
    )
    currency: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    rate: Mapped[Decimal] = mapped_column(Numeric(28, 14))
    quotation: Mapped[str]
    source: Mapped[str]


class Item(OfCode, Versioned, Table):
    """Something we buy, make or sell."""

    __tablename__ = "item"
    __table_args__ = (
        belongs_to("tax_code", "tax_code"),
        belongs_to("unit", "unit"),
        CheckConstraint("kind IN ('bought', 'assembled', 'service')", "kind_known"),
        CheckConstraint("costing_method IN ('moving_average', 'fifo')", "costing_method_known"),
        SCHEMA,
    )

    name: Mapped[str]
    description: Mapped[str]
    unit: Mapped[str]
    kind: Mapped[str]
    costing_method: Mapped[str]
    tax_code: Mapped[str | None]
    weight_kg: Mapped[Decimal | None]
    standard_cost: Mapped[Decimal | None]
    group: Mapped[str]
    allow_negative_stock: Mapped[bool]
    is_whole: Mapped[bool] = mapped_column(server_default="false")
    blocked: Mapped[bool]
    units: Mapped[list[Any]] = mapped_column(JSONB)


class ItemChange(Table):
    """The units of an item from a day on, until the next change."""

    __tablename__ = "item_change"
    __table_args__ = (belongs_to("code", "item"), SCHEMA)

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    units: Mapped[list[Any]] = mapped_column(JSONB)


class PriceList(OfCode, Versioned, Table):
    """Prices in one currency."""

    __tablename__ = "price_list"
    __table_args__ = (CheckConstraint("valid_from <= valid_to", "valid_in_order"), SCHEMA)

    name: Mapped[str]
    currency: Mapped[str]
    prices_include_tax: Mapped[bool]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class PriceListLineRecord(Table):
    """The price of an item from a quantity on. Of several that hold the one that began last does."""

    __tablename__ = "price_list_line"
    __table_args__ = (
        belongs_to("price_list_code", "price_list"),
        belongs_to("item_code", "item"),
        UniqueConstraint(
            "company_id",
            "price_list_code",
            "item_code",
            "unit",
            "min_quantity",
            "valid_from",
            name="price_list_line_one_begins_on_a_day",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("valid_from <= valid_to", "valid_in_order"),
        SCHEMA,
    )

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    price_list_code: Mapped[str] = mapped_column(primary_key=True)
    item_code: Mapped[str] = mapped_column(primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str | None]
    min_quantity: Mapped[Decimal]
    unit_price: Mapped[Decimal]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


def _changes(record: Any, change: Any) -> Any:
    """What of a record holds from which day on, as a list in the order of the days; numbers as text."""
    columns = [column for column in change.__table__.c if column.name not in ("company_id", "code")]
    facts = [
        fact
        for column in columns
        for fact in (column.name, cast(column, Text) if isinstance(column.type, Numeric) else column)
    ]
    listed = func.jsonb_agg(aggregate_order_by(func.jsonb_build_object(*facts), change.valid_from))
    return column_property(
        select(func.coalesce(listed, func.jsonb_build_array(), type_=JSONB))
        .where(change.company_id == record.company_id, change.code == record.code)
        .correlate(record)
        .scalar_subquery()
        .label("changes")
    )


TaxCodeRecord.changes = _changes(TaxCodeRecord, TaxCodeChange)
PaymentTerms.changes = _changes(PaymentTerms, PaymentTermsChange)
Item.changes = _changes(Item, ItemChange)
