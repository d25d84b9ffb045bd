"""Where people's pay goes instead: kept for few, and changed when somebody else has said yes."""

from sqlalchemy import and_, func, or_, select, text, update
from sqlalchemy.orm import aliased

from activities.master_data.changing_bank_details import changed, take_effect
from domains.master_data.messages.bank_details import (
    ApplyBankDetails,
    BankDetailsChanged,
)
from domains.payroll.messages.records import PayAccountChangedEvent
from domains.payroll.tables import PayAccountChangeRow, PayAgreementRecord
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import NotFound

ONE_AT_A_TIME = text("SELECT payroll.lock_agreements(:employee)")
"""Who agrees with somebody waits for who does so at the same time."""


@operation("payroll.apply_account_change", event=PayAccountChangedEvent)
async def apply_account_change(tx: Transaction, apply: ApplyBankDetails) -> BankDetailsChanged:
    """From now on somebody's pay goes to the new accounts: what is computed from now on says so. Agreements
    that follow, and had the same accounts as this one, have the new ones as well.

    Refuses: NotFound, BankDetailsChangeNotInThisStatus, StillWaiting.
    """
    if (wanted := await tx.get(PayAccountChangeRow, apply.change_id)) is None:
        raise NotFound(f"there is no pay account change {apply.change_id}")
    await tx.execute(ONE_AT_A_TIME, {"employee": wanted.employee_code})
    change = await take_effect(tx, apply)
    accounts = {
        "accounts": wanted.accounts,
        "version": PayAgreementRecord.version + 1,
        "changed_at": func.now(),
    }
    changed_one = aliased(PayAgreementRecord)
    begins = select(changed_one.valid_from).where(changed_one.code == change.code).scalar_subquery()
    follows = and_(
        PayAgreementRecord.employee_code == wanted.employee_code,
        PayAgreementRecord.valid_from > begins,
        PayAgreementRecord.accounts == wanted.accounts_before,
    )
    of_person = or_(PayAgreementRecord.code == change.code, follows)
    await tx.execute(update(PayAgreementRecord).where(of_person).values(**accounts))
    return changed(change)
