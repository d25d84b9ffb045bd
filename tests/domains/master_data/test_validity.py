"""What holds from a day on: found by its day, and kept where documents stand on it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from domains.master_data.messages import PutTaxCode, TaxChange, TaxComponent, TaxRounding
from domains.master_data.rules.taxes import tax_document, taxable
from domains.master_data.rules.validity import CannotChange, as_of, check_past_stays, since
from foundation.values.money import ONE

# Germany, 2020: 19 %, from July to December 16 % (Zweites Corona-Steuerhilfegesetz).
JULY, NEXT_YEAR = date(2020, 7, 1), date(2021, 1, 1)


def at(percent: int) -> tuple[TaxComponent, ...]:
    """VAT of so many per cent."""
    return (TaxComponent(name=f"VAT {percent} %", rate_percent=Decimal(percent)),)


VAT = PutTaxCode(
    code="VAT",
    name="VAT",
    components=at(19),
    changes=(
        TaxChange(valid_from=NEXT_YEAR, components=at(19)),
        TaxChange(valid_from=JULY, components=at(16)),
    ),
)


@pytest.mark.parametrize(
    ("on", "percent", "first_day"),
    [
        (JULY - timedelta(days=1), 19, None),
        (JULY, 16, JULY),
        (NEXT_YEAR - timedelta(days=1), 16, JULY),
        (NEXT_YEAR, 19, NEXT_YEAR),
    ],
)
def test_a_change_holds_from_its_first_day_until_the_next_one(
    on: date, percent: int, first_day: date | None
) -> None:
    assert as_of(VAT, on).components == at(percent)
    assert since(VAT, on) == first_day


def test_lines_of_one_tax_code_are_taxed_apart_by_their_days() -> None:
    lines = [taxable(Decimal(100), ONE, VAT, on) for on in (JULY - timedelta(days=1), JULY, NEXT_YEAR)]

    document = tax_document(lines, includes_tax=False, rounding=TaxRounding.DOCUMENT, currency="EUR")

    assert [tax.rate_percent for tax in document.taxes] == [19, 16, 19]
    assert [line.tax_amount for line in document.lines] == [19, 16, 19]


@pytest.mark.parametrize(
    ("wanted", "fields"),
    [
        (VAT.model_copy(update={"components": at(7)}), ["components"]),
        (VAT.model_copy(update={"changes": VAT.changes[:1]}), ["changes"]),
        (VAT.model_copy(update={"changes": VAT.changes[1:], "name": "Other"}), []),
    ],
)
def test_what_has_begun_stays_and_what_has_not_may_change(wanted: PutTaxCode, fields: list[str]) -> None:
    try:
        check_past_stays(VAT, wanted, today=JULY, fields=["components"])
    except CannotChange as refused:
        assert [error.field for error in refused.errors] == fields
    else:
        assert not fields
