"""What the process of a return knows, and what it tells: the order, and whoever asks."""

from decimal import Decimal

from domains.sales.messages import (
    InspectReturn,
    InvoiceCredited,
    LineQuantity,
    LineReceived,
    ReturnAuthorised,
    ReturnEnded,
    ReturnProgress,
    RunReturn,
)
from foundation.process.process import Process
from foundation.values.money import ZERO
from workflows.customer_return.crediting import Credited
from workflows.customer_return.translation import BilledGoods


class ReturnProcess(Process):
    """The base class of a customer's return: what it knows, and what it answers."""

    authorised: ReturnAuthorised

    def __init__(self, asked: RunReturn) -> None:
        super().__init__(asked)
        self.asked = asked
        self.is_authorised = False
        self.waits_or_goes_on = False
        """Whether it is shown where it stands since it was authorised."""
        self.inspection: InspectReturn | None = None
        self.received: tuple[LineReceived, ...] = ()
        self.goods: BilledGoods | None = None
        """What of it was to be credited, if anything was."""
        self.unbilled: tuple[LineQuantity, ...] = ()
        self.free_of_charge: tuple[LineQuantity, ...] = ()
        """What of a replacement never will stand on an invoice."""
        self.credited: list[Credited] = []

    async def tell_order(self, outcome: str) -> ReturnEnded:
        """How the return ended, for whoever waits for it; what was credited is told to the order that had
        billed it.
        """
        ended = self.ended(outcome)
        if (goods := self.goods) is not None and goods.order_id != self.asked.order_id:
            company, kind, _ = self.asked.process_of_order.split("/")
            told = ended.model_copy(update={"lines": ()})
            await self.tell(f"{company}/{kind}/{goods.order_id}", "return_ended", told)
            ended = ended.model_copy(update={"credits": (), "unbilled": self.free_of_charge})
        await self.tell(self.asked.process_of_order, "return_ended", ended)
        return ended

    def ended(self, outcome: str) -> ReturnEnded:
        """How the return ended, and what came of it."""
        return ReturnEnded(
            return_id=self.asked.return_id,
            return_number=self.authorised.return_number,
            outcome=outcome,
            resolution=self.asked.resolution,
            received_on=self.inspection.received_on if self.inspection else None,
            lines=self.received,
            unbilled=self.unbilled,
            credits=tuple(
                InvoiceCredited(invoice_id=one.invoice_id, amount=one.note.total_amount)
                for one in self.credited
                if one.note.credit_note_number
            ),
            credited_amount=self.credited_amount,
            refunded_amount=self.refunded_amount,
        )

    @property
    def credited_amount(self) -> Decimal:
        """What all credit notes come to."""
        return sum((one.note.total_amount for one in self.credited), ZERO)

    @property
    def refunded_amount(self) -> Decimal:
        """What of it was paid back."""
        return sum((one.refunded_amount for one in self.credited), ZERO)

    @property
    def has_begun(self) -> bool:
        """Whoever asks for a return waits until it is authorised."""
        return self.waits_or_goes_on

    def answer(self) -> ReturnProgress:
        """Where the return stands, for whoever just did something to it."""
        return ReturnProgress(
            return_id=self.asked.return_id,
            return_number=self.authorised.return_number,
            stage=self.now.stage,
            waiting_on=self.now.waiting_on,
            credit_note_numbers=tuple(
                one.note.credit_note_number for one in self.credited if one.note.credit_note_number
            ),
            credited_amount=self.credited_amount,
            refunded_amount=self.refunded_amount,
            currency=self.credited[0].note.currency if self.credited else None,
        )
