"""Purchases worked by hand, by somebody who had not written the rules, against the whole system."""

import pytest

from tests.checked import violations
from tests.erp import Erp
from tests.workflows.by_hand import CHAPTERS, ByHand


def test_there_are_fifty_cases_and_more_each_with_its_reason() -> None:
    cases = [case for chapter in CHAPTERS.values() for case in chapter]

    assert len({case["name"] for case in cases}) == len({case["why"] for case in cases}) == len(cases) >= 50


@pytest.mark.parametrize("chapter", CHAPTERS)
async def test_a_case_worked_by_hand_is_what_becomes_of_it(erp: Erp, chapter: str) -> None:
    found = [
        difference
        for number, case in enumerate(CHAPTERS[chapter], start=1)
        for difference in await ByHand(erp, case, number).differences()
    ]

    assert found == []
    assert await violations(erp.company) == []
