"""Credit notes: what of an invoice's lines and taxes is taken back, what that does to it, and what is posted.

All credit notes of an invoice together are the invoice, to the cent: every part is in proportion and rounded
half-up, never more than is left, and the one that completes a line, a tax or an account takes what is left.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from domains.ledger.messages import AccountRole, Line, NewItem, Role, Side, customer
from domains.ledger.rules.journal import balanced_in_base
from domains.ledger.rules.settlement import SettledInstalment, share_of
from domains.receivables.messages import LineToCredit, ReceivablesRole
from domains.receivables.rules.billed import (
    Amounts,
    CreditableInvoice,
    CreditableLine,
    CreditableTax,
    TaxAmounts,
    within,
)
from domains.receivables.rules.reversed_settlements import (
    PartlyTaken,
    ReversedSettlement,
    SettlementOfInvoice,
)
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import ZERO, allocated, rounded


class CreditedTooMuch(BusinessError):
    """More would be credited than was billed and is not credited yet."""

    status = 409


def money_came_on(billed: CreditableInvoice, credit: "Credit") -> date | None:
    """When the last of the money came that a credit note puts on the customer's account; None when it puts
    none there. On no day before that there is anything to put there, or to refund.
    """
    if not credit.reversal.on_account.amount:
        return None
    return max(settled.settled_on for settled in billed.settled)


def takes_effect_on(billed: CreditableInvoice, credit: "Credit", on: date) -> date:
    """The first day from a day on, on which all is there that a credit note lowers or puts on account."""
    opened = billed.opened.since if credit.reduced else on
    return max(on, opened, money_came_on(billed, credit) or on)


@dataclass(frozen=True)
class Credit:
    """What a credit note takes back, lines and taxes by their numbers on the invoice, and what it does."""

    lines: Mapping[int, Amounts]
    taxes: Mapping[int, TaxAmounts]
    net_amount: Decimal
    tax_amount: Decimal
    reduced: tuple[SettledInstalment, ...]
    """By how much which open item of the invoice is lowered."""
    reversal: ReversedSettlement

    @property
    def total_amount(self) -> Decimal:
        """Net and tax."""
        return self.net_amount + self.tax_amount

    @property
    def reduced_amount(self) -> Decimal:
        """By how much the invoice is less open."""
        return sum((item.amount for item in self.reduced), ZERO)

    @property
    def base_total_amount(self) -> Decimal:
        """What the receivable was in the company's currency, open or settled."""
        return sum((item.base_amount for item in self.reduced), ZERO) + self.reversal.base_amount


def compute(
    billed: CreditableInvoice,
    asked: Sequence[LineToCredit],
    order_id: UUID | None = None,
    *,
    or_less: bool = False,
) -> Credit | None:
    """What a credit note over the lines takes back; over everything that is left when no line is given.

    Of a collective invoice, of one order's lines. None when nothing is left. Refuses: CreditedTooMuch, unless
    less will do.
    """
    of_order = [line for line in billed.lines if line.order_id == order_id]
    lines = lines_to_credit(of_order, asked, billed.currency, or_less=or_less)
    return credit_of(billed, lines) if lines else None


def credit_of(billed: CreditableInvoice, lines: Mapping[int, Amounts]) -> Credit:
    """What a credit note over these lines does to the invoice. Refuses: CreditedTooMuch."""
    taxes = taxes_to_credit(billed, lines)
    net = sum((line.net_amount for line in lines.values()), ZERO)
    tax = sum((line.tax_amount for line in lines.values()), ZERO)
    settlement = SettlementOfInvoice.of(
        billed.invoice,
        billed.settled,
        billed.reversed_before,
        currency=billed.currency,
        base_currency=billed.base_currency,
    )
    left = billed.invoice.open_amount + settlement.settled.left
    if not 0 <= net + tax <= left:
        why = (
            f"{net + tax:f} {billed.currency} is more than the {left:f} that {billed.invoice.number} "
            "still comes to, or less than nothing; credit its other lines with it"
        )
        raise CreditedTooMuch(f"lines: {why}", errors=[("lines", why)])
    reduced = _reduced(billed, net + tax)
    reversal = settlement.reverse(
        net + tax - sum((item.amount for item in reduced), ZERO),
        billed.invoice,
        currency=billed.currency,
        base_currency=billed.base_currency,
    )
    return Credit(lines, taxes, net, tax, reduced, reversal)


def lines_to_credit(
    billed: Sequence[CreditableLine], asked: Sequence[LineToCredit], currency: str, *, or_less: bool = False
) -> dict[int, Amounts]:
    """What is taken back of which line. Freight is, when everything is. Refuses: CreditedTooMuch, unless less
    will do.
    """
    if not asked:
        return {line.line_number: line.left for line in billed if not line.left.is_nothing}
    refusals = Refusals()
    quantities: dict[int, Decimal] = {}
    for position, wanted in enumerate(asked):
        goods = [
            line
            for line in billed
            if line.order_line_number == wanted.order_line_number and not line.is_freight
        ]
        missing = wanted.quantity
        for line in goods:
            taken = quantities.get(line.line_number, ZERO)
            part = min(missing, max(line.left.quantity - taken, ZERO))
            quantities[line.line_number] = taken + part
            missing -= part
        if missing:
            left = wanted.quantity - missing
            why = f"of order line {wanted.order_line_number} only {left.normalize():f} is billed"
            refusals.add(f"lines.{position}.quantity", f"{why} and not credited yet")
    if not or_less:
        refusals.raise_if_any(CreditedTooMuch)
    return {
        line.line_number: line.part(quantities[line.line_number], currency)
        for line in billed
        if quantities.get(line.line_number)
    }


def taxes_to_credit(billed: CreditableInvoice, lines: Mapping[int, Amounts]) -> dict[int, TaxAmounts]:
    """The lines' taxes by component, in the invoice's own accounts.

    A percentage goes with the net amount of its tax code's lines at the same rates, a fixed tax with their
    stock units.
    """
    found: dict[int, TaxAmounts] = {}
    for code in dict.fromkeys((tax.tax_code, tax.rates_from) for tax in billed.taxes):
        components = [tax for tax in billed.taxes if (tax.tax_code, tax.rates_from) == code]
        of_code = [line for line in billed.lines if (line.tax_code, line.rates_from) == code]
        credited = [line for line in of_code if line.line_number in lines]
        if not credited:
            continue
        by_quantity = any(tax.rate_percent is None for tax in components)
        if all(_takes_all(line, lines.get(line.line_number, _NOTHING), by_quantity) for line in of_code):
            found |= {tax.line_number: tax.left for tax in components}
            continue
        amounts = _components(
            components,
            _sum([line.as_taxed(line.billed) for line in of_code]),
            _sum([line.as_taxed(lines[line.line_number]) for line in credited]),
            billed.currency,
        )
        found |= {tax.line_number: amount for tax, amount in zip(components, amounts, strict=True)}
    return found


_NOTHING = Amounts(ZERO, ZERO, ZERO)


def _takes_all(line: CreditableLine, taken: Amounts, by_quantity: bool) -> bool:
    """Whether no tax of the line is left; a fixed tax is left as long as a quantity is."""
    left = line.left.less(taken)
    return not (left.net_amount or left.tax_amount or (by_quantity and left.quantity))


def _components(
    components: Sequence[CreditableTax], whole: Amounts, part: Amounts, currency: str
) -> list[TaxAmounts]:
    """The components of one tax code on a part of its lines."""

    def by_net(amount: Decimal) -> Decimal:
        return amount * part.net_amount / whole.net_amount if whole.net_amount else ZERO

    def by_quantity(amount: Decimal) -> Decimal:
        return amount * part.quantity / whole.quantity if whole.quantity else ZERO

    taxes = _spread_within(
        part.tax_amount,
        [
            by_quantity(tax.billed.tax_amount) if tax.rate_percent is None else by_net(tax.billed.tax_amount)
            for tax in components
        ],
        [tax.left.tax_amount for tax in components],
        currency,
    )
    return [
        TaxAmounts(within(rounded(by_net(tax.billed.base_amount), currency), tax.left.base_amount), amount)
        for tax, amount in zip(components, taxes, strict=True)
    ]


def _sum(amounts: Sequence[Amounts]) -> Amounts:
    return Amounts(
        sum((one.quantity for one in amounts), ZERO),
        sum((one.net_amount for one in amounts), ZERO),
        sum((one.tax_amount for one in amounts), ZERO),
    )


def _spread_within(
    total: Decimal, weights: Sequence[Decimal], limits: Sequence[Decimal], currency: str
) -> list[Decimal]:
    """Split a total by weights, but no part beyond its limit: what is too much goes to the others."""
    parts = dict.fromkeys(range(len(weights)), ZERO)
    free = list(parts)
    while free:
        rest = total - sum((part for position, part in parts.items() if position not in free), ZERO)
        offered = allocated(rest, [weights[position] for position in free], currency)
        parts |= dict(zip(free, offered, strict=True))
        over = [position for position in free if within(parts[position], limits[position]) != parts[position]]
        if not over or len(over) == len(free):
            break
        parts |= {position: within(parts[position], limits[position]) for position in over}
        free = [position for position in free if position not in over]
    return list(parts.values())


def _reduced(billed: CreditableInvoice, total: Decimal) -> tuple[SettledInstalment, ...]:
    """The open instalments that the total lowers, the latest due first."""
    left = total
    reduced: list[SettledInstalment] = []
    for instalment in reversed(billed.invoice.instalments):
        part = min(left, instalment.open_amount)
        if part > 0:
            base = share_of(instalment.base_open_amount, part, instalment.open_amount, billed.base_currency)
            reduced.append(SettledInstalment(instalment.item_id, part, ZERO, ZERO, base))
            left -= part
    return tuple(reduced)


def on_account(
    credit_note_id: UUID, on: date, billed: CreditableInvoice, credit: Credit, account: Callable[[Role], str]
) -> list[NewItem]:
    """What had been paid is the customer's money, in the invoice's currency, worth what it was then."""
    money = credit.reversal.on_account
    if not money.amount:
        return []
    return [
        NewItem(
            id=uuid5(credit_note_id, "on account"),
            side=Side.RECEIVABLE,
            account_code=account(AccountRole.CUSTOMER_ON_ACCOUNT),
            party=customer(billed.customer_code),
            due_on=on,
            value=-money,
            on_account=True,
            discount_amount=credit.reversal.discount_amount,
            written_off_amount=credit.reversal.written_off.amount,
        )
    ]


def postings(billed: CreditableInvoice, credit: Credit, account: Callable[[Role], str]) -> list[Line]:
    """The entry: revenue, freight and taxes as they were billed, against the receivable and the customer's
    account; discount, small differences and exchange differences as they were posted.

    What rounding into the company's currency leaves over goes where the invoice's went.
    """
    of = customer(billed.customer_code)
    reversal, reduced = credit.reversal, credit.reduced
    lines = _taken_back(billed, credit, account)
    base = sum((item.base_amount for item in reduced), ZERO)
    lines.append(Line(account(AccountRole.RECEIVABLE), -credit.reduced_amount, -base, party=of))
    given_up = {tax.line_number: tax.account_code for tax in billed.invoice.discount_taxes}
    for role, both, party in (
        (AccountRole.CUSTOMER_ON_ACCOUNT, reversal.on_account, of),
        (AccountRole.DISCOUNT_GRANTED, reversal.discount_on_net, None),
        (AccountRole.SMALL_DIFFERENCES, reversal.written_off, None),
    ):
        if both.amount or both.base_amount:
            lines.append(Line(account(role), -both.amount, -both.base_amount, party=party))
    lines += [
        Line(given_up[number], -both.amount, -both.base_amount, "cash discount")
        for number, both in reversal.discount_on_taxes.items()
    ]
    for role, difference in (
        (AccountRole.EXCHANGE_GAIN, reversal.gain),
        (AccountRole.EXCHANGE_LOSS, reversal.loss),
    ):
        if difference:
            lines.append(Line(account(role), ZERO, difference, "realised exchange difference reversed"))
    moving = [line for line in lines if line.amount or line.base_amount]
    if not sum((line.base_amount for line in moving), ZERO):
        return moving
    return balanced_in_base(moving, account(AccountRole.ROUNDING_DIFFERENCE))


def _taken_back(billed: CreditableInvoice, credit: Credit, account: Callable[[Role], str]) -> list[Line]:
    """Revenue, freight and each tax, mirrored from the invoice at its own rate."""

    def line(code: str, whole: Decimal, before: Decimal, part: Decimal) -> Line:
        was = PartlyTaken(whole, rounded(whole / billed.rate, billed.base_currency), before)
        return Line(code, part, was.base_of(part, billed.base_currency))

    def net(code: str, lines: Sequence[CreditableLine]) -> Line:
        part = [
            credit.lines[line.line_number].net_amount for line in lines if line.line_number in credit.lines
        ]
        whole = sum((line.billed.net_amount for line in lines), ZERO)
        before = sum((line.credited.net_amount for line in lines), ZERO)
        return line(code, whole, before, sum(part, ZERO))

    groups: dict[Role | str, list[CreditableLine]] = {}
    for each in billed.lines:
        role = ReceivablesRole.FREIGHT_REVENUE if each.is_freight else ReceivablesRole.REVENUE
        groups.setdefault(each.account_code or role, []).append(each)
    credited = {
        of: lines for of, lines in groups.items() if any(each.line_number in credit.lines for each in lines)
    }
    return [
        *(net(account(of) if isinstance(of, Role) else of, lines) for of, lines in credited.items()),
        *(
            line(
                tax.account_code,
                tax.billed.tax_amount,
                tax.credited.tax_amount,
                credit.taxes[tax.line_number].tax_amount,
            )
            for tax in billed.taxes
            if tax.line_number in credit.taxes
        ),
    ]
