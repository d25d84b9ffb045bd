"""Bank accounts of ours, as they are read."""

from sqlalchemy import Text, bindparam, select, text

from domains.banking.messages import PutBankAccount
from domains.banking.messages.payment_runs import BankingRole
from domains.banking.tables import BankAccount, PaymentRunInvoice, WagePayment
from domains.ledger.queries.accounts import has_role
from domains.ledger.queries.supplier_payments import account_of_supplier_payment
from foundation.database.connections import columns_for
from foundation.database.transaction import Transaction
from foundation.values.errors import Invalid, NotFound


class BankAccountView(PutBankAccount):
    """A bank account, with the version that a change names."""

    version: int


BANK_ACCOUNTS = select(*columns_for(BankAccount, BankAccountView))
# Whoever pays by an account in transit waits for whoever makes it a bank account's, and the other way.
_LOCK = "hashtextextended('bank accounts of ' || foundation.current_company(), 0)"
_USED = text(f"SELECT pg_advisory_xact_lock_shared({_LOCK})")
_CHANGED = text(f"SELECT pg_advisory_xact_lock({_LOCK})")
_PAID_FROM = (
    select(PaymentRunInvoice.run_id)
    .where(
        account_of_supplier_payment(PaymentRunInvoice.supplier_payment_id) == bindparam("account", type_=Text)
    )
    .union_all(select(WagePayment.run_id).where(WagePayment.account_code == bindparam("account", type_=Text)))
    .limit(1)
)


async def bank_account(tx: Transaction, code: str) -> BankAccountView | None:
    """One of them."""
    row = (await tx.execute(BANK_ACCOUNTS.where(BankAccount.code == code))).one_or_none()
    return None if row is None else BankAccountView.model_validate(row._asdict())


async def bank_accounts(tx: Transaction) -> list[BankAccountView]:
    """All of them: a company has a few."""
    rows = await tx.execute(BANK_ACCOUNTS.order_by(BankAccount.code))
    return [BankAccountView.model_validate(row._asdict()) for row in rows]


async def existing_account(tx: Transaction, code: str) -> BankAccountView:
    """One of them that a request has named as its `bank_account`. Refuses: NotFound."""
    account = await bank_account(tx, code)
    if account is None:
        why = f"there is no bank account {code}: create it with POST /v1/bank-accounts"
        raise NotFound(why, errors=[("bank_account", why)])
    return account


async def account_in_use(tx: Transaction, code: str) -> BankAccountView:
    """The same of one that is to be used from now on. Refuses: NotFound; Invalid when it is blocked."""
    account = await existing_account(tx, code)
    check_in_use(account)
    return account


def check_in_use(account: BankAccountView) -> None:
    """Refuses: Invalid, when it is blocked."""
    if account.blocked:
        why = f"bank account {account.code} is blocked"
        raise Invalid(why, errors=[("bank_account", why)])


async def accounts_of_banks(tx: Transaction) -> set[str]:
    """The accounts of the books that are bank accounts': they stay so, and no others become so, until the
    transaction ends.
    """
    await tx.execute(_USED)
    return {one.account_code for one in await bank_accounts(tx)}


async def is_for_transit(tx: Transaction, account_code: str) -> bool:
    """Whether payment runs post to an account what is in transit, or have; nobody does until the transaction
    ends.
    """
    await tx.execute(_CHANGED)
    has_paid = await tx.scalar(_PAID_FROM, {"account": account_code}) is not None
    return has_paid or await has_role(tx, account_code, BankingRole.PAYMENTS_IN_TRANSIT)
