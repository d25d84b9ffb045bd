"""Which tax numbers are VAT numbers: their form and check digits are python-stdnum's, whose they are ours."""

import pytest
from stdnum.eu import vat as european

from domains.master_data.rules.tax_numbers import LOOKS_LIKE, is_vat_number, normal_tax_number
from foundation.values.errors import Refusals

COUNTRY_OF = {"EL": "GR", "XI": "GB"}


def test_every_member_state_is_known_by_the_letters_of_its_numbers() -> None:
    states = {COUNTRY_OF.get(letters, letters).lower() for letters in LOOKS_LIKE}

    assert states >= european.MEMBER_STATES - {"xi"}


@pytest.mark.parametrize(("letters", "number"), LOOKS_LIKE.items())
def test_what_is_shown_as_right_is_right_and_with_digits_exchanged_is_not(letters: str, number: str) -> None:
    country = COUNTRY_OF.get(letters, letters)
    refusals = Refusals()

    assert normal_tax_number(number, country, refusals) == number
    assert not refusals.errors
    mistyped = number.replace("45", "54")
    assert not is_vat_number(mistyped, country)


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("IT", "DMRMRA85T10A562S"),  # A person's codice fiscale, which begins as a name does.
        ("MX", "CHE961231AB1"),  # A registro federal de contribuyentes, which begins as a name does.
        ("TW", "99922023"),
        ("US", "98-7654321"),
        ("DE", "12/345/67890"),
    ],
)
def test_a_national_number_stays_as_it_is(country: str, number: str) -> None:
    refusals = Refusals()

    assert normal_tax_number(number, country, refusals) == number
    assert not refusals.errors
    assert not is_vat_number(number, country)


@pytest.mark.parametrize(
    ("country", "number"), [("US", "DE123456788"), ("GB", "XI123456782"), ("MC", "FR12345678221")]
)
def test_who_is_outside_of_the_european_union_may_be_registered_in_it(country: str, number: str) -> None:
    assert is_vat_number(number, country)
