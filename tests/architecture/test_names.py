"""A class has a name of its own, and so has a refusal where callers see it."""

from pathlib import Path

from foundation.values.errors import BusinessError
from tests.architecture.names import of_one_type, public_type, refusals, standing_twice
from tests.architecture.source import ROOT, plant


def test_the_name_of_a_public_class_stands_once() -> None:
    assert not standing_twice(ROOT), "Whoever reads the name must know which class it is, without its imports"


def test_a_name_that_stands_twice_is_seen(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "domains/sales/tables.py": "class Order: ...\nclass _Row: ...\n",
            "perpetual/demo.py": "class Order: ...\nclass _Row: ...\n",
            "tests/erp.py": "class Order: ...\n",
        },
    )

    assert standing_twice(tmp_path) == ["Order: domains/sales/tables.py:1, perpetual/demo.py:1"]


def test_no_two_refusals_have_one_public_type() -> None:
    assert not of_one_type(ROOT), "A caller tells refusals apart by their type, and by nothing else"
    assert len(list(refusals(ROOT))) > 1, "no refusal was looked at"


def test_two_refusals_of_one_public_type_are_seen(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "domains/sales/rules.py": "class TooLate(errors.BusinessError): ...\nclass Row: ...\n",
            "foundation/values/days.py": "class Late(BusinessError): ...\nclass TooLate(Late): ...\n",
            "foundation/rows.py": "class Row: ...\n",
        },
    )

    assert of_one_type(tmp_path) == [
        "too-late: domains/sales/rules.py:1 TooLate, foundation/values/days.py:2 TooLate"
    ]


def test_the_public_type_is_what_the_refusal_says_of_itself() -> None:
    known: list[type[BusinessError]] = [BusinessError, *BusinessError.__subclasses__()]

    assert [public_type(kind.__name__) for kind in known] == [kind.type_name() for kind in known]
