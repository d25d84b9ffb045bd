"""The ledger in a few dictionaries: what a simple model says of everything that is posted."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from tests.activities.ledger.model_documents import (
    NOTHING,
    TERMS,
    Bill,
    Line,
    Money,
    Parts,
    Sum,
    euros,
    in_full,
    rate,
    shared,
)

BANK, CLEARING, RECEIVABLE, ON_ACCOUNT = "1400", "1480", "1200", "2100"
REVENUE, DISCOUNT, GAIN, SMALL, ROUNDING, LOSS = "4000", "4200", "4400", "6700", "6710", "6800"


@dataclass
class Ledger:
    """The books: what moved on which account, in which currency, on which day; what is owed, what is kept."""

    moved: dict[tuple[str, str, date], Sum] = field(default_factory=lambda: defaultdict(Sum))
    of_customers: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    bills: dict[UUID, Bill] = field(default_factory=dict)
    kept: dict[UUID, Money] = field(default_factory=dict)
    locked: date | None = None

    def post(
        self, on: date, currency: str, lines: Iterable[Line], rest: str = "", customer: str = ""
    ) -> None:
        """What the lines do not come to in euros goes to the account that takes the rest."""
        lines = [line for line in lines if any(line[1:])]
        left = -sum((worth for _, _, worth in lines), NOTHING)
        for account, amount, worth in [*lines, (rest, NOTHING, left)] if left else lines:
            self.moved[account, currency, on] = self.moved[account, currency, on].plus(amount, worth)
            if account in (RECEIVABLE, ON_ACCOUNT):
                self.of_customers[account, customer] += worth

    def balance(self, *, since: date = date.min, until: date = date.max) -> dict[str, Decimal]:
        found: dict[str, Decimal] = defaultdict(Decimal)
        for (account, _, on), moved in self.moved.items():
            found[account] += moved.worth if since <= on <= until else NOTHING
        return {account: worth for account, worth in found.items() if worth}

    # Invoices

    def bill(self, bill: Bill, terms: str) -> None:
        """Owed is the total, in equal instalments; each account gets its part at the day's rate."""
        price, days = rate(bill.currency, bill.on), TERMS[terms]
        bill.total = sum(bill.bases, NOTHING)
        first = in_full(bill.total / len(days), bill.currency)
        amounts = [first, bill.total - first][: len(days)]
        worth = euros(bill.total / price)
        parts = zip(days, amounts, shared(worth, amounts, "EUR"), strict=True)
        bill.open = {bill.on + timedelta(days=after): Sum(amount, part) for after, amount, part in parts}
        tenth = Decimal("0.1") if terms == "DISC" else NOTHING
        bill.offered = [in_full(base * tenth, bill.currency) for base in bill.bases]
        bill.unpaid = [NOTHING for _ in bill.bases]
        bill.taken = [Sum() for _ in bill.bases]
        bill.undone = [NOTHING, NOTHING, *bill.unpaid]
        accounts = [REVENUE, *(line.tax_account for line in bill.goods)]
        lines = [(code, -base, -euros(base / price)) for code, base in zip(accounts, bill.bases, strict=True)]
        owed = (RECEIVABLE, bill.total, worth)
        self.post(bill.on, bill.currency, [owed, *lines], ROUNDING, bill.customer)
        self.bills[bill.id] = bill

    # Money

    def receive(self, money: Money, bills: Sequence[Bill], on: date) -> None:
        """What is left over stays on account, at the day's rate; what is billed later does until then."""
        amount, price = money.left.amount, rate(money.currency, on)
        used, settled = self.settle(amount, money.currency, bills, on, on)
        days = sorted({max(on, each[0].on) for each in settled} | {on})
        by_day = [[each for each in settled if max(on, each[0].on) == day] for day in days]
        paid = [sum((each[1] for each in those), NOTHING) for those in by_day]
        parts = shared(used, paid, money.currency)
        kept = amount - parts[0]
        money.left = Sum(kept, euros(kept / price))
        worth = euros(amount / price)
        lines = [(BANK, amount, worth), (ON_ACCOUNT, -kept, -money.left.worth)]
        self.use(money, Sum(parts[0], worth - money.left.worth), by_day[0], on, lines)
        for day, those, part in list(zip(days, by_day, parts, strict=True))[1:]:
            share = money.left.share(part)
            money.left = money.left.less(share)
            self.use(money, share, those, day, [(ON_ACCOUNT, *share)])
        self.kept[money.id] = money

    def is_too_much(self, money: Money, bill: Bill, amount: Decimal | None, on: date) -> bool:
        """Whether an amount was named that is more than what is open, at the day's rates."""
        here, there = rate(money.currency, on), rate(bill.currency, on)
        return amount is not None and amount > in_full(bill.is_open * here / there, money.currency)

    def allocate(self, money: Money, bill: Bill, amount: Decimal | None, on: date) -> bool:
        """Whether the money was enough for anything at all; a discount counts from the day it came."""
        used, settled = self.settle(amount or money.left.amount, money.currency, [bill], on, money.since)
        if not settled:
            return False
        used = amount or used or money.left.amount
        part = money.left.share(used)
        money.left = money.left.less(part)
        self.use(money, part, settled, on, [(ON_ACCOUNT, *part)])
        return True

    def settle(
        self, money: Decimal, currency: str, bills: Sequence[Bill], on: date, counts_from: date
    ) -> tuple[Decimal, list[tuple[Bill, Decimal, Decimal, Decimal]]]:
        """How much of the money is used; and of each bill what is paid, taken as discount, written off."""
        bills = sorted((bill for bill in bills if bill.is_open), key=Bill.due)
        if not bills:
            return NOTHING, []
        theirs = bills[0].currency
        here, there = rate(currency, on), rate(theirs, on)
        left = in_full(money * there / here, theirs)
        small = in_full(Decimal("0.05") * there, theirs)
        together = self._together(left, bills, counts_from, small)
        settled: list[tuple[Bill, Decimal, Decimal, Decimal]] = []
        for at, bill in enumerate(bills):
            offered = min(left, bill.is_open - (bill.discount(counts_from) if at < together else NOTHING))
            missing = bill.is_open - offered
            if not left:
                break
            closed = missing <= bill.discount(counts_from) + small
            taken = min(missing, bill.discount(counts_from)) if closed else NOTHING
            settled.append((bill, offered, taken, missing - taken if closed else NOTHING))
            left -= offered
        if settled and left <= small:
            bill, paid, taken, written_off = settled.pop()
            settled.append((bill, paid + left, taken, written_off - left))
            left = NOTHING
        back = in_full(left * here / there, currency)
        return (money - back if settled else NOTHING), settled

    def _together(self, money: Decimal, bills: Sequence[Bill], on: date, small: Decimal) -> int:
        """How many of the oldest bills are just what the money comes to, each less its discount."""
        sums = [sum((bill.is_open for bill in bills[:count]), NOTHING) for count in range(1, len(bills) + 1)]
        if any(abs(money - each) <= small for each in sums):
            return 0
        for count, each in enumerate(sums, start=1):
            less = sum((bill.discount(on) for bill in bills[:count]), NOTHING)
            if less and abs(money - each + less) <= small:
                return count
        return 0

    def use(
        self,
        money: Money,
        used: Sum,
        settled: Sequence[tuple[Bill, Decimal, Decimal, Decimal]],
        on: date,
        lines: list[Line],
    ) -> None:
        """What is owed goes at the worth it came with; the rest is an exchange difference."""
        theirs = settled[0][0].currency if settled else money.currency
        paid = sum((each[1] for each in settled), NOTHING)
        if theirs != money.currency:
            lines.append((CLEARING, -used.amount, -used.worth))
            self.post(on, money.currency, lines, customer=money.customer)
            lines = [(CLEARING, paid, used.worth)]
        closed: list[tuple[Bill, Sum]] = []
        for bill, *parts in settled:
            owed = self._close(bill, sum(parts, NOTHING))
            closed += [(bill, part) for part in owed]
            whole = Sum(sum(parts, NOTHING), sum((part.worth for part in owed), NOTHING))
            lines += [(RECEIVABLE, -whole.amount, -whole.worth), *self._give_up(bill, whole, *parts[1:])]
        difference = -sum((worth for _, _, worth in lines), NOTHING)
        self.post(on, theirs, lines, LOSS if difference > 0 else GAIN, money.customer)
        shares = shared(-difference, [part.worth for _, part in closed], "EUR") if closed else []
        for bill in [each[0] for each in settled]:
            of_bill = [share for (its, _), share in zip(closed, shares, strict=True) if its is bill]
            realised = sum(of_bill, NOTHING) if theirs != "EUR" else NOTHING
            bill.settled_on = max(bill.settled_on, on)
            bill.gain, bill.loss = bill.gain + max(realised, NOTHING), bill.loss + min(realised, NOTHING)

    def _close(self, bill: Bill, amount: Decimal, *, latest_first: bool = False) -> list[Sum]:
        closed: list[Sum] = []
        for day in sorted(bill.open, reverse=latest_first):
            part = bill.open[day].share(min(amount, bill.open[day].amount))
            bill.open[day] = bill.open[day].less(part)
            amount -= part.amount
            closed += [part] if part.amount else []
        return closed

    def _give_up(self, bill: Bill, whole: Sum, taken: Decimal, written_off: Decimal) -> list[Line]:
        bill.settled = bill.settled.plus(*whole)
        small = whole.share(written_off)
        bill.written_off = bill.written_off.plus(*small)
        if not taken:
            return [(SMALL, *small)]
        is_all = taken == sum(bill.may_take, NOTHING)
        parts = bill.may_take if is_all else shared(taken, bill.may_take, bill.currency)
        bill.taken = [whole.share(part) for part in parts]
        accounts = [DISCOUNT, *(line.tax_account for line in bill.goods)]
        return [(SMALL, *small), *((code, *part) for code, part in zip(accounts, bill.taken, strict=True))]

    def refund(self, money: Money, amount: Decimal, on: date) -> None:
        """At the day's rate."""
        part = money.left.share(amount)
        money.left = money.left.less(part)
        paid = euros(amount / rate(money.currency, on))
        lines = [(ON_ACCOUNT, *part), (BANK, -amount, -paid)]
        self.post(on, money.currency, lines, GAIN if part.worth > paid else LOSS, money.customer)

    # Credit notes

    def credit(self, bill: Bill, quantities: dict[int, Decimal], on: date, id: UUID) -> Decimal:
        """What it comes to: first less is owed, the latest first; then what was settled is reversed."""
        credited = {at: bill.goods[at].credited(quantity) for at, quantity in quantities.items() if quantity}
        net = sum((part[1] for part in credited.values()), NOTHING)
        total = net + sum((part[2] for part in credited.values()), NOTHING)
        lines = self._sales(bill, credited)
        was_open = bill.is_open
        less = self._close(bill, min(total, was_open), latest_first=True)
        lines += [(RECEIVABLE, -part.amount, -part.worth) for part in less]
        if total <= was_open:
            bill.total -= total
            taxes = (credited.get(at, (NOTHING,) * 3)[2] for at in range(len(bill.goods)))
            bill.unpaid = [x + y for x, y in zip(bill.unpaid, [net, *taxes], strict=True)]
        else:
            undone, on = self._undo(bill, total - was_open, on, id)
            lines += undone
        for at, parts in credited.items():
            bill.goods[at].take(parts)
        self.post(on, bill.currency, lines, ROUNDING, bill.customer)
        return total

    def _sales(self, bill: Bill, credited: dict[int, Parts]) -> list[Line]:
        """Revenue and taxes, at the rate of the invoice; all parts together are what was posted."""
        price = rate(bill.currency, bill.on)

        def back(account: str, whole: Decimal, gone: Decimal, part: Decimal) -> Line:
            return account, *Sum(whole, euros(whole / price)).share(part, gone)

        gone = sum((line.gone[1] for line in bill.goods), NOTHING)
        part = sum((parts[1] for parts in credited.values()), NOTHING)
        lines = [(bill.goods[at], parts[2]) for at, parts in credited.items()]
        taxes = [back(line.tax_account, line.sold[2], line.gone[2], tax) for line, tax in lines]
        return [back(REVENUE, bill.bases[0], gone, part), *taxes]

    def _undo(self, bill: Bill, amount: Decimal, on: date, id: UUID) -> tuple[list[Line], date]:
        """Of money, small difference and discount each its share, and of what their rate had made of them,
        and the day: money is not on account before it came.
        """
        given_up = [bill.written_off, *bill.taken]
        money = bill.settled.plus(NOTHING, bill.gain + bill.loss)
        for part in given_up:
            money = money.less(part)
        wholes = [money, *given_up]
        left = [whole.amount - gone for whole, gone in zip(wholes, bill.undone, strict=True)]
        paid, taken, small = shared(amount, [left[0], sum(left[2:], NOTHING), left[1]], bill.currency)
        parts = [paid, small, *shared(taken, left[2:], bill.currency)]
        undone = [x.share(part, gone) for x, part, gone in zip(wholes, parts, bill.undone, strict=True)]
        before = sum(bill.undone, NOTHING)
        gain, loss = (
            Sum(bill.settled.amount, realised).share(amount, before).worth
            for realised in (bill.gain, bill.loss)
        )
        bill.undone = [x + y for x, y in zip(bill.undone, parts, strict=True)]
        on = max(on, bill.settled_on) if undone[0].amount else on
        self.kept[id] = Money(id, bill.customer, bill.currency, on, undone[0], is_credit_note=True)
        accounts = [ON_ACCOUNT, SMALL, DISCOUNT, *(line.tax_account for line in bill.goods)]
        back = [(code, -part.amount, -part.worth) for code, part in zip(accounts, undone, strict=True)]
        return [*back, (GAIN, NOTHING, gain), (LOSS, NOTHING, loss)], on
