"""What replenishment can be asked for, and what it answers. Quantities are in the items' stock units."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.procurement.messages.requisitions import Origin, RequisitionLine
from foundation.process.run_messages import ListSome, RunProgress
from foundation.values.events import EventPart, PublicEvent
from foundation.values.messages import Code, Message, Quantity, ShownAmount, ShownQuantity


class PutReorderRule(Message):
    """When an item is bought for a warehouse, and up to how much; in the item's stock unit."""

    code: Code
    item_code: Code
    warehouse_code: Code
    reorder_point: Annotated[Quantity, Field(ge=0)]
    """With this or less to have and to come, less what orders wait for, it is bought."""
    order_up_to: Annotated[Quantity, Field(gt=0)]
    """So much that there will be as much as this."""
    valid_from: date | None = None
    valid_to: date | None = None
    """Both days belong to it; without them it holds always. On any day one holds for an item in a
    warehouse.
    """
    blocked: bool = False


class ReorderRulePut(Message):
    """It is written down; whether it is new."""

    code: str
    item_code: str
    warehouse_code: str
    created: bool


class ReorderRuleChangedEvent(PublicEvent, name="replenishment.reorder_rule_changed"):
    """A reorder rule is new or was changed."""

    code: str
    item_code: str
    warehouse_code: str
    created: bool


class ShortageReason(StrEnum):
    """Why so much of something is to be bought, or nothing."""

    BACKORDERS = "backorders"
    """Orders wait for it that nothing is to come for."""
    REORDER_POINT = "reorder_point"
    """There is no more of it, with what is to come, than its reorder rule allows."""
    COVERED = "covered"
    """What is on order, requisitioned or on its way suffices."""


class ReplenishmentRunAsked(Message):
    """Ask for what runs short, on a day."""

    on: date | None = None
    """Today when empty."""


class ReplenishmentRunProgress(RunProgress):
    """How far a day's run has come: an item is a requisition, or something that nobody sells."""

    on: date


class ListShortages(ListSome):
    """List what is to be asked for on a day."""

    on: date


class RequestShortages(Message):
    """Ask for what is still short of some items in a warehouse, with one requisition."""

    requisition_id: UUID
    process_id: str
    """The requisition's process, which begins with it."""
    on: date
    warehouse_code: str
    item_codes: tuple[str, ...]


class ShortagesRequested(Message):
    """The requisition, as it was entered; without a number when nothing was short any more."""

    requisition_id: UUID
    requisition_number: str = ""
    requested_on: date
    lines: tuple[RequisitionLine, ...] = ()


class RequestedItem(EventPart):
    """What is short of an item, and for what it is asked; in the requisition's unit."""

    line_number: int
    item_code: str
    supplier_code: str
    quantity: ShownQuantity
    unit: str
    origin: Origin


class ShortagesRequestedEvent(
    PublicEvent, name="replenishment.shortages_requested", only_with="requisition_number"
):
    """Something runs short, and a requisition asks for it."""

    requisition_id: UUID
    requisition_number: str
    requested_on: date
    lines: tuple[RequestedItem, ...]


class ShowRequisitions(Message):
    """What a run on a day would ask for."""

    on: date


class ShortageToRequest(Message):
    """What would be asked for of an item, and where how much of it would be ordered at which price."""

    item_code: str
    quantity: ShownQuantity
    unit: str
    wanted_on: date
    origin: Origin
    for_orders: tuple[str, ...]
    order_quantity: ShownQuantity
    order_unit: str
    unit_price: ShownAmount
    currency: str
    base_amount: ShownAmount
    """Without tax, in the company's currency."""


class RequisitionToMake(Message):
    """A requisition that would be made: of one supplier, for one warehouse."""

    supplier_code: str
    warehouse_code: str
    lines: tuple[ShortageToRequest, ...]


class ShortageNotBought(Message):
    """What is short, and cannot be bought as things stand."""

    item_code: str
    warehouse_code: str
    quantity: ShownQuantity
    why: str


class RequisitionsShown(Message):
    """What a run would ask for, and what it could not."""

    requisitions: tuple[RequisitionToMake, ...]
    not_bought: tuple[ShortageNotBought, ...]


class ShortageView(Message):
    """What is short of an item in a warehouse, what comes for it, and how much is to be bought."""

    item_code: str
    item_name: str
    warehouse_code: str
    unit: str
    available: ShownQuantity
    """On hand, and set aside for nobody."""
    in_transit: ShownQuantity
    """On its way here from another warehouse."""
    backordered: ShownQuantity
    """What orders wait for."""
    on_order: ShownQuantity
    """Of purchase orders, also of those that wait for an approval, and not received yet."""
    requisitioned: ShownQuantity
    """What requisitions will order."""
    reorder_point: ShownQuantity | None
    """Of the rule that holds today; nothing without one."""
    order_up_to: ShownQuantity | None
    suggested_quantity: ShownQuantity
    """To be bought beyond all that is to come."""
    reason: ShortageReason
    for_orders: tuple[str, ...]
    """Of backorders: the numbers of the orders for which nothing is to come, in the order in which they are
    served.
    """
