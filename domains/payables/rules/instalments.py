"""What is owed of a supplier's invoice, with an order or without one. No database."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from domains.ledger.messages import Discount, NewItem, Party, PartyType, Side
from domains.master_data.rules.payment_terms import InstalmentDue
from foundation.values.money import ZERO, DualAmount


@dataclass(frozen=True, kw_only=True)
class OwedByInstalment:
    """What an invoice comes to, by instalment, in its currency and (`base_…`) in the company's."""

    due: tuple[InstalmentDue, ...]
    base_due: tuple[Decimal, ...]

    @property
    def due_on(self) -> date:
        """When the last instalment falls due."""
        return max(instalment.due_on for instalment in self.due)

    @property
    def base_total_amount(self) -> Decimal:
        """All of it in the company's currency."""
        return sum(self.base_due, ZERO)

    def open_items(
        self, invoice_id: UUID, supplier_code: str, *, account_code: str, discount: Discount | None
    ) -> list[NewItem]:
        """What is owed, one item for each instalment, with what may be taken off for paying early."""
        return [
            NewItem(
                id=uuid5(invoice_id, f"instalment {number}"),
                side=Side.PAYABLE,
                account_code=account_code,
                party=Party(PartyType.SUPPLIER, supplier_code),
                due_on=due.due_on,
                value=-DualAmount(due.amount, base),
                discount=discount,
            )
            for number, (due, base) in enumerate(zip(self.due, self.base_due, strict=True), start=1)
        ]
