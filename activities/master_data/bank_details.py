"""Changes of bank details: taken up, approved by another, and made when it is time; or cancelled."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, update

from activities.master_data.changing_bank_details import changed, take_effect
from domains.master_data import tables
from domains.master_data.bank_details import locked_change
from domains.master_data.messages import bank_details as messages
from domains.master_data.messages.bank_details import BankDetailsChangeStatus, BankDetailsOwner
from domains.master_data.rules import bank_details_changes as rules
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation


@operation("master_data.take_up_bank_details_change", event=messages.BankDetailsChangeAskedEvent)
async def take_up_bank_details_change(
    tx: Transaction, take: messages.TakeUpBankDetailsChange
) -> messages.BankDetailsChangeTaken:
    """Take up what somebody has asked for: it waits from this moment on as long as the company said when it
    was asked. Refuses: NotFound, BankDetailsChangeNotInThisStatus.
    """
    change = await locked_change(tx, take.change_id)
    rules.check_status(change, BankDetailsChangeStatus.ASKED)
    not_before = change.not_before or take.at + timedelta(hours=change.wait_hours)
    await tx.update(tables.BankDetailsChangeRow, change.id, not_before=not_before)
    told = ("owner", "code", "party_code", "requested_by", "content_hash", "is_anothers", "wait_hours")
    return messages.BankDetailsChangeTaken(
        change_id=change.id,
        change_number=change.number,
        may_not_approve=tuple(change.may_not_approve),
        not_before=not_before,
        **{name: getattr(change, name) for name in told},
    )


@operation("master_data.submit_bank_details_change")
async def submit_bank_details_change(
    tx: Transaction, submit: messages.SubmitBankDetailsChange
) -> messages.BankDetailsChanged:
    """Somebody else is asked about it. Refuses: NotFound, BankDetailsChangeNotInThisStatus."""
    change = await locked_change(tx, submit.change_id)
    rules.check_status(change, BankDetailsChangeStatus.ASKED)
    return changed(change)


@operation("master_data.approve_bank_details_change")
async def approve_bank_details_change(
    tx: Transaction, approve: messages.ApproveBankDetailsChange
) -> messages.BankDetailsChanged:
    """Somebody else has said yes: it waits for its time only. Nothing is changed, and who it is is answered,
    when they have changed the record since it was asked for.

    Refuses: NotFound, BankDetailsChangeNotInThisStatus, NotTheBankDetails.
    """
    change = await locked_change(tx, approve.change_id)
    rules.check_status(change, BankDetailsChangeStatus.ASKED)
    rules.check_content(change, approve.content_hash)
    if who := rules.who_may_not(change, approve.approved_by, approve.on_behalf_of):
        return changed(change).model_copy(update={"who_may_not": who})
    by = {"approved_by": approve.approved_by, "on_behalf_of": approve.on_behalf_of}
    status = BankDetailsChangeStatus.APPROVED.value
    return changed(await tx.update(tables.BankDetailsChangeRow, change.id, status=status, **by))


@operation("master_data.cancel_bank_details_change", event=messages.BankDetailsChangeEndedEvent)
async def cancel_bank_details_change(
    tx: Transaction, cancel: messages.CancelBankDetailsChange
) -> messages.BankDetailsChanged:
    """Nothing is changed: somebody has said no, or it is not wanted any more. Does nothing when it is ended
    so already. Refuses: NotFound, BankDetailsChangeNotInThisStatus.
    """
    change = await locked_change(tx, cancel.change_id)
    ended = BankDetailsChangeStatus.REJECTED if cancel.is_rejected else BankDetailsChangeStatus.CANCELLED
    rules.check_status(change, BankDetailsChangeStatus.ASKED, BankDetailsChangeStatus.APPROVED)
    row = await tx.update(tables.BankDetailsChangeRow, change.id, status=ended.value, reason=cancel.reason)
    return changed(row)


@operation("master_data.apply_bank_details", event=messages.BankDetailsChangedEvent)
async def apply_bank_details(
    tx: Transaction, apply: messages.ApplyBankDetails
) -> messages.BankDetailsChanged:
    """From now on the money of a supplier, or of the company, goes to the new accounts.

    Refuses: NotFound, BankDetailsChangeNotInThisStatus, StillWaiting.
    """
    asked = await locked_change(tx, apply.change_id, with_record=True)
    is_company = asked.owner == BankDetailsOwner.COMPANY
    record: Any = tables.Company if is_company else tables.Supplier
    accounts = rules.as_in_company(asked.accounts) if is_company else {"bank_accounts": asked.accounts}
    change = await take_effect(tx, apply)
    counted = {"version": record.version + 1, "changed_at": func.now()}
    await tx.execute(update(record).where(record.code == change.code).values(**accounts, **counted))
    return changed(change)
