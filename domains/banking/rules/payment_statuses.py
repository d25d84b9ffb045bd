"""What a bank says of payments, and what of it counts.

Source of the codes: the external code sets of ISO 20022, ExternalPaymentTransactionStatus1Code,
ExternalPaymentGroupStatus1Code and ExternalStatusReason1Code.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from domains.banking.files.statements import MOST_LINES
from domains.banking.files.status_reports import (
    ReadStatusReport,
    StatusLevel,
    StatusReportTooLarge,
    ToldStatus,
)
from domains.banking.messages.payment_runs import RunPaymentState
from domains.banking.messages.payment_statuses import StatusOutcome
from foundation.values.errors import Conflict

REJECTED = "RJCT"
SETTLED = frozenset({"ACSC", "ACCC"})
"""From these and from a rejection nothing goes back."""
DUPLICATES = frozenset({"AM05", "DU01", "DU02", "DU03", "DU04", "DU05", "DUPL"})
"""Why a file or a payment is rejected that the bank has already: the same file was sent again."""
ACCEPTED = frozenset({"ACTC", "ACCP", "ACSP", "ACWC", "ACWP", "ACFC"}) | SETTLED
STATUSES = {
    "ACCC": "AcceptedSettlementCompletedCreditorAccount",
    "ACCP": "AcceptedCustomerProfile",
    "ACFC": "AcceptedFundsChecked",
    "ACSC": "AcceptedSettlementCompletedDebitorAccount",
    "ACSP": "AcceptedSettlementInProcess",
    "ACTC": "AcceptedTechnicalValidation",
    "ACWC": "AcceptedWithChange",
    "ACWP": "AcceptedWithoutPosting",
    "PART": "PartiallyAccepted",
    "PATC": "PartiallyAcceptedTechnicalCorrect",
    "PDNG": "Pending",
    "RCVD": "Received",
    REJECTED: "Rejected",
}
REASONS = {
    "AB05": "TimeoutCreditorAgent",
    "AB06": "TimeoutInstructedAgent",
    "AC01": "IncorrectAccountNumber",
    "AC02": "InvalidDebtorAccountNumber",
    "AC03": "InvalidCreditorAccountNumber",
    "AC04": "ClosedAccountNumber",
    "AC05": "ClosedDebtorAccountNumber",
    "AC06": "BlockedAccount",
    "AC07": "ClosedCreditorAccountNumber",
    "AC13": "InvalidDebtorAccountType",
    "AC14": "InvalidCreditorAccountType",
    "AG01": "TransactionForbidden",
    "AG02": "InvalidBankOperationCode",
    "AG03": "TransactionNotSupported",
    "AM01": "ZeroAmount",
    "AM02": "NotAllowedAmount",
    "AM03": "NotAllowedCurrency",
    "AM04": "InsufficientFunds",
    "AM05": "Duplication",
    "AM06": "TooLowAmount",
    "AM07": "BlockedAmount",
    "AM09": "WrongAmount",
    "AM10": "InvalidControlSum",
    "AM12": "InvalidAmount",
    "AM14": "AmountExceedsAgreedLimit",
    "BE01": "InconsistentWithEndCustomer",
    "BE04": "MissingCreditorAddress",
    "BE05": "UnrecognisedInitiatingParty",
    "BE06": "UnknownEndCustomer",
    "BE07": "MissingDebtorAddress",
    "CH03": "RequestedExecutionDateOrRequestedCollectionDateTooFarInFuture",
    "CNOR": "CreditorBankIsNotRegistered",
    "CURR": "IncorrectCurrency",
    "CUST": "RequestedByCustomer",
    "DNOR": "DebtorBankIsNotRegistered",
    "DS02": "OrderRejected",
    "DT01": "InvalidDate",
    "DU01": "DuplicateMessageID",
    "DU02": "DuplicatePaymentInformationID",
    "DU03": "DuplicateTransaction",
    "DU04": "DuplicateEndToEndID",
    "DU05": "DuplicateInstructionID",
    "DUPL": "DuplicatePayment",
    "ED05": "SettlementFailed",
    "FF01": "InvalidFileFormat",
    "FOCR": "FollowingCancellationRequest",
    "FRAD": "FraudulentOrigin",
    "MD07": "EndCustomerDeceased",
    "MS02": "NotSpecifiedReasonCustomerGenerated",
    "MS03": "NotSpecifiedReasonAgentGenerated",
    "NARR": "Narrative",
    "RC01": "BankIdentifierIncorrect",
    "RC04": "InvalidCreditorBankIdentifier",
    "RF01": "NotUniqueTransactionReference",
    "RR01": "MissingDebtorAccountOrIdentification",
    "RR02": "MissingDebtorNameOrAddress",
    "RR03": "MissingCreditorNameOrAddress",
    "RR04": "RegulatoryReason",
    "RR05": "RegulatoryInformationInvalid",
    "TM01": "InvalidCutOffTime",
}
"""The names of the reasons; a code that is not here is shown without one."""


class PaymentConfirmed(Conflict):
    """A line of a statement has confirmed the payment: the bank says both that it has paid, and that not."""


class PaymentWasRejected(Conflict):
    """The bank has rejected the payment, and what it had paid is owed again: a line that says that it was
    made is for a person to ask the bank about.
    """


class OrderedRun(NamedTuple):
    """A payment run as a bank may name it, and what it has paid."""

    number: str
    is_ordered: bool
    """Whether its file is written."""
    payments: Mapping[str, UUID]
    """By their end-to-end ids."""


@dataclass(frozen=True)
class StatusLine:
    """What a report says of one payment."""

    bank_message_id: str
    said_at: datetime
    message_id: str
    told: ToldStatus
    payment_id: UUID | None
    outcome: StatusOutcome

    def columns(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "bank_message_id": self.bank_message_id,
            "said_at": self.said_at,
            "level": self.told.level.value,
            "message_id": self.message_id,
            "payment_information_id": self.told.payment_information_id,
            "end_to_end_id": self.told.end_to_end_id,
            "status": self.told.status,
            "reason_code": self.told.reason_code,
            "reason_text": self.told.reason_text,
            "payment_id": self.payment_id,
            "outcome": self.outcome.value,
        }


class KnownStatus(NamedTuple):
    """What counts of a payment so far."""

    status: str
    said_at: datetime


def lines_of(reports: Iterable[ReadStatusReport], runs: Mapping[str, OrderedRun]) -> list[StatusLine]:
    """What reports say, payment by payment: what is said of many is said of each of them of which nothing
    more precise is. What is of no payment stands as it was said. Refuses: StatusReportTooLarge.
    """
    said = (line for report in reports for line in _lines(report, runs.get(report.message_id)))
    found = list(islice(said, MOST_LINES + 1))
    if len(found) > MOST_LINES:
        raise StatusReportTooLarge(f"a file may say the status of {MOST_LINES:,} payments")
    return found


def _lines(report: ReadStatusReport, run: OrderedRun | None) -> Iterator[StatusLine]:
    of_one = {
        told.end_to_end_id
        for told in report.statuses
        if told.level == StatusLevel.TRANSACTION and _unknown(told, run) is None
    }
    has_whole = any(
        told.level == StatusLevel.PAYMENT_INFORMATION and _unknown(told, run) is None
        for told in report.statuses
    )
    for told in report.statuses:
        unknown = _unknown(told, run)
        if unknown is not None or run is None:
            yield _line(report, told, None, unknown or StatusOutcome.UNKNOWN_MESSAGE)
        elif told.level == StatusLevel.TRANSACTION:
            yield _line(report, told, run.payments[told.end_to_end_id], StatusOutcome.NOTED)
        elif told.level == StatusLevel.PAYMENT_INFORMATION or not has_whole:
            for name, payment_id in sorted(run.payments.items()):
                if name not in of_one:
                    of_payment = replace(told, end_to_end_id=name)
                    yield _line(report, of_payment, payment_id, StatusOutcome.NOTED)


def _unknown(told: ToldStatus, run: OrderedRun | None) -> StatusOutcome | None:
    """Why it is of no payment of ours."""
    if run is None:
        return StatusOutcome.UNKNOWN_MESSAGE
    if not run.is_ordered:
        return StatusOutcome.NOT_ORDERED
    # Our files have one payment information, with the number of the run; some banks leave it out.
    if told.payment_information_id not in ("", run.number):
        return StatusOutcome.UNKNOWN_PAYMENT_INFORMATION
    if told.level == StatusLevel.TRANSACTION and told.end_to_end_id not in run.payments:
        return StatusOutcome.UNKNOWN_TRANSACTION
    return None if told.status in STATUSES else StatusOutcome.UNKNOWN_STATUS


def _line(
    report: ReadStatusReport, told: ToldStatus, payment_id: UUID | None, outcome: StatusOutcome
) -> StatusLine:
    return StatusLine(report.report_id, report.said_at, report.message_id, told, payment_id, outcome)


def judged(lines: Iterable[StatusLine], known: Mapping[UUID, KnownStatus]) -> list[StatusLine]:
    """The same lines with what becomes of each, beside what was known of their payments, in their order."""
    so_far = dict(known)
    found = []
    for line in lines:
        if line.payment_id is None:
            found.append(line)
            continue
        outcome = _outcome(line, so_far.get(line.payment_id))
        if outcome in (StatusOutcome.NOTED, StatusOutcome.TO_REJECT):
            so_far[line.payment_id] = KnownStatus(line.told.status, line.said_at)
        found.append(replace(line, outcome=outcome))
    return found


def _outcome(line: StatusLine, known: KnownStatus | None) -> StatusOutcome:
    """The newest counts, but for what has ended: what is rejected stays so, and what is settled too. What is
    rejected as a duplicate came twice, and says nothing of the payment that the bank had before.
    """
    status = line.told.status
    if known is not None and known.status == REJECTED:
        return StatusOutcome.AFTER_REJECTION
    if status == REJECTED and line.told.reason_code in DUPLICATES:
        return StatusOutcome.DUPLICATE
    if known is not None and known.status in SETTLED and status not in SETTLED:
        return StatusOutcome.AFTER_SETTLEMENT
    if status == REJECTED:
        return StatusOutcome.TO_REJECT
    is_older = known is not None and line.said_at < known.said_at
    comes_to_its_end = known is not None and status in SETTLED and known.status not in SETTLED
    return StatusOutcome.OLDER if is_older and not comes_to_its_end else StatusOutcome.NOTED


def state_of(
    status: str,
    *,
    is_posted: bool,
    stands: bool,
    confirmed_by: bool,
    returned_by: bool,
    rejected_on: bool,
) -> RunPaymentState:
    """How far a payment has come: what the books know goes before what the bank has said of it."""
    if returned_by:
        return RunPaymentState.RETURNED
    if confirmed_by:
        return RunPaymentState.CONFIRMED
    if rejected_on:
        return RunPaymentState.REJECTED
    if not is_posted:
        return RunPaymentState.PLANNED
    if not stands:
        return RunPaymentState.TAKEN_BACK
    return RunPaymentState.ACCEPTED if status in ACCEPTED else RunPaymentState.IN_TRANSIT


def check_not_confirmed(end_to_end_id: str, confirmed_by: str | None) -> None:
    """Refuses: PaymentConfirmed."""
    if confirmed_by is not None:
        raise PaymentConfirmed(
            f"{confirmed_by} says that the bank has made {end_to_end_id}: ask the bank, and take that "
            "posting back with POST /v1/bank-postings/{id}/reversal when the payment was rejected"
        )


def was_rejected(end_to_end_id: str, field: str) -> PaymentWasRejected:
    """The refusal, naming what to do instead."""
    why = (
        f"the bank has rejected {end_to_end_id}, and what it had paid is owed again. If it was paid all the "
        "same, pay its invoices by hand from the account in transit (POST /v1/supplier-payments with its "
        "account_code), and post the line to that account"
    )
    return PaymentWasRejected(f"{field}: {why}", errors=[(field, why)])


def why_reversed(end_to_end_id: str, code: str, text: str) -> str:
    """What a reversal gives as its reason: the code with its name, and what the bank adds."""
    named = " ".join(filter(None, (code, REASONS.get(code, ""))))
    said = ": ".join(filter(None, (named, text)))
    return f"{end_to_end_id} was rejected by the bank{f' ({said})' if said else ''}"[:2000]


def counts(outcomes: Collection[StatusOutcome]) -> dict[str, int]:
    """How many of them count, are to be rejected, and say nothing that we know."""
    unknown = [one for one in outcomes if one.startswith("unknown") or one == StatusOutcome.NOT_ORDERED]
    return {
        "lines": len(outcomes),
        "noted": sum(one == StatusOutcome.NOTED for one in outcomes),
        "to_reject": sum(one == StatusOutcome.TO_REJECT for one in outcomes),
        "unknown": len(unknown),
    }
