"""What money settles: no cent appears or vanishes, and every entry balances in both currencies."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domains.ledger.messages import Discount, Line, Role, TaxShare, customer
from domains.ledger.rules.payments import Market, Money, PaymentEntry, entries
from domains.ledger.rules.settlement import (
    GivenUp,
    OpenDocument,
    OpenInstalment,
    SettlementResult,
    discount_split,
    settle,
    settle_again,
)
from foundation.values.money import ZERO, rounded

SPACE = UUID(int=0)
DAY = date(2026, 3, 12)


def an_open_invoice(
    number: str = "INV-1",
    *parts: str,
    base_rate: str = "1",
    due_on: date = DAY,
    discount: str = "0",
    discount_net: str | None = None,
    until: date | None = None,
    paid_before: str = "0",
) -> OpenDocument:
    """An invoice with instalments that are open by the given amounts."""
    instalments = tuple(
        OpenInstalment(
            uuid5(SPACE, f"{number}/{position}"),
            due_on,
            Decimal(part),
            rounded(Decimal(part) / Decimal(base_rate), "EUR"),
        )
        for position, part in enumerate(parts or ("100",))
    )
    net = Decimal(discount if discount_net is None else discount_net)
    tax = Decimal(discount) - net
    charged = sum((one.open_amount for one in instalments), Decimal(paid_before))
    offered = Discount(until, charged, net, (TaxShare(1, "2200", tax),) if tax else ()) if until else None
    return OpenDocument(
        type="invoice",
        id=uuid5(SPACE, number),
        number=number,
        order_id=SPACE,
        process_id="a process",
        discount=offered,
        instalments=instalments,
    )


def settled_by(
    money: str | Decimal, *invoices: OpenDocument, small: str = "0.05", on: date = DAY
) -> SettlementResult:
    return settle(
        Decimal(money),
        invoices,
        on=on,
        currency="EUR",
        base_currency="EUR",
        small_difference=Decimal(small),
    )


def parts(settlement: SettlementResult) -> list[tuple[str, str, str, str]]:
    """Per invoice: paid, discount, written off, still open."""
    return [
        (
            f"{one.paid_amount:f}",
            f"{one.discount_amount:f}",
            f"{one.written_off_amount:f}",
            f"{one.document.open_amount - one.amount:f}",
        )
        for one in settlement.settled
    ]


@pytest.mark.parametrize(
    ("money", "expected", "remaining"),
    [
        ("100", ("100", "0", "0", "0"), "0"),
        ("60", ("60", "0", "0", "40"), "0"),
        ("99.95", ("99.95", "0", "0.05", "0.00"), "0"),
        ("99.94", ("99.94", "0", "0", "0.06"), "0"),
        ("100.05", ("100.05", "0", "-0.05", "0.00"), "0"),
        ("100.06", ("100", "0", "0", "0"), "0.06"),
        ("150", ("100", "0", "0", "0"), "50"),
    ],
)
def test_full_part_small_difference_or_too_much(
    money: str, expected: tuple[str, ...], remaining: str
) -> None:
    settlement = settled_by(money, an_open_invoice())

    assert parts(settlement) == [expected]
    assert settlement.remaining == Decimal(remaining)


@pytest.mark.parametrize(
    ("money", "expected"),
    [
        ("98", ("98", "2", "0", "0")),
        ("97.96", ("97.96", "2", "0.04", "0.00")),
        ("99", ("99", "1", "0", "0")),
        ("97.94", ("97.94", "0", "0", "2.06")),
        ("100", ("100", "0", "0", "0")),
    ],
)
def test_what_is_missing_is_the_discount_or_a_part_of_it(money: str, expected: tuple[str, ...]) -> None:
    assert parts(settled_by(money, an_open_invoice(discount="2", until=DAY))) == [expected]


def test_a_discount_is_taken_in_time_and_only_when_nothing_was_paid_before() -> None:
    late = an_open_invoice(discount="2", until=date(2026, 3, 11))
    begun = an_open_invoice(discount="2", until=DAY, paid_before="50")

    assert parts(settled_by("98", late)) == parts(settled_by("98", begun)) == [("98", "0", "0", "2")]


def test_several_invoices_are_paid_less_their_discounts_together() -> None:
    invoices = [an_open_invoice(f"INV-{n}", discount="2", until=DAY) for n in (1, 2, 3)]

    assert parts(settled_by("196", *invoices)) == [("98", "2", "0", "0")] * 2
    assert parts(settled_by("195.97", *invoices)) == [
        ("98", "2", "0", "0"),
        ("97.97", "2", "0.03", "0.00"),
    ]
    # Just what two come to in full: no discount was meant.
    assert parts(settled_by("200", *invoices)) == [("100", "0", "0", "0")] * 2


def test_the_oldest_due_comes_first_and_what_is_paid_does_not_make_an_invoice_older() -> None:
    newer = an_open_invoice("INV-1", due_on=date(2026, 5, 1))
    older = an_open_invoice("INV-2", due_on=date(2026, 4, 1))

    settlement = settled_by("150", newer, older)

    assert [one.document.number for one in settlement.settled] == ["INV-2", "INV-1"]
    paid_instalment = OpenInstalment(SPACE, date(2026, 1, 1), ZERO, ZERO)
    begun = OpenDocument(**{**vars(newer), "instalments": (paid_instalment, *newer.instalments)})
    assert settled_by("1", begun, older).settled[0].document == older


def test_the_earliest_instalment_comes_first_and_takes_its_share() -> None:
    settlement = settled_by("98", an_open_invoice("INV-1", "30", "70", discount="2", until=DAY))

    assert [one.amount for one in settlement.settled[0].instalments] == [30, 70]
    assert [one.discount_amount for one in settlement.settled[0].instalments] == [
        Decimal("0.60"),
        Decimal("1.40"),
    ]


def test_what_is_slightly_too_much_is_written_off_of_the_instalments_too() -> None:
    settlement = settled_by("100.05", an_open_invoice("INV-1", "50", "50"))

    written_off = [one.written_off_amount for one in settlement.settled[0].instalments]
    assert sum(written_off) == Decimal("-0.05")


def test_paid_invoices_and_credit_notes_take_no_part() -> None:
    settlement = settled_by("10", an_open_invoice("INV-1", "0"), an_open_invoice("INV-2", "-20"))

    assert (settlement.settled, settlement.remaining) == ((), Decimal(10))


def test_a_smaller_discount_is_split_in_the_same_proportion() -> None:
    invoice = an_open_invoice("INV-1", "119", discount="2.38", discount_net="2.00", until=DAY)

    (whole,) = settled_by("116.62", invoice).settled
    (half,) = settled_by("117.81", invoice).settled

    assert discount_split(whole, "EUR") == (Decimal("2.00"), (("2200", Decimal("0.38")),))
    assert discount_split(half, "EUR") == (Decimal("1.00"), (("2200", Decimal("0.19")),))


# Whatever comes

cents = some.integers(1, 200_000).map(lambda number: Decimal(number) / 100)
rates = some.integers(200, 5_000_000).map(lambda number: Decimal(number) / 1000)


@some.composite
def open_invoices(draw: some.DrawFn) -> list[OpenDocument]:
    """Up to four invoices with up to three instalments, some with a discount, at some rate."""
    found = []
    for position in range(draw(some.integers(1, 4))):
        amounts = draw(some.lists(cents, min_size=1, max_size=3))
        discount = rounded(sum(amounts, ZERO) * draw(some.integers(0, 10)) / 100, "EUR")
        found.append(
            an_open_invoice(
                f"INV-{position}",
                *(str(amount) for amount in amounts),
                base_rate=str(draw(rates)),
                due_on=date(2026, 3, draw(some.integers(1, 31))),
                discount=str(discount),
                discount_net=str(rounded(discount / Decimal("1.19"), "EUR")),
                until=date(2026, 3, draw(some.integers(10, 14))) if discount else None,
            )
        )
    return found


@given(money=cents, invoices=open_invoices(), small=some.sampled_from(["0", "0.05", "5"]))
def test_no_cent_appears_or_vanishes(money: Decimal, invoices: list[OpenDocument], small: str) -> None:
    settlement = settled_by(money, *invoices, small=small)

    assert sum(one.paid_amount for one in settlement.settled) + settlement.remaining == money
    assert settlement.remaining >= 0
    for one in settlement.settled:
        assert one.amount == sum(part.amount for part in one.instalments)
        assert one.discount_amount == sum(part.discount_amount for part in one.instalments)
        assert one.written_off_amount == sum(part.written_off_amount for part in one.instalments)
        assert 0 < one.amount <= one.document.open_amount
        assert 0 <= one.discount_amount <= one.document.discount_whole
        assert abs(one.written_off_amount) <= Decimal(small)
        of_item = {instalment.item_id: instalment for instalment in one.document.instalments}
        for part in one.instalments:
            assert 0 < part.amount <= of_item[part.item_id].open_amount
            assert 0 <= part.base_amount <= of_item[part.item_id].base_open_amount


def account(role: Role) -> str:
    return str(role)


def entries_of(money: Decimal, invoices: list[OpenDocument], market: Market) -> list[PaymentEntry]:
    """The entries of a payment of so much, as the operation asks for them."""
    settlement = settle(
        market.in_invoice_currency(money),
        invoices,
        on=DAY,
        currency=market.invoice_currency,
        base_currency=market.base_currency,
        small_difference=market.small_difference,
    )
    left = market.in_money_currency(settlement.remaining) if settlement.settled else money
    base, base_left = market.base(money), market.base(left)
    used = Money("bank", money - left, base - base_left)
    kept = [
        Line("bank", left, base_left),
        Line("customer_on_account", -left, -base_left),
    ]
    return entries(
        used,
        settlement,
        market,
        party=customer("C1"),
        control_account="receivable",
        account=account,
        kept=kept,
    )


@given(
    money=cents,
    invoices=open_invoices(),
    money_rate=rates,
    invoice_rate=rates,
    currencies=some.sampled_from([("USD", "USD"), ("EUR", "USD"), ("JPY", "USD"), ("KWD", "EUR")]),
)
def test_every_entry_of_a_payment_balances_in_both_currencies_and_clearing_ends_at_zero(
    money: Decimal,
    invoices: list[OpenDocument],
    money_rate: Decimal,
    invoice_rate: Decimal,
    currencies: tuple[str, str],
) -> None:
    money_currency, invoice_currency = currencies
    if money_currency == invoice_currency:
        invoice_rate = money_rate
    market = Market(
        base_currency="EUR",
        money_currency=money_currency,
        money_rate=money_rate,
        invoice_currency=invoice_currency,
        invoice_rate=invoice_rate,
        small_difference=Decimal("0.05"),
    )

    found = entries_of(rounded(money, money_currency) + 1, invoices, market)

    for entry in found:
        assert sum(line.amount for line in entry.lines) == 0
        assert sum(line.base_amount for line in entry.lines) == 0
        assert all(line.amount == rounded(line.amount, entry.currency) for line in entry.lines)
        assert all(line.base_amount == rounded(line.base_amount, "EUR") for line in entry.lines)
    lines = [line for entry in found for line in entry.lines]
    clearing = [line.base_amount for line in lines if line.account_code == "exchange_clearing"]
    assert sum(clearing, ZERO) == 0


CENTS = some.integers(1, 50_000).map(lambda cents: Decimal(cents) / 100)


@given(money=CENTS, discount=CENTS, written_off=CENTS, owed=CENTS)
def test_what_was_given_up_before_is_given_up_in_the_share_that_is_used(
    money: Decimal, discount: Decimal, written_off: Decimal, owed: Decimal
) -> None:
    invoice = an_open_invoice("INV-1", str(owed), discount="0.02", until=DAY)
    market: dict[str, Any] = {"currency": "EUR", "base_currency": "EUR", "small_difference": ZERO}
    face = money + discount + written_off

    found = settle_again(money, GivenUp(discount, written_off), invoice, **market)

    (settled,) = found.settled
    assert settled.amount == min(face, owed)
    assert settled.paid_amount + found.remaining == money
    for again, whole in (
        (settled.paid_amount, money),
        (settled.discount_amount, discount),
        (settled.written_off_amount, written_off),
    ):
        assert 0 <= again <= whole
        assert abs(again - whole * settled.amount / face) < Decimal("0.01")
