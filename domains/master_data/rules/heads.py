"""What every order says beside its lines, whoever orders: with whom, on which terms, in which money."""

from collections.abc import Mapping, Sized
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from domains.master_data.views import (
    CompanyView,
    CustomerView,
    ItemView,
    PaymentTermsView,
    SupplierView,
    TaxCode,
)
from foundation.values.errors import Refusals


@dataclass(frozen=True, kw_only=True)
class KnownOfOrder:
    """What master data knows of what an order names; None of what there is not."""

    company: CompanyView
    items: Mapping[str, ItemView]
    tax_codes: Mapping[str, TaxCode]
    terms: PaymentTermsView | None
    warehouse_code: str | None
    rate: Decimal | None
    """Units of the order's currency for one of the company's; None when there is none for that day."""
    why_no_rate: str = ""
    """And how to enter one."""


class OrderHead(Protocol):
    """What is asked of every order."""

    @property
    def lines(self) -> Sized:
        """What is ordered."""

    @property
    def payment_terms_code(self) -> str | None:
        """Its partner's when empty."""

    @property
    def warehouse_code(self) -> str | None:
        """The company's when empty."""

    @property
    def ordered_on(self) -> date:
        """The order's day."""


def check_head(
    refusals: Refusals,
    order: OrderHead,
    known: KnownOfOrder,
    *,
    partner: CustomerView | SupplierView | None,
    named: tuple[str, str],
    wanted_on: tuple[str, date | None],
) -> None:
    """Note all that is wrong with the head of an order. `named` is what it calls its partner, such as
    `("customer", "C-1001")`; `wanted_on` is the field and the day on which the goods are wanted.
    """
    role, code = named
    if partner is None:
        refusals.add(f"{role}_code", f"there is no {role} {code}")
    elif partner.blocked:
        refusals.add(f"{role}_code", f"{partner.name} is blocked")
    if not order.lines:
        refusals.add("lines", "an order needs at least one line")
    if known.terms is None and (order.payment_terms_code or partner):
        refusals.add("payment_terms_code", f"there are no payment terms {order.payment_terms_code}")
    if known.warehouse_code is None:
        wanted = order.warehouse_code or known.company.default_warehouse_code
        refusals.add("warehouse_code", f"there is no warehouse {wanted}" if wanted else "say which warehouse")
    if known.rate is None:
        refusals.add("currency", known.why_no_rate)
    field, day = wanted_on
    if day is not None and day < order.ordered_on:
        refusals.add(field, "before the day of the order")
