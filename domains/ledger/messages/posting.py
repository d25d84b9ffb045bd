"""What a business domain posts: lines on accounts or roles, and the open items that they make.

Amounts are signed, debit positive, in the entry's currency; `base_amount` is in the company's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID, uuid5

from domains.ledger.messages.accounts import Role
from domains.master_data.parties import Party
from foundation.values.money import ZERO, DualAmount


class RoleKey(NamedTuple):
    """A role with a key: the account that the company has set for the two, otherwise the role's own."""

    role: Role
    key: str


@dataclass(frozen=True)
class LineToPost:
    """One line as a business domain posts it: debit positive, in the entry's currency.

    The account is named by its code, by a role, or by a role with a key. Without a base amount the line is
    converted at the day's rate, rounded half-up. `due_on` and, of goods received, `quantity` (in the stock
    unit) and `order_line_number` are of the open item that a line on a control account makes.
    """

    account: str | Role | RoleKey
    amount: Decimal
    base_amount: Decimal | None = None
    text: str = ""
    party: Party | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)
    due_on: date | None = None
    quantity: Decimal | None = None
    order_line_number: int | None = None


@dataclass(frozen=True)
class Line:
    """One line as it is written: debit positive, in the entry's currency and in the company's."""

    account_code: str
    amount: Decimal
    base_amount: Decimal
    text: str = ""
    party: Party | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """What an entry posts: the document, and the purpose; there is one entry for both."""

    type: str
    id: UUID
    purpose: str

    @property
    def entry_id(self) -> UUID:
        """The entry's id, the same whenever it is asked for."""
        return uuid5(self.id, f"{self.type}/{self.purpose}")


class Side(StrEnum):
    """Which subledger an open item is in."""

    RECEIVABLE = "receivable"
    PAYABLE = "payable"
    GOODS_RECEIVED = "goods_received"
    WAGES = "wages"
    """What people are owed for their work: seen where their payslips are, and nowhere else."""


@dataclass(frozen=True)
class Document:
    """A posted document as the books name it."""

    type: str
    id: UUID
    number: str
    process_id: str | None = None
    """The process to tell when it is settled."""
    order_id: UUID | None = None
    corrects_id: UUID | None = None
    """The document that it corrects: a credit note's invoice."""
    party_reference: str = ""
    """What the party calls it: a supplier's own number of its invoice."""


class TaxShare(NamedTuple):
    """What a cash discount takes off one tax of a document, by its number there, and the account it is on."""

    line_number: int
    account_code: str
    discount_amount: Decimal


@dataclass(frozen=True)
class Discount:
    """What may be taken off when a document is paid by a day: net, and of each of its taxes, rounded.

    Only when `on_amount` is open, which is all that it charges.
    """

    until: date
    on_amount: Decimal
    net_amount: Decimal
    taxes: tuple[TaxShare, ...] = ()


@dataclass(frozen=True)
class NewItem:
    """An open item to be made: what is owed to us (positive), or by us (negative)."""

    id: UUID
    side: Side
    account_code: str
    party: Party | None
    due_on: date
    value: DualAmount
    quantity: Decimal | None = None
    """Of goods received, in the stock unit."""
    order_line_number: int | None = None
    """Of goods received: which line of the document's order they came for."""
    on_account: bool = False
    """Money that waits to be used, and nothing that is owed."""
    discount: Discount | None = None
    discount_amount: Decimal = ZERO
    """Of money that was credited: the discount that was granted with it, and was reversed."""
    written_off_amount: Decimal = ZERO
    """The small difference, likewise."""


class Opened(NamedTuple):
    """From which day on a document can be settled, or money used."""

    number: str
    item_ids: tuple[UUID, ...]
    on: date
    """Its own day."""
    again_on: date | None
    """The last day on which what had settled it was taken back; None when nothing was."""

    @property
    def since(self) -> date:
        """The later of both: before, it would be settled twice on the days between."""
        return max(self.on, self.again_on or self.on)


class OpenGoods(NamedTuple):
    """What of a receipt is not invoiced yet: in the stock unit, and in the company's currency."""

    item_id: UUID
    order_line_number: int
    quantity: Decimal
    base_amount: Decimal
    opened: Opened

    def less(self, quantity: Decimal, base_amount: Decimal) -> "OpenGoods":
        """What is left of it when so much is invoiced."""
        return self._replace(quantity=self.quantity - quantity, base_amount=self.base_amount - base_amount)
