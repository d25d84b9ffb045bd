"""What the process of a purchase order knows of an invoice that is blocked. No Temporal here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from domains.payables.messages import EnterInvoice
from domains.payables.messages.blocks import EnterCredit, InvoiceBlock, ReasonRead, SupplierInvoiceBlocked
from foundation.values.errors import Refusals
from foundation.values.money import ZERO

BLOCKED = "supplier invoice blocked"
"""The stage of an order whose invoice waits for a decision, or for a credit note."""
OF_BLOCKED = ("accept_invoice", "reject_invoice", "enter_credit")
"""The commands that are about a blocked invoice."""


@dataclass
class WaitingInvoice:
    """An invoice that waits: as it was entered, by whom, and what it waits for."""

    enter: EnterInvoice
    entered_by: str
    noted: SupplierInvoiceBlocked | None = None
    """As it was written down last."""
    posted_on: date = date.min
    """The day on which it is posted at the earliest."""
    credits: list[EnterCredit] = field(default_factory=list)

    @property
    def blocks(self) -> tuple[InvoiceBlock, ...]:
        """What it waits for."""
        return self.noted.blocks if self.noted is not None else ()

    @property
    def number(self) -> str:
        """Our number for it; none before it is written down."""
        return self.noted.blocked_number if self.noted is not None else ""

    def is_read_in(self, read: Iterable[ReasonRead]) -> bool:
        """Whether this is all that it waits for, in the words of now."""
        now = {(one.line_number, one.code, one.why) for one in self.blocks}
        return {(one.line_number, one.code, one.why) for one in read} == now

    def wait_until(self, on: date) -> None:
        """It is not posted before this day, on which something was done that may cure it."""
        self.posted_on = max(self.posted_on, on)

    def says(self) -> str:
        """What it waits for, in a few words."""
        codes = dict.fromkeys(one.code.value for one in self.blocks)
        return f"invoice {self.enter.supplier_number} ({self.number}) is blocked: {', '.join(codes)}"


def check_credited(credit: EnterCredit, known: WaitingInvoice) -> None:
    """Refuses: Invalid, with every line that is not the invoice's, or is credited more than billed."""
    refusals, seen = Refusals(), set[int]()
    for position, line in enumerate(credit.lines):
        field_ = f"lines.{position}"
        if not 0 < line.line_number <= len(known.enter.lines) or line.line_number in seen:
            refusals.add(f"{field_}.line_number", "not a line of the invoice, or named twice")
            continue
        seen.add(line.line_number)
        left = known.enter.lines[line.line_number - 1].quantity - _credited(line.line_number, known.credits)
        if line.quantity > left:
            refusals.add(
                f"{field_}.quantity", f"no more than {left.normalize():f} are billed and not credited"
            )
    refusals.raise_if_any()


def _credited(number: int, credits: Iterable[EnterCredit]) -> Decimal:
    """How much of a line was credited so far."""
    return sum((line.quantity for one in credits for line in one.lines if line.line_number == number), ZERO)
