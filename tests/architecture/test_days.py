"""A command that is posted on a day names the field that says it: a refusal of the day is told by it. And
today is the company's.
"""

from datetime import date
from pathlib import Path

from foundation.operations.operation import OPERATIONS
from tests.architecture.source import FLOORS, ROOT
from workers import registry


def test_what_may_be_refused_for_its_period_says_which_field_has_the_day() -> None:
    registry.operations()
    nameless = [
        name
        for name, operation in sorted(OPERATIONS.items())
        if "PeriodLocked" in (operation.__doc__ or "")
        and any(field.annotation is date for field in operation.ask_type.model_fields.values())
        and not operation.ask_type.POSTED_ON
    ]

    assert nameless == [], "say POSTED_ON in the operation's command"


def test_the_field_is_a_day_of_the_command() -> None:
    registry.operations()
    wrong = [
        name
        for name, operation in sorted(OPERATIONS.items())
        if (field := getattr(operation.ask_type, "POSTED_ON", ""))
        and operation.ask_type.model_fields[field].annotation is not date
    ]

    assert wrong == []


def asks_for_the_databases_day(root: Path) -> list[str]:
    """Files with a statement that asks PostgreSQL for today, which is that of its own time zone."""
    files = (path for floor in FLOORS for kind in ("py", "sql") for path in root.glob(f"{floor}/**/*.{kind}"))
    words = ("current_date", "now()::date", "localtimestamp")
    return sorted(str(path) for path in files if any(word in path.read_text().lower() for word in words))


def test_today_is_the_companys_and_not_the_databases() -> None:
    assert asks_for_the_databases_day(ROOT) == [], "ask master_data.queries.TODAY"


def test_a_statement_that_asks_for_the_databases_day_is_seen(tmp_path: Path) -> None:
    (tmp_path / "domains").mkdir()
    (tmp_path / "domains" / "queries.py").write_text('DUE = text("SELECT ... WHERE due_on < CURRENT_DATE")')

    assert len(asks_for_the_databases_day(tmp_path)) == 1


def asks_the_clock_for_today(root: Path) -> list[str]:
    """Files of tests that take today from the clock: a run of tests that goes over midnight has two of it."""
    words = ("now(UTC)" + ".date()", "TODAY = " + "datetime")
    files = (path for path in root.glob("tests/**/*.py") if path.name != "days.py")
    return sorted(str(path) for path in files if any(word in path.read_text() for word in words))


def test_tests_have_one_today() -> None:
    assert asks_the_clock_for_today(ROOT) == [], "ask tests.days"


def test_a_test_that_asks_the_clock_is_seen(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text("on = datetime.now(UTC)" + ".date()")

    assert len(asks_the_clock_for_today(tmp_path)) == 1
