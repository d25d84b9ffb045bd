"""Entries: what may be posted, when, and on which accounts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domains.ledger.messages import AccountRole, EntryLine, Line, customer
from domains.ledger.rules import journal as rules
from domains.ledger.rules.journal import (
    AccountFacts,
    EntryReferences,
    NoAccountFor,
    NoFiscalYear,
    NotPostable,
    Period,
    PeriodLocked,
    Unbalanced,
)
from foundation.values.errors import Invalid

DAY = date(2026, 3, 2)
OPEN, BLOCKED = AccountFacts("asset", blocked=False), AccountFacts("asset", blocked=True)
ACCOUNTS = {
    "1400": OPEN,
    "3000": OPEN,
    "9999": BLOCKED,
    "1100": AccountFacts("asset", blocked=False, subledger="inventory"),
    "1200": AccountFacts("asset", blocked=False, subledger="receivable"),
    "2000": AccountFacts("liability", blocked=False, subledger="payable"),
    "2050": AccountFacts("liability", blocked=False, subledger="goods_received"),
}
KNOWN = EntryReferences(
    accounts=ACCOUNTS,
    parties=frozenset({customer("C1")}),
    dimensions=frozenset({("cost_centre", "SALES")}),
)


def manual(*asked: EntryLine, currency: str = "EUR", rate: str = "1") -> list[Line]:
    return rules.manual_lines(
        asked,
        currency=currency,
        base_currency="EUR",
        rate=Decimal(rate),
        known=KNOWN,
        account=str,
    )


def line(code: str, amount: str, base: str | None = None, **named: Any) -> EntryLine:
    return EntryLine(
        account_code=code,
        amount=Decimal(amount),
        base_amount=None if base is None else Decimal(base),
        **named,
    )


def test_a_day_must_be_in_an_open_period() -> None:
    assert rules.check_period(Period("2026", None), DAY) == "2026"
    assert rules.check_period(Period("2026", date(2026, 3, 1)), DAY) == "2026"
    with pytest.raises(PeriodLocked):
        rules.check_period(Period("2026", DAY), DAY)
    with pytest.raises(NoFiscalYear):
        rules.check_period(None, DAY)


def test_accounts_must_be_there_and_open() -> None:
    assert rules.account_of({"bank": "1400"}, AccountRole.BANK) == "1400"
    with pytest.raises(NoAccountFor, match="cash"):
        rules.account_of({"bank": "1400"}, AccountRole.CASH)
    rules.check_postable({"1400"}, {"1400": OPEN})
    with pytest.raises(NotPostable, match="no account 1"):
        rules.check_postable({"1"}, {"1400": OPEN})
    with pytest.raises(NotPostable, match="1400 is blocked"):
        rules.check_postable({"1400"}, {"1400": BLOCKED})


def test_lines_in_the_company_s_currency_need_no_second_amount() -> None:
    assert manual(line("1400", "5"), line("3000", "-5", "-5")) == [
        Line("1400", Decimal(5), Decimal(5)),
        Line("3000", Decimal(-5), Decimal(-5)),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (line("GHOST", "5"), "lines.0.account_code"),
        (line("9999", "5"), "lines.0.account_code"),
        (line("1400", "5.001"), "lines.0.amount"),
        (line("1400", "5", "5.001"), "lines.0.base_amount"),
        (line("1400", "5", "4"), "lines.0.base_amount"),
        (line("1100", "5"), "lines.0.account_code"),
        (line("1200", "5"), "lines.0.account_code"),
        (line("2000", "5"), "lines.0.account_code"),
        (line("2050", "5"), "lines.0.account_code"),
        (line("1400", "5", party_type="customer", party_code="C2"), "lines.0.party_code"),
        (line("1400", "5", party_type="supplier", party_code="C1"), "lines.0.party_code"),
        (line("1400", "5", party_type="customer"), "lines.0.party_code"),
        (line("1400", "5", party_code="C1"), "lines.0.party_type"),
        (line("1400", "5", dimensions={"cost_centre": "GHOST"}), "lines.0.dimensions.cost_centre"),
        (line("1400", "5", dimensions={"project": "SALES"}), "lines.0.dimensions.project"),
    ],
)
def test_a_wrong_line_is_named(wrong: EntryLine, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        manual(wrong, line("3000", "-5"))

    assert field in [error.field for error in refused.value.errors]


def test_a_line_keeps_its_party_and_its_dimensions() -> None:
    asked = line(
        "1400", "5", party_type="customer", party_code="C1", dimensions={"cost_centre": "SALES"}, text="t"
    )

    (first, _) = manual(asked, line("3000", "-5"))

    assert first == Line("1400", Decimal(5), Decimal(5), "t", customer("C1"), {"cost_centre": "SALES"})


def test_yen_have_no_sen() -> None:
    with pytest.raises(Invalid, match="JPY"):
        manual(line("1400", "5.5"), line("3000", "-5.5"), currency="JPY", rate="160")


def test_given_base_amounts_are_not_mended() -> None:
    with pytest.raises(Unbalanced, match="EUR"):
        manual(line("1400", "5", "4"), line("3000", "-5", "-3"), currency="USD", rate="1.25")


@given(
    cents=some.lists(some.integers(-100_000, 100_000), min_size=1, max_size=20).filter(any),
    rate=some.integers(10, 100_000),
)
def test_an_entry_in_another_currency_always_balances_in_the_company_s(cents: list[int], rate: int) -> None:
    amounts = [Decimal(number) / 100 for number in cents]

    lines = manual(
        *(line("1400", str(amount)) for amount in amounts),
        line("3000", str(-sum(amounts))),
        currency="USD",
        rate=str(Decimal(rate) / 1000),
    )

    assert sum(one.amount for one in lines) == 0
    assert sum(one.base_amount for one in lines) == 0
    assert all(one.account_code in ("1400", "3000", "rounding_difference") for one in lines)


def test_a_mirror_image_takes_everything_back_and_keeps_what_it_says() -> None:
    original = [
        Line("1400", Decimal(5), Decimal(4), "text", customer("C1"), {"project": "P1"}),
        Line("3000", Decimal(-5), Decimal(-4)),
    ]

    mirror = rules.mirrored(original)

    assert [one.amount for one in mirror] == [-5, 5]
    assert [one.base_amount for one in mirror] == [-4, 4]
    assert (mirror[0].text, mirror[0].party) == ("text", customer("C1"))
    assert mirror[0].dimensions == {"project": "P1"}
