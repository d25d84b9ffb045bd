"""What a bank account of ours must say."""

from collections.abc import Sequence

from domains.banking.messages import PutBankAccount
from domains.banking.rules.statements import plain_number
from domains.ledger.rules.journal import AccountFacts
from domains.master_data.rules.bank_details import normal_bank_details
from domains.master_data.rules.names import check_currency
from foundation.values.errors import Refusals


def normal_account(account: PutBankAccount) -> dict[str, str]:
    """IBAN and BIC as they are kept. Refuses: Invalid, also when it has neither IBAN nor number."""
    refusals = Refusals()
    kept = normal_bank_details(account, refusals)
    check_currency(account.currency, refusals)
    if not kept["iban"] and not plain_number(account.account_number):
        refusals.add("iban", "say the account's IBAN, or its account_number as the bank's files have it")
    if account.encoding and not _is_encoding(account.encoding):
        refusals.add("encoding", f"there is no encoding {account.encoding}; one is utf-8, cp1250 or latin-1")
    refusals.raise_if_any()
    return kept


def check_account(
    account: PutBankAccount,
    iban: str,
    known: Sequence[PutBankAccount],
    of_books: AccountFacts | None,
    *,
    has_statements: bool,
    is_for_transit: bool,
) -> None:
    """What is said of it is so, and of no other of ours: `known` are those that there are. No statement says
    what an account of the books has in transit.

    Refuses: Invalid.
    """
    refusals = Refusals()
    if of_books is None or of_books.kind != "asset" or of_books.subledger is not None or of_books.blocked:
        why = "is no account for money: one of the kind asset is, which is open and no control account"
        refusals.add("account_code", f"account {account.account_code} {why}")
    before = {one.code: one.account_code for one in known}.get(account.code)
    if is_for_transit and before != account.account_code:
        why = f"account {account.account_code} has what payment runs have in transit: name another"
        refusals.add("account_code", why)
    for other in known:
        if other.code == account.code:
            for field in ("currency", "account_code") if has_statements else ():
                if getattr(other, field) != getattr(account, field):
                    refusals.add(field, f"{account.code} has statements: its {field} stays")
            continue
        if other.account_code == account.account_code:
            refusals.add("account_code", f"account {account.account_code} is that of {other.code}")
        if iban and (other.iban, other.currency) == (iban, account.currency):
            refusals.add("iban", f"{iban} is that of {other.code}")
        named = plain_number(account.account_number)
        if named and (plain_number(other.account_number), other.currency) == (named, account.currency):
            refusals.add("account_number", f"{account.account_number} is that of {other.code}")
    refusals.raise_if_any()


def _is_encoding(name: str) -> bool:
    try:
        return isinstance(bytes(4).decode(name), str)
    except (LookupError, UnicodeError):
        return False
