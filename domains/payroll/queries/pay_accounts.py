"""Changes of where people's pay goes, as they are read by who may."""

from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, text

from domains.master_data.bank_details import (
    BankDetailsChangeSummary,
    bank_details_change_head,
    suppliers_with,
)
from domains.payroll.messages.records import PayAccount
from domains.payroll.tables import PayAccountChangeRow
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound


class PayAccountChangeView(BankDetailsChangeSummary):
    """A change of where somebody's pay goes, with the accounts and who else has one of the new ones."""

    accounts_before: tuple[PayAccount, ...]
    accounts: tuple[PayAccount, ...]
    also_of_employees: list[str]
    also_of_suppliers: list[str]


_ALSO_OF = text(
    """
    SELECT DISTINCT a.employee_code FROM payroll.pay_agreement a
    WHERE a.employee_code <> :but_not AND EXISTS (
        SELECT FROM jsonb_to_recordset(a.accounts) AS b (iban text) WHERE b.iban = ANY (:ibans))
    ORDER BY a.employee_code
    """
).bindparams(bindparam("ibans", type_=ARRAY(Text)))


async def pay_account_change(tx: Transaction, change_id: UUID) -> PayAccountChangeView:
    """One of them. Refuses: NotFound."""
    if (row := await tx.get(PayAccountChangeRow, change_id)) is None:
        raise NotFound(f"there is no pay account change {change_id}")
    head = await bank_details_change_head(tx, change_id)
    ibans = sorted({one["iban"] for one in row.accounts})
    return PayAccountChangeView(
        **head._asdict(),
        accounts_before=row.accounts_before,
        accounts=row.accounts,
        also_of_employees=list(await tx.scalars(_ALSO_OF, {"ibans": ibans, "but_not": row.employee_code})),
        also_of_suppliers=await suppliers_with(tx, ibans, but_not=None),
    )
