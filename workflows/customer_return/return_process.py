"""What the process of a return knows, and what it tells: the order, and whoever asks."""

from datetime import date

from domains.ledger.messages import PlannedEntry
from domains.sales.messages import (
    InspectReturn,
    LineReceived,
    ReturnAuthorised,
    ReturnEnded,
    ReturnProgress,
    RunReturn,
)
from foundation.process.process import Process
from foundation.values.messages import Caller
from workflows.customer_return import crediting
from workflows.customer_return.crediting import CreditReason, ReturnCredited


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
        self.planned: tuple[PlannedEntry, ...] = ()
        """What is to be posted when they are credited."""
        self.credited = ReturnCredited(asked.order_id)

    def credit_reason(self, on: date, by: Caller | None = None) -> CreditReason:
        """Why what came back is credited, and what becomes of the money."""
        asked = self.asked
        return CreditReason(asked.return_id, on, asked.reason, asked.resolution, by)

    async def tell_orders(self, outcome: str) -> ReturnEnded:
        """How the return ended, for whoever waits for it; what was credited is told to the order that had
        billed it.
        """
        ended = self.ended(outcome)
        for done in self.credited.by_order:
            if done.goods.order_id != self.asked.order_id:
                await crediting.tell_who_bills(self, done, ended)
        ended = self.credited.of_own_order(ended)
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
            credited_amount=self.credited.credited_amount,
            refunded_amount=self.credited.refunded_amount,
        )

    @property
    def has_begun(self) -> bool:
        """Whoever asks for a return waits until it is authorised."""
        return self.waits_or_goes_on

    def answer(self) -> ReturnProgress:
        """Where the return stands, for whoever just did something to it."""
        notes = [one.note for done in self.credited.by_order for one in done.credited]
        return ReturnProgress(
            return_id=self.asked.return_id,
            return_number=self.authorised.return_number,
            stage=self.now.stage,
            waiting_on=self.now.waiting_on,
            credit_note_numbers=tuple(note.credit_note_number for note in notes if note.credit_note_number),
            credited_amount=self.credited.credited_amount,
            refunded_amount=self.credited.refunded_amount,
            currency=notes[0].currency if notes else None,
        )
