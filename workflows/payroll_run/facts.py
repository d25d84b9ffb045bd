"""What a payroll run's process knows: plain values, tested without Temporal."""

from typing import TypeAlias

from domains.payroll.messages.runs import (
    EditPayrollRun,
    OpenPayrollRun,
    PayrollRunOpened,
    PayrollRunReleased,
    PayrollRunTotals,
    SubmitPayrollRun,
)
from domains.payroll.rules import runs as rules
from foundation.process.next_run import Carried
from foundation.values.messages import Message


class PayrollRunFacts(Message):
    """How far a run has come."""

    opened: PayrollRunOpened | None = None
    totals: PayrollRunTotals | None = None
    """What it comes to, when all of it is computed."""
    rounds: int = 0
    """How often payslips were to be computed."""
    is_submitted: bool = False
    released: PayrollRunReleased | None = None
    is_posted: bool = False
    """Whether all of it is posted, or held."""

    @property
    def known(self) -> PayrollRunTotals:
        """What it comes to, once it was added up."""
        assert self.totals is not None
        return self.totals

    @property
    def number(self) -> str:
        """The run's number, once it is open."""
        assert self.opened is not None
        return self.opened.run_number

    def check_takes(self, kind: str, stage: str) -> None:
        """Refuses: StillCalculating, PayrollSubmitted, PayrollReleased."""
        if kind in ("edit", "submit") and self.is_submitted:
            raise rules.PayrollSubmitted(rules.not_edited(self.number, stage))
        if kind in ("edit", "submit") and self.totals is None:
            raise rules.StillCalculating(rules.not_yet(self.number if self.opened else "the run"))
        if kind == "cancel" and self.released is not None:
            raise rules.PayrollReleased(rules.not_cancelled(self.number))

    def check_asked(self, message: Message) -> None:
        """Refuses: PayrollChanged; NobodyToPay, of a run that is submitted."""
        if isinstance(message, EditPayrollRun | SubmitPayrollRun):
            rules.check_version(self.number, self.known.version, read=message.version)
        if isinstance(message, SubmitPayrollRun):
            rules.check_pays(self.known)


PayrollRunSoFar: TypeAlias = Carried[OpenPayrollRun, PayrollRunFacts]
