"""A third country comes from outside: a distribution that names its pack under our entry point."""

from decimal import Decimal
from pathlib import Path

import pytest

from domains.payroll.countries import ENTRY_POINTS, known, pack_of
from domains.payroll.rules.components import ComponentCatalogue
from domains.payroll.rules.gross_to_net import PayrollInputs, gross_to_net
from domains.payroll.rules.statutory import UnknownCountry
from tests.architecture.source import plant
from tests.domains.payroll.testland import SALARY, a_basis, an_item

PACK_OF_ELSEWHERE = '''
"""The law of Elsewhere: a tenth of everything."""

from decimal import Decimal

from domains.payroll.rules.statutory import Bearer, Statutory, StatutoryLine
from foundation.values.messages import Message


class ElsewhereDetails(Message):
    """What the law must know of a person."""

    is_resident: bool = True


class Elsewhere:
    """One tax, for everybody."""

    country = "XU"
    currency = "EUR"
    years = (2026,)
    treatments = {"regular": "Taxed."}
    details = ElsewhereDetails

    def statutory(self, person, period, lines, to_date):
        """A tenth, cut to whole euros."""
        base = sum((line.amount for line in lines), Decimal(0))
        tax = (base / 10).quantize(Decimal(1), "ROUND_DOWN") if person.is_resident else Decimal(0)
        line = StatutoryLine("TENTH", Bearer.EMPLOYEE, "treasury", base, tax, "Law of Elsewhere 2026")
        return Statutory((line,), {"taxed": base})


PACK = Elsewhere()
'''


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

    # A tenth of 1,234.56, cut: 123.
    assert payslip.withheld == Decimal(123)
    assert payslip.net == Decimal("1111.56")
    assert payslip.statutory.added == {"taxed": Decimal("1234.56")}


def test_without_its_distribution_the_country_is_unknown() -> None:
    with pytest.raises(UnknownCountry, match="no pack knows the law of 'XU'"):
        pack_of("XU")
