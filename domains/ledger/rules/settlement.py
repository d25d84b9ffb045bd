"""What money settles: in full, in part, with cash discount, with a small difference; and at which exchange
difference.

All amounts of an invoice are in its currency; `base` amounts are in the company's. What a customer pays is
compared with what is open, invoice by invoice, the oldest due first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple
from uuid import UUID

from domains.ledger.messages import AccountRole, Discount, Line, Party, Role, TaxShare
from foundation.values.money import ZERO, allocated, rounded


@dataclass(frozen=True)
class OpenInstalment:
    """An instalment of an invoice that is still open, wholly or in part."""

    item_id: UUID
    due_on: date
    open_amount: Decimal
    base_open_amount: Decimal


@dataclass(frozen=True)
class OpenDocument:
    """A document with what is open of it, the instalments in the order in which they fall due.

    Of the discount that may be taken, what was credited before anything was paid is off.
    """

    type: str
    id: UUID
    number: str
    order_id: UUID | None
    process_id: str
    """Empty when nobody is told."""
    discount: Discount | None
    instalments: tuple[OpenInstalment, ...]

    @property
    def open_amount(self) -> Decimal:
        """What is open in all."""
        return sum((instalment.open_amount for instalment in self.instalments), ZERO)

    @property
    def due_on(self) -> date:
        """When the first instalment that is open falls due."""
        return min(instalment.due_on for instalment in self.instalments if instalment.open_amount)

    def discount_on(self, on: date) -> Decimal:
        """The cash discount that may still be taken on a day: in time, and when nothing was paid before."""
        if self.discount is None or on > self.discount.until or self.open_amount != self.discount.on_amount:
            return ZERO
        return self.discount_whole

    @property
    def discount_whole(self) -> Decimal:
        """All that a discount takes off: net, and of each tax."""
        return sum(self.discount_parts, ZERO)

    @property
    def discount_parts(self) -> list[Decimal]:
        """The same part by part: the net amount first, then the taxes."""
        if self.discount is None:
            return [ZERO]
        return [self.discount.net_amount, *(tax.discount_amount for tax in self.discount.taxes)]

    @property
    def discount_taxes(self) -> tuple[TaxShare, ...]:
        """The taxes that a discount lowers."""
        return self.discount.taxes if self.discount else ()


@dataclass(frozen=True)
class SettledInstalment:
    """What was settled of an instalment: paid, discount and written off together, and its share in base."""

    item_id: UUID
    amount: Decimal
    discount_amount: Decimal
    written_off_amount: Decimal
    base_amount: Decimal

    def __neg__(self) -> "SettledInstalment":
        """The same of what we owe."""
        return SettledInstalment(
            self.item_id, -self.amount, -self.discount_amount, -self.written_off_amount, -self.base_amount
        )


@dataclass(frozen=True)
class Settled:
    """What money did to one invoice. `written_off_amount` is negative when slightly too much was paid."""

    document: OpenDocument
    paid_amount: Decimal
    discount_amount: Decimal
    written_off_amount: Decimal
    instalments: tuple[SettledInstalment, ...] = field(default=())

    @property
    def amount(self) -> Decimal:
        """What the invoice is less open by."""
        return self.paid_amount + self.discount_amount + self.written_off_amount

    @property
    def base_amount(self) -> Decimal:
        """The same in the company's currency, at the invoice's own rate."""
        return sum((instalment.base_amount for instalment in self.instalments), ZERO)


@dataclass(frozen=True)
class SettlementResult:
    """What a sum of money settles, and what is left of it; in the invoices' currency."""

    settled: tuple[Settled, ...]
    remaining: Decimal

    @property
    def paid_amount(self) -> Decimal:
        """What of the money is used."""
        return sum((one.paid_amount for one in self.settled), ZERO)


def settle(
    money: Decimal,
    invoices: Sequence[OpenDocument],
    *,
    on: date,
    currency: str,
    base_currency: str,
    small_difference: Decimal,
) -> SettlementResult:
    """Use money for invoices, the oldest due first, until it is used up.

    An invoice is settled in full when the money covers it; when what is missing is no more than its cash
    discount and a small difference; or when what is missing is a small difference. Otherwise it is settled in
    part. Money that is just what the oldest invoices come to less their discounts pays them together. What
    is left over after the last invoice is written off when it is a small difference, and else remains.
    `small_difference` is in the invoices' currency.
    """
    oldest_first = sorted(
        (invoice for invoice in invoices if invoice.open_amount > 0),
        key=lambda invoice: (invoice.due_on, invoice.number),
    )
    discounts = _discounts_taken(money, oldest_first, on, small_difference)
    settled: list[Settled] = []
    for invoice, discount in zip(oldest_first, discounts, strict=True):
        if money <= 0:
            break
        offered = min(money, invoice.open_amount - discount)
        one = _apply(offered, invoice, on, small_difference)
        money -= one.paid_amount
        settled.append(spread(one, currency, base_currency))
    if settled and 0 < money <= small_difference:
        last = settled[-1]
        settled[-1] = spread(
            replace(
                last,
                paid_amount=last.paid_amount + money,
                written_off_amount=last.written_off_amount - money,
            ),
            currency,
            base_currency,
        )
        money = ZERO
    return SettlementResult(tuple(settled), money)


class GivenUp(NamedTuple):
    """What was not asked for of an invoice that money had paid: a cash discount, and a small difference."""

    discount_amount: Decimal = ZERO
    written_off_amount: Decimal = ZERO


def settle_again(
    money: Decimal,
    given_up: GivenUp,
    invoice: OpenDocument,
    *,
    currency: str,
    base_currency: str,
    small_difference: Decimal,
) -> SettlementResult:
    """Use money for an invoice together with what was given up with it before, all in the same share.

    A small difference is written off besides.
    """
    part = min(money + sum(given_up, ZERO), invoice.open_amount)
    paid, discount, written_off = allocated(part, [money, *given_up], currency)
    missing = invoice.open_amount - part
    rest = missing if missing <= small_difference else ZERO
    settled = spread(Settled(invoice, paid, discount, written_off + rest), currency, base_currency)
    return SettlementResult((settled,), money - paid)


def by_day(
    settlement: SettlementResult, days: Mapping[UUID, date], on: date
) -> tuple[SettlementResult, dict[date, SettlementResult]]:
    """What takes effect on the day of the money, with what is left of it; and what does later, day by day.

    Nothing is settled before it is owed: `days` has the day of each document.
    """
    at_once = tuple(one for one in settlement.settled if days[one.document.id] <= on)
    later = sorted({days[one.document.id] for one in settlement.settled} - {on})
    return SettlementResult(at_once, settlement.remaining), {
        day: SettlementResult(tuple(one for one in settlement.settled if days[one.document.id] == day), ZERO)
        for day in later
        if day > on
    }


def _discounts_taken(
    money: Decimal, oldest_first: Sequence[OpenDocument], on: date, small_difference: Decimal
) -> list[Decimal]:
    """The discounts of the oldest invoices that the money pays together; zero for all when it does not.

    When the money is also what some of them come to without any discount, none is taken.
    """
    none = [ZERO for _ in oldest_first]
    in_full = list(accumulate(invoice.open_amount for invoice in oldest_first))
    if any(abs(total - money) <= small_difference for total in in_full):
        return none
    discounts = [invoice.discount_on(on) for invoice in oldest_first]
    for count, less in enumerate(accumulate(discounts), start=1):
        if less and abs(in_full[count - 1] - less - money) <= small_difference:
            return discounts[:count] + none[count:]
    return none


def _apply(money: Decimal, invoice: OpenDocument, on: date, small_difference: Decimal) -> Settled:
    """How much is paid, taken as discount and written off of one invoice."""
    open_amount = invoice.open_amount
    if money >= open_amount:
        return Settled(invoice, open_amount, ZERO, ZERO)
    missing = open_amount - money
    if missing <= invoice.discount_on(on) + small_difference:
        discount = min(missing, invoice.discount_on(on))
        return Settled(invoice, money, discount, missing - discount)
    return Settled(invoice, money, ZERO, ZERO)


def spread(settled: Settled, currency: str, base_currency: str) -> Settled:
    """Divide what is settled over the instalments, the earliest first.

    A closed instalment takes all of its base amount with it; another takes its share, rounded half-up.
    """
    left = settled.amount
    parts: list[tuple[OpenInstalment, Decimal]] = []
    for instalment in settled.document.instalments:
        part = min(left, instalment.open_amount)
        if part > 0:
            parts.append((instalment, part))
        left -= part
    weights = [part for _, part in parts]
    discounts = allocated(settled.discount_amount, weights, currency)
    written_off = allocated(settled.written_off_amount, weights, currency)
    instalments = tuple(
        SettledInstalment(
            item_id=instalment.item_id,
            amount=part,
            discount_amount=discounts[position],
            written_off_amount=written_off[position],
            base_amount=share_of(instalment.base_open_amount, part, instalment.open_amount, base_currency),
        )
        for position, (instalment, part) in enumerate(parts)
    )
    return replace(settled, instalments=instalments)


def share_of(base: Decimal, part: Decimal, whole: Decimal, base_currency: str) -> Decimal:
    """The share of a base amount that goes with a part, rounded half-up; all of it goes with the whole."""
    return rounded(base * part / whole, base_currency)


def discount_split(settled: Settled, currency: str) -> tuple[Decimal, tuple[tuple[str, Decimal], ...]]:
    """A taken discount as its net part, and each tax account's part; less than all of it is split alike."""
    parts = discount_parts(settled.discount_amount, settled.document.discount_parts, currency)
    taxes = zip((tax.account_code for tax in settled.document.discount_taxes), parts[1:], strict=True)
    return parts[0], tuple((account, part) for account, part in taxes if part)


def discount_parts(taken: Decimal, whole: Sequence[Decimal], currency: str) -> list[Decimal]:
    """A taken discount by what it takes off; `whole` is the whole discount, split."""
    return list(whole) if taken == sum(whole, ZERO) else allocated(taken, whole, currency)


@dataclass(frozen=True)
class MoneySide:
    """Where the money of a settlement comes from: the bank, or the customer's account."""

    account_code: str
    amount: Decimal
    """In the invoices' currency."""
    base_amount: Decimal
    party: Party | None = None


def postings(
    settlement: SettlementResult,
    money: MoneySide,
    *,
    party: Party,
    control_account: str,
    currency: str,
    base_currency: str,
    account: Callable[[Role], str],
) -> list[Line]:
    """The entry of a settlement: money, discount and small differences against the control account.

    What was owed goes out at the rate it came in with; what the money is worth more or less now is the
    realised exchange difference, which has no amount in the entry's currency.
    """
    lines = [Line(money.account_code, money.amount, money.base_amount, party=money.party)]
    for settled in settlement.settled:
        text = settled.document.number
        lines.append(Line(control_account, -settled.amount, -settled.base_amount, text, party))
        given_up = _given_up(settled, currency, account)
        lines += [
            Line(code, part, share_of(settled.base_amount, part, settled.amount, base_currency), text)
            for code, part in given_up
        ]
    if difference := -sum((line.base_amount for line in lines), ZERO):
        role = AccountRole.EXCHANGE_LOSS if difference > 0 else AccountRole.EXCHANGE_GAIN
        lines.append(Line(account(role), ZERO, difference, "realised exchange difference"))
    return [line for line in lines if line.amount or line.base_amount]


def _given_up(settled: Settled, currency: str, account: Callable[[Role], str]) -> list[tuple[str, Decimal]]:
    """What is not paid of a settled invoice, by account: discount, its taxes, small differences."""
    parts: list[tuple[str, Decimal]] = []
    if settled.discount_amount:
        net, taxes = discount_split(settled, currency)
        parts += [(account(AccountRole.DISCOUNT_GRANTED), net), *taxes]
    if settled.written_off_amount:
        parts.append((account(AccountRole.SMALL_DIFFERENCES), settled.written_off_amount))
    return parts


def exchange_difference(lines: Sequence[Line]) -> Decimal:
    """The realised exchange difference of an entry, in the company's currency: positive is a gain."""
    return -sum((line.base_amount for line in lines if line.text == "realised exchange difference"), ZERO)
