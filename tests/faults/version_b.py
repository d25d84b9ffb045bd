"""Version B of our programs: a copy of the tree with a few small changes, as the next release may have them.

- A field is added to commands (an order's `channel`, a shipment's `parcels`), to what steps are asked and
  answer, and to an answer at the door.
- A new operation is a step of order to cash at two places, each behind a change of a name of its own: where
  every new order comes by, and where those come by that were begun by version A.
- The schema grows by three columns, one of them in a table of posted documents.
"""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

from tests.architecture.source import ROOT

FLOORS = ("perpetual", "workers", "api", "workflows", "activities", "domains", "foundation", "deploy")
BEFORE_CREDIT, BEFORE_CLOSING = "look-before-credit", "look-before-closing"
CHANGES = (BEFORE_CREDIT, BEFORE_CLOSING)
"""What the new steps are called where they are switched off."""


class Edit(NamedTuple):
    """One change of a file: where the old text stands once, the new one does."""

    path: str
    old: str
    new: str


EDITS = (
    # Commands, and the answer to one.
    Edit(
        "domains/sales/messages/orders.py",
        '    customer_reference: Text = ""\n    warehouse_code: Code | None = None\n',
        '    customer_reference: Text = ""\n    channel: Text = ""\n    warehouse_code: Code | None = None\n',
    ),
    Edit(
        "domains/sales/messages/orders.py",
        '    tracking: Text = ""\n    lines: tuple[LineQuantity, ...] = ()\n',
        '    tracking: Text = ""\n    parcels: int = 1\n    lines: tuple[LineQuantity, ...] = ()\n',
    ),
    Edit(
        "domains/sales/messages/orders.py",
        "    shipment_number: str\n    invoice_number: str | None\n",
        "    shipment_number: str\n    invoice_number: str | None\n    parcels: int = 1\n",
    ),
    Edit(
        "workflows/order_to_cash/answers.py",
        "        shipment_id=shipment.shipment_id,\n",
        "        shipment_id=shipment.shipment_id,\n        parcels=shipment.parcels,\n",
    ),
    # What steps are asked, and answer.
    Edit(
        "domains/sales/messages/orders.py",
        "    customer_reference: str\n    ordered_on: date\n    currency: str\n",
        '    customer_reference: str\n    channel: str = ""\n    ordered_on: date\n    currency: str\n',
    ),
    Edit(
        "activities/sales/orders.py",
        "        customer_reference=order.customer_reference,\n",
        "        customer_reference=order.customer_reference,\n        channel=order.channel,\n",
    ),
    Edit(
        "domains/inventory/messages/goods.py",
        "class PostGoodsIssue(Message):\n",
        "class OfParcels(Message):\n"
        '    """How many parcels leave."""\n\n'
        "    parcels: int = 1\n\n\n"
        "class PostGoodsIssue(OfParcels):\n",
    ),
    Edit(
        "workflows/order_to_cash/translation.py",
        "        tracking=shipment.tracking,\n",
        "        tracking=shipment.tracking,\n        parcels=shipment.parcels,\n",
    ),
    # The new step, at two places.
    Edit(
        "domains/sales/messages/orders.py",
        "class HoldOrder(Message):\n",
        "class LookAtOrder(Message):\n"
        '    """Somebody looks at the order once more."""\n\n'
        "    order_id: UUID\n\n\n"
        "class HoldOrder(Message):\n",
    ),
    Edit(
        "domains/sales/messages/__init__.py",
        "    HoldOrder,\n    LineQuantity,\n",
        "    HoldOrder,\n    LineQuantity,\n    LookAtOrder as LookAtOrder,\n",
    ),
    Edit("activities/sales/orders.py", "    HoldOrder,\n", "    HoldOrder,\n    LookAtOrder,\n"),
    Edit(
        "activities/sales/orders.py",
        '@operation("sales.hold_order", event=OrderHeldEvent)\n',
        '@operation("sales.look_at_order")\n'
        "async def look_at_order(tx: Transaction, look: LookAtOrder) -> OrderChanged:\n"
        '    """Note that somebody has looked at the order."""\n'
        "    looked = update(rows_of(SalesOrder)).where(SalesOrder.id == look.order_id)\n"
        "    await tx.execute(looked.values(looks=SalesOrder.looks + 1))\n"
        "    return OrderChanged(order_id=look.order_id, status=None)\n\n\n"
        '@operation("sales.hold_order", event=OrderHeldEvent)\n',
    ),
    Edit(
        "activities/sales/__init__.py",
        "    hold_order,\n    place_order,\n",
        "    hold_order,\n    look_at_order as look_at_order,\n    place_order,\n",
    ),
    Edit(
        "workflows/order_to_cash/process.py",
        "        ask = translation.credit_check(self.facts.placed)\n",
        f'        if await self.follows("{BEFORE_CREDIT}"):\n'
        "            look = messages.LookAtOrder(order_id=self.facts.order_id)\n"
        '            await self.step(sales.look_at_order, look, per="credit")\n'
        "        ask = translation.credit_check(self.facts.placed)\n",
    ),
    Edit(
        "workflows/order_to_cash/process.py",
        "        await billing.close_order(",
        f'        if await self.follows("{BEFORE_CLOSING}"):\n'
        "            look = messages.LookAtOrder(order_id=self.facts.order_id)\n"
        '            await self.step(sales.look_at_order, look, per="closing", must=True)\n'
        "        await billing.close_order(",
    ),
    # The schema: it grows first, while version A is at work.
    Edit(
        "domains/sales/tables.py",
        "    customer_reference: Mapped[str]\n    ordered_on: Mapped[date]\n"
        "    requested_on: Mapped[date | None]\n",
        "    customer_reference: Mapped[str]\n"
        '    channel: Mapped[str] = mapped_column(server_default="")\n'
        '    looks: Mapped[int] = mapped_column(server_default="0")\n'
        "    ordered_on: Mapped[date]\n    requested_on: Mapped[date | None]\n",
    ),
    Edit(
        "domains/inventory/tables/documents.py",
        "    tracking: Mapped[str]\n    cost: Mapped[Decimal] = mapped_column(AMOUNT)\n",
        "    tracking: Mapped[str]\n"
        '    parcels: Mapped[int] = mapped_column(server_default="1")\n'
        "    cost: Mapped[Decimal] = mapped_column(AMOUNT)\n",
    ),
)
_ALWAYS = re.compile(r'if await self\.follows\("[a-z-]+"\):')
MIGRATION = '''"""Where an order came from, who has looked at it, and in how many parcels it has left."""

from foundation.database.migrations import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Three columns with defaults: whoever does not know them writes as before."""
    run_script(
        "ALTER TABLE sales.sales_order ADD COLUMN channel text NOT NULL DEFAULT '', "
        "ADD COLUMN looks integer NOT NULL DEFAULT 0; "
        "ALTER TABLE inventory.shipment ADD COLUMN parcels integer NOT NULL DEFAULT 1; "
        "SELECT foundation.stamp_transaction('inventory.shipment')"
    )
'''


def make_version_a(directory: Path) -> Path:
    """A copy of the tree: what is edited here meanwhile is not run there."""
    for floor in FLOORS:
        shutil.copytree(ROOT / floor, directory / floor, ignore=shutil.ignore_patterns("__pycache__"))
    return directory


def make_version_b(directory: Path, *, careless: bool = False) -> Path:
    """A copy that is changed; a careless one has its new steps for everybody, whatever the history says."""
    make_version_a(directory)
    for path, old, new in EDITS:
        file = directory / path
        text = file.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise LookupError(f"{path} does not have this text once: {old!r}")
        text = text.replace(old, new)
        file.write_text(_ALWAYS.sub("if True:", text) if careless else text, encoding="utf-8")
    migration = directory / "deploy" / "migrations" / "versions" / "0002_version_b.py"
    migration.write_text(MIGRATION, encoding="utf-8")
    return directory
