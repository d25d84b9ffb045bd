"""Church tax by federal state, cut to the cent."""

from decimal import Decimal

import pytest

from domains.payroll.countries.de.church_tax import church_tax
from domains.payroll.countries.de.contribution_rates import GermanState
from foundation.values.errors import Invalid

EIGHT = {GermanState.BAVARIA, GermanState.BADEN_WUERTTEMBERG}


@pytest.mark.parametrize("state", GermanState)
def test_two_states_take_eight_per_cent_and_all_others_nine(state: GermanState) -> None:
    assert church_tax(Decimal(100), state).amount == (8 if state in EIGHT else 9)


def test_parts_of_a_cent_are_cut_off() -> None:
    """32.9094 are 32.90: ei-qfm.de, forums/reply/791, of the church tax act of Bavaria."""
    assert church_tax(Decimal("365.66"), GermanState.HESSE).amount == Decimal("32.90")
    assert church_tax(Decimal("0.11"), GermanState.HESSE).amount == 0
    assert church_tax(Decimal("0.12"), GermanState.HESSE).amount == Decimal("0.01")


def test_the_figures_on_the_way_are_said() -> None:
    assert church_tax(Decimal("100"), GermanState.BAVARIA).steps == (
        ("base", Decimal(100)),
        ("rate in per cent", Decimal(8)),
        ("church tax, cut to the cent", Decimal("8.00")),
    )


@pytest.mark.parametrize("base", ["-0.01", "1.001", "NaN"])
def test_what_cannot_be_a_base_is_refused(base: str) -> None:
    with pytest.raises(Invalid) as refusal:
        church_tax(Decimal(base), GermanState.HESSE)

    assert [error.field for error in refusal.value.errors] == ["base"]
