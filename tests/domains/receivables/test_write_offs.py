"""The output tax of bad debts: in parts as in one, to the cent, in both currencies."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from domains.ledger.rules.settlement import OpenDocument, OpenInstalment
from domains.receivables.rules.write_offs import ClaimedTax, TaxedClaim, WrittenOff, compute

ZERO = Decimal(0)
taxes_charged = some.lists(some.integers(1, 100_000).map(lambda cents: Decimal(cents) / 100), max_size=4)


def written_off(
    amount: Decimal, before: list[WrittenOff], taxes: list[Decimal], total: Decimal
) -> WrittenOff:
    """A part of a claim in dollars, of which others were written off before."""
    rate = Decimal("1.37")
    left = total - sum((one.amount for one in before), ZERO)
    base_left = round(total / rate, 2) - sum((one.base_amount for one in before), ZERO)

    def of(number: int) -> Decimal:
        parts = (tax.tax_amount for one in before for tax in one.taxes if tax.line_number == number)
        return sum(parts, ZERO)

    claim = TaxedClaim(
        total_amount=total,
        written_off_before=total - left,
        taxes=tuple(
            ClaimedTax(number, f"22{number}0", tax, ZERO, of(number)) for number, tax in enumerate(taxes, 1)
        ),
        rate=rate,
    )
    item = OpenInstalment(UUID(int=1), date(2026, 4, 1), left, base_left)
    document = OpenDocument("invoice", UUID(int=2), "INV-1", None, "", None, (item,))
    return compute(amount, document, claim, currency="USD", base_currency="EUR")


@given(
    net=some.integers(1, 500_000).map(lambda cents: Decimal(cents) / 100),
    taxes=taxes_charged,
    shares=some.lists(some.integers(1, 99), max_size=4),
)
def test_all_parts_together_take_back_each_tax_to_the_cent(
    net: Decimal, taxes: list[Decimal], shares: list[int]
) -> None:
    total = net + sum(taxes, ZERO)
    parts: list[WrittenOff] = []
    left = total
    for share in shares:
        amount = round(left * share / 100, 2)
        if 0 < amount < left:
            parts.append(written_off(amount, parts, taxes, total))
            left -= amount
    parts.append(written_off(left, parts, taxes, total))

    for number, tax in enumerate(taxes, 1):
        taken = [one for part in parts for one in part.taxes if one.line_number == number]
        assert sum((one.tax_amount for one in taken), ZERO) == tax
        assert sum((one.base_tax_amount for one in taken), ZERO) == _half_up(tax / Decimal("1.37"))
    assert sum((part.amount for part in parts), ZERO) == total


def _half_up(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), "ROUND_HALF_UP")


def test_what_rounding_leaves_over_is_with_the_largest_tax() -> None:
    """Half of 0.11, 0.11 and 0.13 is 0.06, 0.06 and 0.07; half of all is 0.18, which is 0.01 less."""
    taxes = [Decimal("0.11"), Decimal("0.11"), Decimal("0.13")]

    written = written_off(Decimal("1.00"), [], taxes, Decimal("2.00"))

    assert [tax.tax_amount for tax in written.taxes] == [Decimal("0.06")] * 3
    assert written.tax_amount == Decimal("0.18")


def test_what_was_refunded_of_a_payment_that_bounced_takes_no_tax_back() -> None:
    # Of 119.00 half was credited and refunded, and the payment never came: 119.00 is open, 59.50 is charged.
    claim = TaxedClaim(
        total_amount=Decimal("59.50"),
        written_off_before=ZERO,
        taxes=(ClaimedTax(1, "2210", Decimal("19.00"), Decimal("9.50"), ZERO),),
        rate=Decimal(1),
    )
    item = OpenInstalment(UUID(int=1), date(2026, 4, 1), Decimal("119.00"), Decimal("119.00"))
    document = OpenDocument("invoice", UUID(int=2), "INV-1", None, "", None, (item,))

    lost = compute(Decimal("119.00"), document, claim, currency="EUR", base_currency="EUR")

    assert lost.amount == Decimal("119.00")
    assert [tax.tax_amount for tax in lost.taxes] == [Decimal("9.50")]
