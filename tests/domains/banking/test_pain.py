"""The file for the bank, against the schema of ISO 20022 that sepaxml brings, and what it says."""

from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree

import pytest
import xmlschema

from domains.banking.files.pain import (
    LONGEST_TEXT,
    NAMESPACE,
    OrderToWrite,
    PayerToWrite,
    PaymentToWrite,
    both_numbers,
    latin,
    said_of,
    written,
)

NAMES = {"p": NAMESPACE}
SCHEMA = xmlschema.XMLSchema(str(files("sepaxml") / "schemas" / "pain.001.001.09.xsd"))
PAYER = PayerToWrite("Obstbau Königs GmbH", "Werder (Havel)", "DE", "DE02120300000000202051", "BYLADEM1001")


def a_payment(number: int = 1, **changes: Any) -> PaymentToWrite:
    """To a mill."""
    known: dict[str, Any] = {
        "end_to_end_id": f"PR-000001-{number:05d}",
        "name": "Mühle & Söhne",
        "city": "Ketzin",
        "country": "DE",
        "iban": "DE02500105170137075030",
        "bic": "INGDDEFFXXX",
        "amount": Decimal("63.650000"),
        "references": ["SI-2026-000001"],
    }
    return PaymentToWrite(**known | changes)


def order(*payments: PaymentToWrite, **changes: Any) -> OrderToWrite:
    """What the bank is to pay."""
    known: dict[str, Any] = {
        "number": "PR-000001",
        "made_at": datetime(2026, 3, 20, 9, 30, tzinfo=UTC),
        "pay_on": date(2026, 3, 23),
        "currency": "EUR",
        "payer": PAYER,
        "payments": payments or (a_payment(),),
    }
    return OrderToWrite(**known | changes)


def texts(content: bytes, path: str) -> list[str]:
    """What stands at all such places."""
    return [one.text or "" for one in ElementTree.fromstring(content).iterfind(f".//p:{path}", NAMES)]


@pytest.mark.parametrize(
    "wanted",
    [
        order(),
        order(a_payment(), a_payment(2, bic="", amount=Decimal("0.01"))),
        order(payer=PAYER._replace(bic="", city="")),
        order(currency="CHF"),
        order(a_payment(references=[f"SI-2026-{number:06d}" for number in range(200)])),
        order(a_payment(name="株式会社 Ōsaka / Łódź"), payer=PAYER._replace(name="Æ" * 200)),
    ],
    ids=["one", "two", "without a bic", "in francs", "many invoices", "any letters"],
)
def test_a_file_is_as_its_schema_says(wanted: OrderToWrite) -> None:
    assert [error.reason for error in SCHEMA.iter_errors(written(wanted).decode())] == []


def test_a_file_that_is_not_so_would_be_found() -> None:
    broken = written(order()).replace(b"<PmtMtd>TRF</PmtMtd>", b"")

    assert not SCHEMA.is_valid(broken.decode())


def test_the_file_says_what_is_paid() -> None:
    content = written(order(a_payment(), a_payment(2, amount=Decimal("36.35"), bic="")))

    assert texts(content, "CtrlSum") == ["100.00", "100.00"]
    assert texts(content, "NbOfTxs") == ["2", "2"]
    assert texts(content, "InstdAmt") == ["63.65", "36.35"]
    assert texts(content, "EndToEndId") == ["PR-000001-00001", "PR-000001-00002"]
    assert texts(content, "ReqdExctnDt/p:Dt") == ["2026-03-23"]
    assert texts(content, "Cdtr/p:Nm") == ["Muehle + Soehne"] * 2
    assert texts(content, "PstlAdr/p:TwnNm") == ["Werder (Havel)", "Ketzin", "Ketzin"]
    assert texts(content, "CdtrAgt/p:FinInstnId/p:BICFI") == ["INGDDEFFXXX"]
    assert (texts(content, "SvcLvl/p:Cd"), texts(content, "ChrgBr")) == (["SEPA"], ["SLEV"])
    assert texts(content, "AdrLine") == []


def test_only_euros_are_sepa() -> None:
    content = written(order(currency="CHF"))

    assert (texts(content, "SvcLvl/p:Cd"), texts(content, "ChrgBr")) == ([], ["SHAR"])


def test_the_same_order_is_the_same_bytes() -> None:
    assert written(order()) == written(order())


def test_what_is_paid_is_said_as_far_as_there_is_room() -> None:
    assert said_of(["SI-1", "SI-2"]) == "SI-1, SI-2"
    many = said_of([f"SI-2026-{number:06d}" for number in range(20)])
    assert many.endswith("SI-2026-000007 +12")
    assert len(many) <= 140
    assert said_of(["X" * 200, "Y"]) == "X" * 132 + " +1"


def test_an_invoice_is_called_by_our_number_and_by_the_suppliers_own() -> None:
    assert both_numbers("SI-1", "RE 4711") == "SI-1 / RE 4711"
    assert [both_numbers("SI-1", theirs) for theirs in ("", " ", "SI-1")] == ["SI-1"] * 3
    assert said_of([both_numbers("SI-1", "/RE//7_Ä")]) == "SI-1 / /RE/7-Ae"


def test_what_is_left_out_is_left_out_with_both_its_numbers() -> None:
    many = said_of([both_numbers(f"SI-2026-{one:06d}", f"RE-{one:04d}") for one in range(20)])

    assert many.endswith("SI-2026-000004 / RE-0004 +15")
    assert len(many) <= LONGEST_TEXT


def test_letters_that_banks_do_not_take_are_written_otherwise() -> None:
    assert latin("Größe & Çedille_1\n*", 70) == "Groesse + Cedille-1 ."
    assert latin("ä" * 40, 70) == "ae" * 35
    assert latin("/a//b/", 70) == "a/b"


@pytest.mark.parametrize(("currency", "service"), [("EUR", ["SEPA"]), ("USD", [])])
def test_wages_are_booked_as_one_and_say_so(currency: str, service: list[str]) -> None:
    payments = [a_payment(number, city="", country="") for number in (1, 2)]
    content = written(order(*payments, currency=currency, is_of_wages=True))

    SCHEMA.validate(content.decode())
    assert texts(content, "BtchBookg") == ["true"]
    assert texts(content, "PmtTpInf/p:CtgyPurp/p:Cd") == ["SALA"]
    assert texts(content, "PmtTpInf/p:SvcLvl/p:Cd") == service
    assert texts(content, "Cdtr/p:PstlAdr") == []
