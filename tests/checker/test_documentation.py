"""The page for operators lists what always holds, in the words of the invariants themselves."""

from itertools import groupby
from pathlib import Path

from perpetual.checker.invariants import invariants

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
BEGIN, END = "<!-- invariants -->\n", "<!-- /invariants -->\n"


def as_listed() -> str:
    """The list, by group."""
    groups = groupby(invariants(at_rest=True), key=lambda one: one.group)
    return "".join(
        f"**{group.replace('_', ' ').capitalize()}**\n\n"
        + "".join(f"- {one.sentence} `{one.name}`\n" for one in found)
        + "\n"
        for group, found in groups
    )


def with_the_list(page: str) -> str:
    """The page with the list as it is now."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{as_listed()}{END}{rest.partition(END)[2]}"


def test_the_page_for_operators_lists_what_always_holds() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == with_the_list(page), "run: python -m tests.checker.test_documentation"


if __name__ == "__main__":
    PAGE.write_text(with_the_list(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
