"""The account of the books for what was ordered of the bank and is on no statement yet."""

from datetime import date

from activities.ledger.posting import account_of, books_on, check_money_account
from domains.banking.messages.payment_runs import BankingRole
from domains.banking.queries.accounts import BankAccountView, accounts_of_banks
from domains.banking.rules.payment_runs import check_account, check_transit
from domains.ledger.messages import RoleKey
from foundation.database.transaction import Transaction


async def transit_account(tx: Transaction, account: BankAccountView, on: date) -> str:
    """That of a bank account, which may pay on a day. No bank account has it meanwhile.

    Refuses: Invalid, NoFiscalYear, PeriodLocked, TooFarAhead, NoAccountFor, NotPostable.
    """
    books = await books_on(tx, on)
    check_account(account, books.currency)
    code = await account_of(tx, books, RoleKey(BankingRole.PAYMENTS_IN_TRANSIT, account.code))
    check_transit(code, await accounts_of_banks(tx))
    await check_money_account(tx, books, code)
    return code
