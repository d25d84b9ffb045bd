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


async def paying_account(tx: Transaction, code: str) -> BankAccountView:
    """An account from which money may be paid. Refuses: NotFound; Invalid when it is blocked."""
    account = await bank_account(tx, code)
    if account is None:
        why = f"there is no bank account {code}"
        raise NotFound(why, errors=[("bank_account", why)])
    if account.blocked:
        why = f"bank account {code} is blocked"
        raise Invalid(why, errors=[("bank_account", why)])
    return account
