"""Money that came before the day of what it pays: on account until that day, when it settles it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from activities.ledger.posting.entries import Books, Entry, books_on, write_entry, write_items
from activities.ledger.posting.settling import Settling, parts_of, settle_items, use_money
from domains.ledger.messages import Document, NewItem, Party, PostPayment, Side, Source, customer
from domains.ledger.rules import payments as rules
from domains.ledger.rules.journal import mirrored
from domains.ledger.rules.payments import Market, Money, PaymentEntry
from domains.ledger.rules.settlement import SettlementResult, share_of
from foundation.database.transaction import Transaction
from foundation.values.money import DualAmount


def keep_on_account(
    tx: Transaction, payment: PostPayment, number: str, account_code: str, kept: DualAmount
) -> UUID:
    """Collect the open item of money that is not used on the day it came; gives its id."""
    item = NewItem(
        id=uuid5(payment.payment_id, "on account"),
        side=Side.RECEIVABLE,
        account_code=account_code,
        party=customer(payment.customer_code),
        due_on=payment.received_on,
        value=-kept,
        on_account=True,
    )
    document = Document("payment", payment.payment_id, number)
    write_items(tx, document, [item], on=payment.received_on, currency=payment.currency)
    return item.id


async def write_settlement(
    tx: Transaction,
    books: Books,
    by: Settling,
    found: Sequence[PaymentEntry],
    settlement: SettlementResult,
    about: str,
    *,
    goes_out: bool = False,
) -> None:
    """Collect the entries, and what is settled: both mirrored when the money `goes_out`."""
    for entry in found:
        source = Source(by.document_type, by.document_id, entry.purpose)
        lines = mirrored(entry.lines) if goes_out else entry.lines
        await write_entry(tx, books, Entry(source, by.on, entry.currency, about, lines))
    parts, realised = parts_of(settlement), rules.realised(found)
    if goes_out:
        parts, realised = [-part for part in parts], -realised
    settle_items(tx, by, parts, realised=realised, base_currency=books.currency)


@dataclass
class Advance:
    """What is on account of a payment, and less with each later day on which it settles something."""

    item_id: UUID
    account_code: str
    left: DualAmount
    party: Party
    control_account: str
    market: Market

    async def use_day_by_day(
        self,
        tx: Transaction,
        by: Settling,
        settlements: Mapping[date, SettlementResult],
        used: Sequence[Decimal],
        about: str,
    ) -> list[PaymentEntry]:
        """Settle what is owed from later days on, each on its day, with what is `used` for it."""
        found: list[PaymentEntry] = []
        for (day, settlement), of_day in zip(settlements.items(), used, strict=True):
            found += await self.use(tx, replace(by, on=day), settlement, of_day, about)
        return found

    async def use(
        self, tx: Transaction, by: Settling, settlement: SettlementResult, used: Decimal, about: str
    ) -> list[PaymentEntry]:
        """Settle what is owed from a day on, on that day; `used` is in the money's currency.

        The rates are those of the day on which the money came. Refuses: NoFiscalYear, PeriodLocked,
        NotPostable, NoAccountFor.
        """
        books = await books_on(tx, by.on)
        base_used = share_of(self.left.base_amount, used, self.left.amount, books.currency)
        found = rules.entries(
            Money(self.account_code, used, base_used, self.party),
            settlement,
            self.market,
            party=self.party,
            control_account=self.control_account,
            account=books.account,
            when=f" of {by.on}",
        )
        await write_settlement(tx, books, by, found, settlement, about)
        taken = DualAmount(used, base_used)
        use_money(tx, by, self.item_id, taken, per=str(by.on))
        self.left -= taken
        return found
