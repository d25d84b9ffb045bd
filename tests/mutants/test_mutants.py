"""What mutants are made, which are drawn, and which tests they are put before."""

from dataclasses import replace
from pathlib import Path

from tests.mutants import conditions, statements
from tests.mutants.mutant import Source
from tests.mutants.report import Tally, bars_are_met
from tests.mutants.sample import STRATA, Harmless, drawn, harmless, mutants_of, shares
from tests.mutants.tests_by_function import Map, WrittenMap
from tests.mutants.tree import ROOT, Tree, marked

SOURCE = Source(
    "domains/shop/rules.py",
    b'''"""A shop."""

LIMIT = 5


def may_buy(age: int, price: Decimal, *, known: bool) -> bool:
    """Whether somebody may."""
    if age < 18 and not known:
        raise TooYoung(age)
    log.info("asked", age=age)
    return price + Decimal("0.50") <= LIMIT
''',
)
QUERY = Source(
    "perpetual/checker/invariants/shop/sold_is_paid.sql",
    b"""-- What was sold is paid.
SELECT s.id FROM sale s LEFT JOIN payment p ON p.sale_id = s.id
WHERE s.day BETWEEN '2026-01-01' AND '2026-12-31' AND (p.amount IS NULL OR p.amount < 1)
""",
)
KNOWN: WrittenMap = {
    "tests": {
        "tests/domains/shop/test_rules.py::test_a": {"seconds": 0.01, "shares": []},
        "tests/api/test_shop.py::test_b": {"seconds": 0.1, "shares": ["http"]},
        "tests/api/test_door.py::test_c": {"seconds": 0.1, "shares": ["http"]},
    },
    "failed": [],
    "fixtures": {"http": 4.0},
    "by": {
        "tests/domains/shop/test_rules.py::test_a": [0],
        "tests/api/test_shop.py::test_b": [0],
        "fixture http": [1],
    },
}


def changes(source: Source) -> set[tuple[str, str]]:
    """What is made of a file: the operator, and the line as it becomes."""
    return {(one.operator, one.becomes) for one in mutants_of(source)}


def test_mutants_of_a_function_change_what_it_decides_and_answers() -> None:
    found = changes(SOURCE)

    assert {
        ("comparison", "if age <= 18 and not known:"),
        ("comparison", "if age >= 18 and not known:"),
        ("and", "if age < 18 or not known:"),
        ("not", "if age < 18 and (known):"),
        ("branch", "if not (age < 18 and not known):"),
        ("constant", "if age < 19 and not known:"),
        ("removed", "pass"),
        ("arithmetic", 'return price - Decimal("0.50") <= LIMIT'),
        ("constant", 'return price + Decimal("0.501") <= LIMIT'),
        ("answer", 'return not (price + Decimal("0.50") <= LIMIT)'),
    } <= found
    assert not any("asked" in becomes or "LIMIT = " in becomes for _, becomes in found)
    assert all(statements.compiles(one, SOURCE.text) for one in statements.mutants(SOURCE))


def test_mutants_of_a_query_change_its_conditions_and_not_the_end_of_a_range() -> None:
    found = {one.becomes: one.operator for one in conditions.mutants(QUERY)}

    where = "WHERE s.day BETWEEN '2026-01-01' AND '2026-12-31' AND"
    assert found == {
        "SELECT s.id FROM sale s JOIN payment p ON p.sale_id = s.id": "join",
        "SELECT s.id FROM sale s LEFT JOIN payment p ON true": "condition",
        "SELECT s.id FROM sale s LEFT JOIN payment p ON p.sale_id <> s.id": "comparison",
        "WHERE true AND (p.amount IS NULL OR p.amount < 1)": "condition",
        f"{where[:-3]}OR (p.amount IS NULL OR p.amount < 1)": "and",
        f"{where} true": "condition",
        f"{where} (false OR p.amount < 1)": "condition",
        f"{where} (p.amount IS NOT NULL OR p.amount < 1)": "not",
        f"{where} (p.amount IS NULL AND p.amount < 1)": "or",
        f"{where} (p.amount IS NULL OR false)": "condition",
        f"{where} (p.amount IS NULL OR p.amount <= 1)": "comparison",
        f"{where} (p.amount IS NULL OR p.amount >= 1)": "comparison",
        f"{where} (p.amount IS NULL OR p.amount < 2)": "number",
    }


def test_a_mutant_is_in_its_file_as_long_as_it_is_judged(tmp_path: Path) -> None:
    tree, file = Tree(tmp_path), tmp_path / SOURCE.path
    file.parent.mkdir(parents=True)
    file.write_bytes(SOURCE.text)
    mutant = next(one for one in mutants_of(SOURCE) if one.operator == "and")

    with tree.mutated(mutant):
        assert b"age < 18 or not known" in file.read_bytes()

    assert file.read_bytes() == SOURCE.text


def test_a_marked_function_says_that_it_is_entered() -> None:
    text, places = marked(SOURCE, 7)

    assert places == ["domains/shop/rules.py:may_buy"]
    assert b'may."""\n    _reached(7)\n    if age' in text


def test_a_sample_is_the_same_for_the_same_seed_and_of_every_stratum() -> None:
    tree = Tree(ROOT)

    for stratum in STRATA:
        sample = drawn(tree, stratum, 5, "a commit")
        assert len(sample) == 5
        assert sample == drawn(tree, stratum, 5, "a commit") != drawn(tree, stratum, 5, "another commit")
    assert shares(302, ["rules", "api", "workflows"]) == {"rules": 101, "api": 101, "workflows": 100}


def test_the_cheapest_test_that_reaches_a_function_comes_first_and_none_that_does_not() -> None:
    reach = Map(KNOWN, ["domains/shop/rules.py:may_buy", "api/app.py:lifespan"])

    by_name = [one.name for one in reach.reaching("domains/shop/rules.py", "may_buy")]
    assert by_name == ["tests/domains/shop/test_rules.py::test_a", "tests/api/test_shop.py::test_b"]
    by_fixture = reach.reaching("api/app.py", "lifespan")
    assert {one.name.rpartition("::")[2] for one in by_fixture} == {"test_b", "test_c"}
    assert reach.within(by_fixture, 4.3)[0] == [one.name for one in by_fixture]
    assert reach.within(by_fixture, 1)[0] == [by_fixture[0].name]


def test_the_bars_leave_out_what_is_harmless_and_allow_little_of_it() -> None:
    checker = Tally(mutants=100, killed=85)

    assert bars_are_met({"rules": Tally(mutants=100, killed=81, harmless=10), "checker": checker})
    assert not bars_are_met({"rules": Tally(mutants=100, killed=80, harmless=10), "checker": checker})
    assert not bars_are_met({"rules": Tally(mutants=100, killed=87, harmless=13), "checker": checker})
    assert not bars_are_met(
        {"rules": Tally(mutants=100, killed=90), "checker": Tally(mutants=100, killed=84)}
    )


def is_made_and_has_a_reason(one: Harmless) -> bool:
    """Whether it stands in the list for something; what is no more is to be removed."""
    source = Source(one.path, (ROOT / one.path).read_bytes())
    return any(one.is_of(mutant) for mutant in mutants_of(source)) and one.reason.strip().endswith(".")


def test_a_harmless_mutant_is_one_that_is_made_and_has_a_reason() -> None:
    path = "foundation/values/days.py"
    made = next(iter(mutants_of(Source(path, (ROOT / path).read_bytes()))))
    listed = Harmless(made.path, made.place, made.operator, made.original, made.becomes, "It says why.")

    assert is_made_and_has_a_reason(listed)
    assert not is_made_and_has_a_reason(replace(listed, reason=""))
    assert not is_made_and_has_a_reason(replace(listed, becomes="nothing that is made"))
    assert [one for one in harmless() if not is_made_and_has_a_reason(one)] == []
