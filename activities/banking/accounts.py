"""Our accounts at banks."""

from sqlalchemy import bindparam, select

from activities.ledger.posting import accounts_by_code
from domains.banking.messages import BankAccountChangedEvent, BankAccountPut, PutBankAccount
from domains.banking.queries.accounts import bank_accounts, is_for_transit
from domains.banking.rules.accounts import check_account, normal_account
from domains.banking.tables import BankAccount, BankStatement
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation

_HAS_STATEMENTS = (
    select(BankStatement.id).where(BankStatement.bank_account_code == bindparam("code")).limit(1)
)


@operation("banking.put_bank_account", event=BankAccountChangedEvent)
async def put_bank_account(tx: Transaction, account: PutBankAccount) -> BankAccountPut:
    """Write a bank account down. Its account of the books and its currency stay once it has statements.

    Refuses: Invalid, as for what is no IBAN, no account for money, another bank account's, or that of what
    payment runs have in transit; ExistsAlready, ChangedMeanwhile.
    """
    kept = normal_account(account)
    has_statements = await tx.scalar(_HAS_STATEMENTS, {"code": account.code}) is not None
    of_books = (await accounts_by_code(tx, [account.account_code])).get(account.account_code)
    is_transit = await is_for_transit(tx, account.account_code)
    known = await bank_accounts(tx)
    of_account = {"has_statements": has_statements, "is_for_transit": is_transit}
    check_account(account, kept["iban"], known, of_books, **of_account)
    created = await records.put(tx, BankAccount, account.model_dump(mode="json") | kept)
    return BankAccountPut(code=account.code, created=created, account_code=account.account_code)
