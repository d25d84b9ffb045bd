"""What can be imported: each target is a route, with the message that it takes."""

import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin

from domains.inventory.messages import ReceiptAsked
from domains.ledger.messages import CustomerPaymentAsked, EntryAsked, LoadChart, PutAccount, PutFiscalYear
from domains.master_data.messages import (
    PutCompany,
    PutCustomer,
    PutExchangeRate,
    PutItem,
    PutPaymentTerms,
    PutPriceList,
    PutTaxCode,
    PutUnit,
    PutWarehouse,
)
from domains.master_data.messages.suppliers import PutSupplier
from domains.sales.messages import OrderAsked
from foundation.values.errors import BusinessError
from foundation.values.messages import Message


class MappingRefused(BusinessError):
    """The mapping names something that there is not: a target, a field, a file, a column."""


_BY_CODE = ("code",)


@dataclass(frozen=True)
class Target:
    """One kind of record: the route's name, what it takes, and how a record is known again.

    With `key_fields` a record is known by its own fields and written again when it has changed. Without them
    it is a document: it needs an external id, counts once, and is never changed by importing it again.
    """

    name: str
    message: type[Message]
    key_fields: tuple[str, ...] = ()
    without_order: frozenset[str] = frozenset()
    """Lists in the record whose order does not count: in another order they are no change."""

    @property
    def path(self) -> str:
        """The route."""
        return f"/v1/{self.name}"

    @property
    def is_document(self) -> bool:
        """Whether its records happen once, rather than stand in a register."""
        return not self.key_fields

    @property
    def has_codes(self) -> bool:
        """Whether a record has a route of its own, by its code."""
        return self.key_fields == _BY_CODE


_IN_ORDER = (
    Target("companies", PutCompany, _BY_CODE),
    Target("accounts/template", LoadChart),
    Target("accounts", PutAccount, _BY_CODE),
    Target("fiscal-years", PutFiscalYear, _BY_CODE),
    Target("exchange-rates", PutExchangeRate, ("currency", "valid_from")),
    Target("tax-codes", PutTaxCode, _BY_CODE),
    Target("payment-terms", PutPaymentTerms, _BY_CODE),
    Target("warehouses", PutWarehouse, _BY_CODE),
    Target("units", PutUnit, _BY_CODE),
    Target("items", PutItem, _BY_CODE, frozenset({"units"})),
    Target("price-lists", PutPriceList, _BY_CODE, frozenset({"lines"})),
    Target("customers", PutCustomer, _BY_CODE),
    Target("suppliers", PutSupplier, _BY_CODE),
    Target("journal-entries", EntryAsked),
    Target("stock-receipts", ReceiptAsked),
    Target("sales-orders", OrderAsked),
    Target("payments", CustomerPaymentAsked),
)
TARGETS: Mapping[str, Target] = {target.name: target for target in _IN_ORDER}
"""In the order in which they are written: what is referred to comes first."""


def target_named(name: str) -> Target:
    """The target of that name; `price_lists` is `price-lists`. Refuses: MappingRefused."""
    if target := TARGETS.get(name.strip().lower().replace("_", "-").replace(" ", "-")):
        return target
    raise MappingRefused(f"there is no target '{name}'; there are: {', '.join(TARGETS)}")


class Kind(StrEnum):
    """What a field holds, as far as reading it from text goes."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    NESTED = "nested"


def kind_of(message: type[Message], path: str) -> Kind:
    """What the field at a dotted path holds: `lines.0.quantity` a number. Refuses: MappingRefused."""
    kind: Any = message
    walked: list[str] = []
    for part in path.split("."):
        if part.isdigit() and get_origin(kind) is tuple:
            kind = _plain(get_args(kind)[0])
        elif isinstance(kind, type) and issubclass(kind, Message) and part in kind.model_fields:
            kind = _plain(kind.model_fields[part].annotation)
        else:
            known = list(kind.model_fields) if hasattr(kind, "model_fields") else []
            raise MappingRefused(_unknown(path, part, walked, known))
        walked.append(part)
    if get_origin(kind) in (tuple, list, dict) or (isinstance(kind, type) and issubclass(kind, Message)):
        return Kind.NESTED
    if kind in (Decimal, int):
        return Kind.NUMBER
    return Kind.DATE if kind in (date, datetime) else Kind.TEXT


def _plain(annotation: Any) -> Any:
    """The type behind `Annotated[…]` and `… | None`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, types.UnionType):
            annotation = next(kind for kind in get_args(annotation) if kind is not type(None))
        else:
            return annotation


def _unknown(path: str, part: str, walked: list[str], known: list[str]) -> str:
    place = f" in {'.'.join(walked)}" if walked else ""
    if close := get_close_matches(part, known, 1):
        return f"there is no field '{path}': did you mean '{'.'.join([*walked, close[0]])}'?"
    return f"there is no field '{path}'; the fields{place} are: {', '.join(known) or 'none'}"
