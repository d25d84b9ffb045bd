"""Bank accounts of ours."""

from activities.banking.accounts import put_bank_account
from api.door import AskedRequest
from api.records import Resource, records, router_for
from domains.banking.queries.accounts import BANK_ACCOUNTS, BankAccountView, bank_account
from domains.banking.tables import BankAccount


async def _account(asked: AskedRequest, code: str) -> BankAccountView | None:
    async with asked.read() as tx:
        return await bank_account(tx, code)


router = router_for(
    Resource(
        path="bank-accounts",
        tag="Banking",
        permission="banking.bank_account",
        put=put_bank_account,
        view=BankAccountView,
        records=records("bank-accounts", BankAccountView, BANK_ACCOUNTS, BankAccount),
        read=_account,
        example={
            "code": "GIRO",
            "name": "Current account",
            "iban": "DE02120300000000202051",
            "currency": "EUR",
            "account_code": "1450",
        },
    )
)
