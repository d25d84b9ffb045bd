"""Changes of where people's pay goes, for who may see pay."""

from uuid import UUID

from api.door import Asked, Router, allows
from domains.payroll.queries.pay_accounts import PayAccountChangeView, pay_account_change

router = Router(prefix="/v1/pay-account-changes", tags=["Payroll"], notes_reads=True)


@router.get("/{change_id}", dependencies=[allows("payroll.pay_account_change.see")])
async def one_pay_account_change(change_id: UUID, asked: Asked) -> PayAccountChangeView:
    """One change of where somebody's pay goes: from which accounts to which, and whose else they are."""
    async with asked.read() as tx:
        return await pay_account_change(tx, change_id)


routers = [router]
