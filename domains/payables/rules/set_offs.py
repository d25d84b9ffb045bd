"""What a debit note claims, set off against what is owed: both of one supplier, in one currency."""

from collections.abc import Callable
from decimal import Decimal

from domains.ledger.messages import AccountRole, Line, Role
from domains.ledger.queries.open_items import DocumentHead
from domains.ledger.rules.payments import check_amount
from domains.ledger.rules.settlement import share_of
from foundation.values.errors import Invalid, Refusals
from foundation.values.money import ZERO, DualAmount


def check_same(note: DocumentHead, invoice: DocumentHead) -> None:
    """Refuses: Invalid, for another supplier, currency or account."""
    refusals, number = Refusals(), invoice.document.number
    if note.party != invoice.party:
        refusals.add("invoice_id", f"{number} is of {invoice.party.code}, the claim on {note.party.code}")
    elif (note.currency, note.account_code) != (invoice.currency, invoice.account_code):
        what = f"{invoice.currency} on account {invoice.account_code}"
        refusals.add("invoice_id", f"{number} is in {what}: pay it, and have the claim paid")
    refusals.raise_if_any()


def amount_of(asked: Decimal | None, claimed: Decimal, owed: Decimal, currency: str) -> Decimal:
    """What is set off: what is asked for, or all that both allow. Refuses: Invalid."""
    most = min(claimed, owed)
    if asked is not None:
        check_amount(asked, currency)
    if asked is not None and asked > most:
        why = f"no more than {most:f} {currency} is open on both"
        raise Invalid(f"amount: {why}", errors=[("amount", why)])
    return asked or most


def part_of_claim(note: DocumentHead, amount: Decimal, base_currency: str) -> DualAmount:
    """So much of what a debit note claims, with its share in the company's currency."""
    (item,) = note.document.instalments
    base = share_of(-item.base_open_amount, amount, -item.open_amount, base_currency)
    return DualAmount(amount, base)


def postings(invoice: DocumentHead, gained: Decimal, account: Callable[[Role], str]) -> list[Line]:
    """The exchange difference between what was owed and what is claimed; nothing without one."""
    if not gained:
        return []
    role, text = (
        (AccountRole.EXCHANGE_GAIN if gained > 0 else AccountRole.EXCHANGE_LOSS),
        "exchange difference",
    )
    return [
        Line(invoice.account_code, ZERO, gained, text, invoice.party),
        Line(account(role), ZERO, -gained, text),
    ]
