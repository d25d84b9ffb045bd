"""What may be done with a payment run, and what of it is paid when it is released."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from pydantic_core import to_json

from domains.banking.messages import PutBankAccount
from domains.banking.messages.payment_proposals import LeftOutReason, ProposedPayment
from domains.banking.messages.payment_runs import (
    EditPaymentRun,
    PaymentRunKept,
    PaymentRunStatus,
    RunInvoiceStatus,
)
from domains.banking.rules.payment_proposals import Payable
from domains.ledger.rules.settlement import settle
from domains.master_data.views import SupplierView
from foundation.values.errors import BusinessError, Forbidden, Invalid, Refusals
from foundation.values.money import ZERO


class NothingToPay(BusinessError):
    """No invoice is left in the run: there is nothing to approve, and nothing to pay."""


class RunSubmitted(BusinessError):
    """The run waits for its approvals, or has passed them: it is not edited any more."""

    status = 409


class RunChanged(BusinessError):
    """The run is at another version than was read: read it again."""

    status = 409


class PaymentsReleased(BusinessError):
    """The payments are released: the run is not cancelled any more, only single payments are taken back."""

    status = 409


class NotTheContent(BusinessError):
    """What was approved is not what the run would pay now."""

    status = 409


class EditedByAnother(Forbidden):
    """Whoever has not proposed the run does not edit it."""


class PaidFrom(NamedTuple):
    """The account of ours that pays: its code, and what the bank knows it by."""

    code: str
    iban: str
    bic: str
    currency: str


@dataclass(frozen=True)
class RunFacts:
    """A run under its lock."""

    id: UUID
    number: str
    status: PaymentRunStatus
    version: int
    content_hash: str
    proposed_by: str
    bank_account_code: str
    iban: str
    bic: str
    currency: str
    pay_on: date
    payroll_run_id: UUID | None = None
    """Whose net pay it pays; None when it pays suppliers."""

    @property
    def paid_from(self) -> PaidFrom:
        """The account that pays, as it was when the run was proposed."""
        return PaidFrom(self.bank_account_code, self.iban, self.bic, self.currency)


@dataclass(frozen=True)
class RunLine:
    """An invoice in a run, or a payment of wages: to whom, and to which account, as it was proposed."""

    invoice_id: UUID
    """Or the id of the wage payment."""
    supplier_code: str
    """Or the code of the employee."""
    iban: str
    bic: str
    open_amount: Decimal
    amount: Decimal
    discount_amount: Decimal
    status: RunInvoiceStatus
    left_out_because: str
    invoice_number: str = ""
    supplier_number: str = ""
    """What the supplier calls the invoice."""
    end_to_end_id: str = ""
    iban_before: str = ""
    """Where the last payment to the supplier went, when that was another account."""


@dataclass(frozen=True)
class ReleasedRun:
    """A run that is released: it is posted on `paid_on`, which stays."""

    id: UUID
    number: str
    bank_account_code: str
    iban: str
    bic: str
    currency: str
    paid_on: date
    payroll_run_id: UUID | None = None


def content_hash(paid_from: PaidFrom, pay_on: date, lines: Iterable[RunLine]) -> str:
    """Of all that will be paid, as SHA-256: when and from which account, with its IBAN and BIC, and of each
    invoice the supplier, IBAN, BIC, amount and discount.
    """
    paid = sorted(
        (
            one.supplier_code,
            one.iban,
            one.bic,
            str(one.invoice_id),
            _plain(one.amount),
            _plain(one.discount_amount),
        )
        for one in lines
        if one.status == RunInvoiceStatus.INCLUDED
    )
    return hashlib.sha256(to_json([*paid_from, str(pay_on), paid])).hexdigest()


def other_accounts(lines: Iterable[RunLine]) -> int:
    """How many payments go to another account than the last time: whoever approves them asks why."""
    return len({one.end_to_end_id for one in lines if one.iban_before})


def other_before(payments: Iterable[ProposedPayment], last: Mapping[str, str]) -> dict[str, str]:
    """By supplier the IBAN to which it was paid the last time, where that is another than now."""
    return {
        one.supplier_code: last[one.supplier_code]
        for one in payments
        if last.get(one.supplier_code, one.iban) != one.iban
    }


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def check_account(account: PutBankAccount, currency: str) -> None:
    """A file orders the bank to pay from an IBAN; and what is on its way to the bank has no rate of its own.

    Refuses: Invalid, naming the bank account, without an IBAN or in another currency than the company's.
    """
    refusals = Refusals()
    if not account.iban:
        refusals.add(
            "bank_account", f"{account.code} has no IBAN, from which the file for the bank would pay"
        )
    if account.currency != currency:
        refusals.add("bank_account", f"{account.code} is in {account.currency}; runs pay in {currency} only")
    refusals.raise_if_any()


def check_transit(code: str, of_banks: Collection[str]) -> None:
    """What is in transit is on no statement: its account is no bank account's. Refuses: Invalid."""
    if code in of_banks:
        why = f"account {code} is a bank account's: give the role payments_in_transit to another"
        raise Invalid(f"bank_account: {why}", errors=[("bank_account", why)])


def check_editable(run: RunFacts, *, version: int) -> None:
    """Refuses: RunSubmitted; RunChanged, when another version was read."""
    if run.status != PaymentRunStatus.PROPOSED:
        raise RunSubmitted(not_edited(run.number, run.status))
    check_version(run.number, run.version, read=version)


def not_edited(number: str, stage: str) -> str:
    """What is said to whoever would edit a run that is submitted."""
    return f"{number} is at '{stage}': cancel it and propose another to change what is paid"


def check_version(number: str, version: int, *, read: int) -> None:
    """Refuses: RunChanged."""
    if version != read:
        raise RunChanged(f"{number} is at version {version} by now; read it again")


def edited(
    run: RunFacts, edit: EditPaymentRun, lines: Collection[RunLine], taken: Collection[UUID]
) -> list[RunLine]:
    """All lines as they are after an edit; those that another run has taken meanwhile are `taken`.

    Refuses: RunSubmitted, RunChanged, EditedByAnother; Invalid, naming each invoice that is not to be paid
    by the run, or was not left out by a person.
    """
    check_editable(run, version=edit.version)
    if edit.edited_by != run.proposed_by:
        raise EditedByAnother(
            f"{run.proposed_by} has proposed {run.number} and edits it: whoever edits it could not approve it"
        )
    statuses = {one.invoice_id: (one.status, one.left_out_because) for one in lines}
    by_a_person = (RunInvoiceStatus.LEFT_OUT, LeftOutReason.BY_A_PERSON)
    included = (RunInvoiceStatus.INCLUDED, "")
    refusals = Refusals()
    for place, invoice in enumerate(edit.leave_out):
        if statuses.get(invoice) != included:
            refusals.add(f"leave_out.{place}", f"invoice {invoice} is not to be paid by {run.number}")
    for place, invoice in enumerate(edit.put_in):
        if statuses.get(invoice) != by_a_person:
            refusals.add(f"put_in.{place}", f"invoice {invoice} was not left out of {run.number} by a person")
        elif invoice in taken:
            refusals.add(f"put_in.{place}", f"invoice {invoice} is in another run meanwhile")
    refusals.raise_if_any()
    changes = dict.fromkeys(edit.leave_out, by_a_person) | dict.fromkeys(edit.put_in, included)
    return [_with(one, *changes.get(one.invoice_id, statuses[one.invoice_id])) for one in lines]


def _with(line: RunLine, status: RunInvoiceStatus, because: str) -> RunLine:
    return RunLine(**vars(line) | {"status": status, "left_out_because": str(because)})


def kept(run: RunFacts, lines: Collection[RunLine]) -> PaymentRunKept:
    """The run with these lines, at its next version."""
    paid = [one for one in lines if one.status == RunInvoiceStatus.INCLUDED]
    return PaymentRunKept(
        run_id=run.id,
        run_number=run.number,
        version=run.version + 1,
        content_hash=content_hash(run.paid_from, run.pay_on, paid),
        currency=run.currency,
        **amounts(run.payroll_run_id, paid),
        payments=len({one.end_to_end_id for one in paid}),
        invoices=len(paid),
        is_of_wages=run.payroll_run_id is not None,
        left_out=len(lines) - len(paid),
        other_accounts=other_accounts(paid),
        pay_on=run.pay_on,
    )


def amounts(payroll_run_id: UUID | None, paid: Collection[RunLine]) -> dict[str, Decimal | None]:
    """What a run comes to, paid and taken off; nothing is said of wages."""
    if payroll_run_id is not None:
        return {"amount": None, "discount_amount": None}
    return {
        "amount": sum((one.amount for one in paid), ZERO),
        "discount_amount": sum((one.discount_amount for one in paid), ZERO),
    }


def check_submission(run: RunFacts, version: int, lines: Iterable[RunLine]) -> None:
    """Refuses: RunSubmitted, RunChanged, NothingToPay."""
    check_editable(run, version=version)
    check_pays(sum(one.status == RunInvoiceStatus.INCLUDED for one in lines), run.number)


def check_pays(payments: int, number: str) -> None:
    """Refuses: NothingToPay."""
    if not payments:
        raise NothingToPay(f"{number} pays nothing: see what is left out, and why")


def check_cancellation(run: RunFacts) -> None:
    """Refuses: PaymentsReleased, naming what to do instead."""
    if run.status in (PaymentRunStatus.RELEASED, PaymentRunStatus.POSTED):
        raise PaymentsReleased(not_cancelled(run.number))


def not_cancelled(number: str) -> str:
    """What is said to whoever would cancel a run that is released."""
    return (
        f"the payments of {number} are released: stop the file at the bank, and take single payments back "
        "with POST /v1/supplier-payments/{id}/reversal, wages with POST /v1/wage-payments/{id}/reversal"
    )


def check_release(run: RunFacts, approved: str, account: PutBankAccount) -> None:
    """What was approved is what is paid, and from the account that was. Refuses: NotTheContent, also when the
    run is not submitted.
    """
    if run.status != PaymentRunStatus.SUBMITTED or approved != run.content_hash:
        raise NotTheContent(f"{run.number} is {run.status}, and not what was approved")
    if (account.iban, account.bic) != (run.iban, run.bic):
        raise NotTheContent(
            f"{account.code} had IBAN {run.iban} and BIC {run.bic or '-'} when it was approved"
        )


def why_not_paid(
    line: RunLine, paid_on: date, payable: Payable | None, supplier: SupplierView | None
) -> LeftOutReason | None:
    """What has changed about an invoice since it was proposed; None when it is paid as proposed.

    `payable` is what is open of it now, under its lock.
    """
    if payable is None or payable.document.open_amount <= 0:
        return LeftOutReason.NOT_OPEN
    if supplier is None or supplier.blocked:
        return LeftOutReason.SUPPLIER_BLOCKED
    account = supplier.bank_account(payable.currency)
    if account is None or (account.iban, account.bic) != (line.iban, line.bic):
        return LeftOutReason.BANK_ACCOUNT_CHANGED
    if paid_on < payable.open_since:
        return LeftOutReason.TOO_EARLY
    if (
        payable.document.open_amount != line.open_amount
        or _discount(line, payable, paid_on) != line.discount_amount
    ):
        return LeftOutReason.AMOUNT_CHANGED
    return None


def _discount(line: RunLine, payable: Payable, paid_on: date) -> Decimal:
    """What the amount would take off as a discount on the day, as the ledger settles it."""
    settlement = settle(
        line.amount,
        [payable.document],
        on=paid_on,
        currency=payable.currency,
        base_currency=payable.currency,
        small_difference=ZERO,
    )
    return settlement.settled[0].discount_amount
