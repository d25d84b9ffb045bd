"""Payments in the money's currency and in the invoices': the day's rates, and the entries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domains.ledger.messages import AccountRole, Line, Party, PostSupplierPayment, Role
from domains.ledger.rules.settlement import (
    MoneySide,
    OpenDocument,
    SettlementResult,
    exchange_difference,
    postings,
)
from foundation.values.errors import BusinessError, Invalid
from foundation.values.money import ZERO, allocated, converted, rounded


class NothingOnAccount(BusinessError):
    """The payment has no money on account that could be used."""

    status = 409


class NothingOpen(BusinessError):
    """Nothing is open on the invoice."""

    status = 409


class MoreThanOnAccount(BusinessError):
    """An amount was named that is more than what is on account; `errors` names the field."""

    status = 409


class MoreThanOpen(BusinessError):
    """An amount was named that is more than what is open; `errors` names the field."""

    status = 409


def check_amount(amount: Decimal, currency: str, field: str = "amount") -> None:
    """Money moves in whole minor units of its currency. Refuses: Invalid."""
    if amount != rounded(amount, currency):
        why = f"{currency} has no amount as small as in {amount}"
        raise Invalid(f"{field}: {why}", errors=[(field, why)])


def amount_of(asked: Decimal | None, on_account: Decimal, number: str, currency: str) -> Decimal:
    """The amount asked for of money on account, or all there is: nothing is used that was not asked for.

    Refuses: Invalid, NothingOnAccount, MoreThanOnAccount, naming the field `amount`.
    """
    if asked is not None:
        check_amount(asked, currency)
    if not on_account:
        raise NothingOnAccount(f"nothing of {number} is on account")
    if asked is not None and asked > on_account:
        why = f"of {number} only {rounded(on_account, currency):f} {currency} is on account"
        raise MoreThanOnAccount(f"amount: {why}", errors=[("amount", why)])
    return asked or on_account


def check_open(
    amount: Decimal, open_amount: Decimal, number: str, currency: str, field: str = "amount"
) -> None:
    """An amount that somebody names is never more than what is open. Refuses: MoreThanOpen."""
    if amount > open_amount:
        why = f"of {number} only {rounded(open_amount, currency):f} {currency} is open"
        raise MoreThanOpen(f"{field}: {why}", errors=[(field, why)])


@dataclass(frozen=True)
class Market:
    """The company's currency, the day's rates of two currencies, and what counts as a small difference.

    Rates are units of the currency for one of the company's; `small_difference` is in the invoices' currency.
    """

    base_currency: str
    money_currency: str
    money_rate: Decimal
    invoice_currency: str
    invoice_rate: Decimal
    small_difference: Decimal

    @property
    def is_one_currency(self) -> bool:
        """Whether the money came in the invoices' currency."""
        return self.money_currency == self.invoice_currency

    def in_invoice_currency(self, money: Decimal) -> Decimal:
        """Money in the invoices' currency, rounded half-up to its minor unit."""
        if self.is_one_currency:
            return money
        return converted(
            money, from_rate=self.money_rate, to_rate=self.invoice_rate, currency=self.invoice_currency
        )

    def in_money_currency(self, amount: Decimal) -> Decimal:
        """An amount of the invoices in the money's currency, rounded half-up to its minor unit."""
        if self.is_one_currency:
            return amount
        return converted(
            amount, from_rate=self.invoice_rate, to_rate=self.money_rate, currency=self.money_currency
        )

    def base(self, money: Decimal) -> Decimal:
        """Money in the company's currency, rounded half-up to its minor unit."""
        return rounded(money / self.money_rate, self.base_currency)


def paid_of(payment: PostSupplierPayment, invoice: OpenDocument, market: Market) -> Decimal:
    """What money pays of one invoice, in the invoice's currency: so much as is named, or as much as the
    money is by the rates of the day. What is open, or that less its discount, is paid to the last cent by
    money that it comes to by these rates. Refuses: Invalid, MoreThanOpen.
    """
    check_amount(payment.amount, market.money_currency)
    named = payment.invoice_amount
    if named is not None:
        check_amount(named, market.invoice_currency, "invoice_amount")
        if market.is_one_currency and named != payment.amount:
            why = f"the money is in {market.money_currency} as well: it pays what it is"
            raise Invalid(f"invoice_amount: {why}", errors=[("invoice_amount", why)])
        check_open(named, invoice.open_amount, invoice.number, market.invoice_currency, "invoice_amount")
        return named
    for whole in (invoice.open_amount, invoice.open_amount - invoice.discount_on(payment.paid_on)):
        if payment.amount == market.in_money_currency(whole):
            return whole
    owed = market.in_money_currency(invoice.open_amount)
    check_open(payment.amount, owed, invoice.number, market.money_currency)
    part = min(market.in_invoice_currency(payment.amount), invoice.open_amount)
    if not part:
        why = f"{payment.amount} {market.money_currency} is nothing in {market.invoice_currency}"
        raise Invalid(f"amount: {why}", errors=[("amount", why)])
    return part


@dataclass(frozen=True)
class Money:
    """Money to be used: where it is, how much, in its currency and in the company's."""

    account_code: str
    amount: Decimal
    base_amount: Decimal
    party: Party | None = None


@dataclass(frozen=True)
class PaymentEntry:
    """An entry to be written, and what for."""

    purpose: str
    currency: str
    lines: tuple[Line, ...]


def entries(
    used: Money,
    settlement: SettlementResult,
    market: Market,
    *,
    party: Party,
    control_account: str,
    account: Callable[[Role], str],
    kept: Sequence[Line] = (),
    when: str = "",
) -> list[PaymentEntry]:
    """The entries of money that settles something, and of what is `kept` besides (in the money's currency).

    `when` tells apart what one document posts on several days. In one currency they are one entry. In two,
    the money goes through exchange clearing: out in its own currency, in again in the invoices'.
    """
    paid = settlement.paid_amount
    if market.is_one_currency:
        side = MoneySide(used.account_code, paid, used.base_amount, used.party)
    else:
        side = MoneySide(account(AccountRole.EXCHANGE_CLEARING), paid, used.base_amount)
    settling = postings(
        settlement,
        side,
        party=party,
        control_account=control_account,
        currency=market.invoice_currency,
        base_currency=market.base_currency,
        account=account,
    )
    if market.is_one_currency:
        found = [PaymentEntry(f"payment{when}", market.money_currency, merged([*settling, *kept]))]
    else:
        source = Line(used.account_code, used.amount, used.base_amount, party=used.party)
        through = Line(account(AccountRole.EXCHANGE_CLEARING), -used.amount, -used.base_amount)
        found = [
            PaymentEntry(f"payment{when}", market.money_currency, merged([source, through, *kept])),
            PaymentEntry(f"settlement{when}", market.invoice_currency, merged(settling)),
        ]
    return [entry for entry in found if entry.lines]


def used_by_day(
    used: Decimal, at_once: SettlementResult, later: Mapping[date, SettlementResult], currency: str
) -> list[Decimal]:
    """Money that is used by the days on which it is: on its own day first, then on each later one.

    In the money's currency, in proportion to what is paid, to the minor unit.
    """
    return allocated(used, [at_once.paid_amount, *(one.paid_amount for one in later.values())], currency)


def realised(found: Sequence[PaymentEntry]) -> Decimal:
    """The exchange difference that the entries realise, in the company's currency: positive is a gain."""
    return sum((exchange_difference(entry.lines) for entry in found), ZERO)


def merged(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Lines on the same account for the same party and text as one; those that move nothing are left out."""
    together: dict[tuple[str, Party | None, str], Line] = {}
    for line in lines:
        key = (line.account_code, line.party, line.text)
        known = together.get(key)
        amount, base = (known.amount, known.base_amount) if known else (ZERO, ZERO)
        together[key] = Line(
            line.account_code, amount + line.amount, base + line.base_amount, line.text, line.party
        )
    return tuple(line for line in together.values() if line.amount or line.base_amount)
