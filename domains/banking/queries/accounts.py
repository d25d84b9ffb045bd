"""Bank accounts of ours, as they are read."""

from sqlalchemy import select

from domains.banking.messages import PutBankAccount
from domains.banking.tables import BankAccount
from foundation.database.connections import columns_for
from foundation.database.transaction import Transaction
from foundation.values.errors import Invalid, NotFound


class BankAccountView(PutBankAccount):
    """A bank account, with the version that a change names."""

    version: int


BANK_ACCOUNTS = select(*columns_for(BankAccount, BankAccountView))


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
