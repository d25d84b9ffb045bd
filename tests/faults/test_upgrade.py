"""A short upgrade in flight: from version A to version B, and the new steps off again."""

import re

from tests.architecture.source import ROOT
from tests.faults.upgrade import COMMANDS, Plan, Upgrading


async def test_orders_under_way_go_from_one_version_to_the_next() -> None:
    stories = ("paid", "shipped_in_parts", "approved")
    upgrade = await Upgrading(Plan(processes=12, seconds=12, stories=stories, workers=1)).run()

    assert not upgrade.wrong, upgrade.in_words()


def test_the_page_on_upgrades_says_what_was_tried_and_in_which_order() -> None:
    page = (ROOT / "docs" / "upgrades.md").read_text(encoding="utf-8")

    (block,) = re.findall(r"```sh\n(perpetual migrate.*?)```", page, re.DOTALL)
    assert tuple(re.findall(r"^perpetual ([a-z-]+)", block, re.MULTILINE)) == COMMANDS
