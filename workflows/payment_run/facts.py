"""What a payment run's process knows: plain values, tested without Temporal."""

from typing import TypeAlias

from domains.banking.messages.payment_runs import (
    EditPaymentRun,
    PaymentRunKept,
    PaymentRunReleased,
    ProposePaymentRun,
    SubmitPaymentRun,
)
from domains.banking.rules import payment_runs as rules
from foundation.process.next_run import Carried
from foundation.values.messages import Message


class PaymentRunFacts(Message):
    """How far a run has come."""

    kept: PaymentRunKept | None = None
    """What is to be paid, at its last version."""
    is_submitted: bool = False
    times_asked: int = 0
    """How often people were asked before about what it was then."""
    released: PaymentRunReleased | None = None
    is_posted: bool = False
    """Whether all of it is posted, or left out."""

    @property
    def known(self) -> PaymentRunKept:
        """What is to be paid, once it was proposed."""
        assert self.kept is not None
        return self.kept

    def check_takes(self, kind: str, stage: str) -> None:
        """Refuses: RunSubmitted, PaymentsReleased."""
        if kind in ("edit", "submit") and self.is_submitted:
            raise rules.RunSubmitted(rules.not_edited(self.known.run_number, stage))
        if kind == "cancel" and self.released is not None:
            raise rules.PaymentsReleased(rules.not_cancelled(self.known.run_number))

    def check_asked(self, message: Message) -> None:
        """Refuses: RunChanged; NothingToPay, of a run that is submitted."""
        if isinstance(message, EditPaymentRun | SubmitPaymentRun):
            rules.check_version(self.known.run_number, self.known.version, read=message.version)
        if isinstance(message, SubmitPaymentRun):
            rules.check_pays(self.known.payments, self.known.run_number)


PaymentRunSoFar: TypeAlias = Carried[ProposePaymentRun, PaymentRunFacts]
