"""A third country comes from outside: the pack of docs/adding-a-country.md, in a distribution of its own."""

import sys
from decimal import Decimal
from pathlib import Path

import pytest

from domains.payroll.countries import ENTRY_POINTS, data_of, known, pack_of
from domains.payroll.rules.components import ComponentCatalogue
from domains.payroll.rules.gross_to_net import PayrollInputs, gross_to_net
from domains.payroll.rules.statutory import (
    CountryPack,
    PayLine,
    UnknownCountry,
    UnknownTreatment,
    UnknownYear,
    YearToDate,
)
from tests.architecture.source import ROOT, plant
from tests.domains.payroll.testland import SALARY, a_basis, an_item, month

PAGE = (ROOT / "docs/adding-a-country.md").read_text()
PACK_OF_ELSEWHERE = PAGE.partition("```python\n")[2].partition("```")[0]
"""The country that the page walks through."""


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution that is installed in a folder of its own, as pip would leave it."""
    about = "Metadata-Version: 2.1\nName: law-of-elsewhere\nVersion: 1.0\n"
    entry_point = f"[{ENTRY_POINTS}]\nxu = law_of_elsewhere:PACK\n"
    plant(
        tmp_path,
        {
            "law_of_elsewhere.py": PACK_OF_ELSEWHERE,
            "law_of_elsewhere-1.0.dist-info/METADATA": about,
            "law_of_elsewhere-1.0.dist-info/entry_points.txt": entry_point,
        },
    )
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("elsewhere")
def test_a_pack_from_outside_the_tree_computes_a_payslip() -> None:
    assert "XU" in known()
    pack = pack_of("XU")
    catalogue = ComponentCatalogue.of((SALARY,), treatments=pack.treatments)
    person = pack.details.model_validate({"is_resident": True})

    payslip = gross_to_net(PayrollInputs(person, a_basis(an_item("SALARY", "1234.56")), catalogue), pack)

    # A tenth of 1,234.56, cut: 123, from both sides.
    assert payslip.withheld == payslip.employer_owes == Decimal(123)
    assert payslip.net == Decimal("1111.56")
    assert payslip.statutory.added == {"base": Decimal("1234.56")}

    # 24,000 less 23,500 are left: a tenth of 500.
    so_far = YearToDate({"base": Decimal(23_500)})
    last = gross_to_net(
        PayrollInputs(person, a_basis(an_item("SALARY", "1234.56")), catalogue, to_date=so_far), pack
    )
    assert last.withheld == Decimal(50)


@pytest.mark.usefixtures("elsewhere")
def test_it_refuses_what_its_law_does_not_know() -> None:
    pack = pack_of("XU")
    person = pack.details.model_validate({"is_resident": True})

    with pytest.raises(UnknownYear):
        pack.statutory(person, month(1, 2025), (), YearToDate())
    with pytest.raises(UnknownTreatment):
        pack.statutory(person, month(1), (PayLine("X", "magic", Decimal(1)),), YearToDate())


@pytest.mark.parametrize("name", ["country", "currency", "years", "treatments", "details", "statutory"])
def test_the_page_names_all_of_a_pack(name: str) -> None:
    assert f"`{name}" in PAGE
    assert hasattr(CountryPack, name)


def test_without_its_distribution_the_country_is_unknown() -> None:
    with pytest.raises(UnknownCountry, match="no pack knows the law of 'XU'"):
        pack_of("XU")


@pytest.mark.usefixtures("elsewhere")
def test_it_brings_what_a_payslip_calls_its_amounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Another test has it from a folder of its own.
    monkeypatch.delitem(sys.modules, "law_of_elsewhere", raising=False)
    assert data_of("XU", "payslip.toml") is None

    (tmp_path / "payslip.toml").write_text("[lines]\n")

    assert data_of("XU", "payslip.toml") == b"[lines]\n"
