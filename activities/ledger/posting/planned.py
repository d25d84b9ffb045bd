"""Whether what follows a fact could be posted: asked before the fact, and again in its transaction."""

from collections.abc import Iterable

from activities.ledger.posting.entries import Books, accounts_by_code, books_on
from domains.ledger.messages import AccountRole, PlannedEntry, declared_roles
from domains.ledger.rules.journal import NotPostable, check_postable
from domains.master_data import queries as master_data
from domains.master_data.parties import customer
from domains.master_data.rules.records import check_delivered_to, check_taxed_so
from domains.master_data.rules.validity import as_of
from foundation.database.transaction import Transaction


async def check_planned(tx: Transaction, entries: Iterable[PlannedEntry]) -> None:
    """Ask for entries what will be asked when they are posted: day, rate, accounts and taxes.

    Refuses: NoFiscalYear, PeriodLocked, TooFarAhead, NoExchangeRate, NoAccountFor, NotPostable when there is
    no such tax code; NoVatNumber, CustomerBlocked.
    """
    for entry in entries:
        books = await books_on(tx, entry.posted_on, is_later=entry.is_later)
        roles = declared_roles()
        for name in entry.roles:
            books.account(roles[name])
        if entry.currency not in (None, books.currency):
            await master_data.exchange_rate(tx, entry.currency, entry.posted_on, base=books.currency)
            books.account(AccountRole.ROUNDING_DIFFERENCE)
        await _check_taxes(tx, books, entry)
        if entry.delivered_to is not None:
            check_delivered_to(await master_data.party(tx, customer(entry.delivered_to)))


async def _check_taxes(tx: Transaction, books: Books, entry: PlannedEntry) -> None:
    known = await master_data.tax_codes(tx, entry.tax_codes)
    if entry.billed_to is not None and (billed := await master_data.customer(tx, entry.billed_to)):
        check_taxed_so(known.values(), billed, await master_data.company(tx))
    for code in entry.tax_codes:
        if code not in known:
            raise NotPostable(f"there is no tax code {code}: create it with POST /v1/tax-codes")
        components = as_of(known[code], entry.posted_on).components
        named = {component.account_code for component in components}
        if None in named:
            books.account(AccountRole.TAX_PAYABLE)
        if own := sorted(account for account in named if account is not None):
            check_postable(own, await accounts_by_code(tx, own))
