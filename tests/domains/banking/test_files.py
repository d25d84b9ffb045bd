"""Files of banks: read whatever their dialect, and refused by name when they are no statement."""

import io
import time
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from domains.banking.files import reading
from domains.banking.files.mt940 import read_mt940
from domains.banking.files.reading import read_statements
from domains.banking.files.statements import ReadLine, ReadStatement
from domains.banking.messages import CsvMapping
from domains.banking.rules.statements import BalanceDiffers, check_adds_up
from foundation.values.errors import BusinessError
from tests.builders.bank_statements import IBAN, OTHERS_IBAN, camt, entry, packed

OF_OTHERS = Path(__file__).parents[4] / "shared/reference/formats/mt940"
"""Statements of many banks, which we did not write."""
GERMAN = """:20:STARTUMS
:25:12030000/0000202051
:28C:00007/00001
:60F:C260319EUR1000,00
:61:2603200320CR119,00NTRFNONREF//B1
:86:166?00GUTSCHRIFT?109251?20EREF+ORDER-4711?21SVWZ+Rechnung INV-2026-00
?220001 Danke?30INGDDEFFXXX?31DE02500105170137075030?32Alice GmbH
:61:2602300320DR6,50NCHG
:86:805?00ENTGELTABSCHLUSS?20Pauschalen
:61:2603200320RC19,00NRTINONREF
:86:109?00RUECKBUCHUNG
:62F:C260320EUR1093,50
-
"""
DUTCH = """ABNANL2A
940
:20:ABN AMRO BANK NV
:25:NL91ABNA0417164300
:28C:5/1
:60F:C260319EUR10,00
:61:2603200320C25,N247NONREF
:86:/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/Bob BV/R
EMI/Factuur INV-2026-000002/EREF/NOTPROVIDED
:62F:C260320EUR35,
-
"""
RABO = """:940:
:20:940A260320
:25:1291.99.348EUR
:28:00000/00
:60F:C260319EUR000000000473,17
:61:260320D000000000044,95N0600733959555      T-MOBILE NETHERLANDS BV
:86:BETALINGSKENM.  123456789
:86:FACTUURNUMMER 987654321
:62F:C260320EUR000000000428,22
"""
OFX_1 = """OFXHEADER:100
DATA:OFXSGML
ENCODING:USASCII
CHARSET:1252

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>1<ACCTID>987654<ACCTTYPE>CHECKING
</BANKACCTFROM><BANKTRANLIST><DTSTART>20260301<DTEND>20260331
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260320120000[-5:EST]<TRNAMT>119.00<FITID>F1<NAME>Alice &amp; Co<MEMO>INV-1
</STMTTRN><STMTTRN><TRNTYPE>FEE<DTPOSTED>20260321<TRNAMT>-1,50<FITID>F2<NAME>Fee</STMTTRN></BANKTRANLIST>
<LEDGERBAL><BALAMT>617.50<DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
OFX_2 = """<?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="220"?>
<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR</CURDEF><BANKACCTFROM><BANKID>1</BANKID>
<ACCTID>987654</ACCTID></BANKACCTFROM><BANKTRANLIST><DTSTART>20260301</DTSTART><DTEND>20260331</DTEND><STMTTRN>
<TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20260320</DTPOSTED><TRNAMT>119.00</TRNAMT><FITID>F1</FITID>
<NAME>Alice</NAME><MEMO>Größe</MEMO></STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>619.00</BALAMT>
<DTASOF>20260331</DTASOF></LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
BOMB = """<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>&b;</MsgId></GrpHdr></BkToCstmrStmt></Document>"""
PAGED = b"<StmtPgntn><PgNb>%s</PgNb></StmtPgntn><Acct>"
STEALS = """<?xml version="1.0"?><!DOCTYPE Document SYSTEM "file:///etc/passwd"><Document/>"""


class Account(NamedTuple):
    """A bank account, as a reader asks for it."""

    csv: CsvMapping | None = None
    encoding: str = ""
    iban: str = IBAN
    account_number: str = ""
    currency: str = "EUR"


def one(content: bytes | str, account: Account | None = None, closing: str | None = None) -> ReadStatement:
    """The only statement in a file, which adds up."""
    raw = content.encode() if isinstance(content, str) else content
    (statement,) = read_statements(raw, account, None if closing is None else Decimal(closing))
    check_adds_up(statement)
    return statement


def test_a_camt_053_says_who_paid_what_for_which_reason() -> None:
    statement = one(
        camt(
            entry(
                "119.00",
                "INV-2026-000001",
                name="Alice & Co",
                iban=OTHERS_IBAN,
                end_to_end="E1",
                reference="R1",
            ),
            entry("-6.50", "Fee"),
            entry("5.00", status="PDNG"),
            opening="1000.00",
            closing="1112.50",
            number=7,
        )
    )

    assert (statement.account, statement.currency, statement.sequence, statement.page) == (IBAN, "EUR", 7, 1)
    assert (statement.opening_amount, statement.closing_amount) == (Decimal("1000.00"), Decimal("1112.50"))
    assert statement.lines[0] == ReadLine(
        booked_on=date(2026, 3, 20),
        valued_on=date(2026, 3, 20),
        amount=Decimal("119.00"),
        bank_reference="R1",
        end_to_end_id="E1",
        party_name="Alice & Co",
        party_iban=OTHERS_IBAN,
        text="INV-2026-000001",
        code="PMNT-RCDT-ESCT",
    )
    assert [line.amount for line in statement.lines] == [Decimal("119.00"), Decimal("-6.50")]


def test_an_older_camt_053_says_the_same() -> None:
    newer = camt(entry("119.00", "INV-1", name="Alice"), closing="119.00")
    older = newer.replace(b"053.001.08", b"053.001.02").replace(
        b"<Sts><Cd>BOOK</Cd></Sts>", b"<Sts>BOOK</Sts>"
    )
    older = older.replace(b"<Pty>", b"").replace(b"</Pty>", b"")

    assert one(older) == one(newer)
    assert one(older).fingerprint == one(newer).fingerprint


def test_what_the_bank_has_booked_together_is_shown_apart_when_it_adds_up() -> None:
    parts = "".join(
        f'<TxDtls><Refs><EndToEndId>E{number}</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt></TxDtls>'
        for number, amount in enumerate(("40.00", "60.00"), 1)
    )
    whole = camt(entry("100.00"), closing="100.00").decode()
    begin, end = whole.index("<TxDtls>"), whole.index("</TxDtls>") + len("</TxDtls>")
    together = whole[:begin] + parts + whole[end:]

    apart = one(together).lines
    less_a_fee = one(together.replace(">60.00<", ">61.00<")).lines

    assert [(line.amount, line.end_to_end_id) for line in apart] == [
        (Decimal("40.00"), "E1"),
        (Decimal("60.00"), "E2"),
    ]
    assert [(line.amount, line.end_to_end_id) for line in less_a_fee] == [(Decimal("100.00"), "")]


def test_a_packed_file_has_all_its_statements_in_their_order() -> None:
    second = camt(entry("1.00", day="2026-03-21"), opening="5.00", closing="6.00", number=2, day="2026-03-21")
    first = camt(entry("5.00"), closing="5.00")

    assert [statement.sequence for statement in read_statements(packed(second, first))] == [1, 2]


def test_an_mt940_of_a_german_bank() -> None:
    statement = one(GERMAN)

    assert (statement.account, statement.sequence, statement.page) == ("12030000/0000202051", 7, 1)
    paid, fee, back = statement.lines
    assert paid == ReadLine(
        booked_on=date(2026, 3, 20),
        valued_on=date(2026, 3, 20),
        amount=Decimal("119.00"),
        bank_reference="B1",
        end_to_end_id="ORDER-4711",
        party_name="Alice GmbH",
        party_iban=OTHERS_IBAN,
        text="Rechnung INV-2026-000001 Danke",
        code="166",
    )
    assert (fee.booked_on, fee.valued_on, fee.amount) == (
        date(2026, 3, 20),
        date(2026, 2, 28),
        Decimal("-6.50"),
    )
    assert back.amount == Decimal("-19.00"), "the reversal of a credit goes out"


def test_an_mt940_of_dutch_banks() -> None:
    (line,) = one(DUTCH).lines
    assert (line.party_name, line.party_iban, line.text, line.end_to_end_id) == (
        "Bob BV",
        "NL91ABNA0417164300",
        "Factuur INV-2026-000002",
        "",
    )
    rabo = one(RABO)
    assert (rabo.account, rabo.sequence) == ("1291.99.348", None)
    assert rabo.lines[0].text == "BETALINGSKENM. 123456789 FACTUURNUMMER 987654321"


def test_ofx_of_both_kinds() -> None:
    first, second = one(OFX_1), one(OFX_2)

    assert (first.opening_amount, first.closing_amount) == (Decimal("500.00"), Decimal("617.50"))
    assert [(line.amount, line.party_name, line.bank_reference) for line in first.lines] == [
        (Decimal("119.00"), "Alice & Co", "F1"),
        (Decimal("-1.50"), "Fee", "F2"),
    ]
    assert (second.account, second.lines[0].text, second.from_on) == ("987654", "Größe", date(2026, 3, 1))


REFUSED: list[tuple[bytes, str]] = [
    (b"", "unknown-format"),
    (b"Date,Amount\n2026-03-20,1.00\n", "unknown-format"),
    (b"%PDF-1.7 ...", "unknown-format"),
    (b"<html></html>", "unknown-format"),
    (camt(closing="0.00", version="04"), "unknown-format"),
    (camt(closing="0.00").replace(b"camt.053", b"camt.052"), "not-a-statement"),
    (GERMAN.replace(":60F:", ":34F:EUR0\n:60F:").encode(), "not-a-statement"),
    (BOMB.encode(), "entities-refused"),
    (STEALS.encode(), "entities-refused"),
    (OFX_2.replace("<OFX>", '<!DOCTYPE OFX SYSTEM "x"><OFX>').encode(), "entities-refused"),
    (BOMB.encode("utf-16"), "entities-refused"),
    (camt(closing="0.00").replace(b"UTF-8", b"UTF-16"), "statement-malformed"),
    (
        camt(entry("1.00", "Gr\u00f6\u00dfe"), closing="1.00").decode().encode("latin-1"),
        "statement-malformed",
    ),
    (GERMAN.encode().replace(b"GUTSCHRIFT", b"\x81\x8d"), "wrong-encoding"),
    (camt(closing="0.00")[:-20], "statement-malformed"),
    (camt(entry("1.00"), closing="1.00").replace(b"CLBD", b"FWAV"), "statement-malformed"),
    (camt(entry("1.00"), closing="1.00").replace(b">1.00<", b">1e9999<"), "statement-malformed"),
    (camt(entry("1.00"), closing="1.00").replace(b"2026-03-20", b"2026-02-30"), "statement-malformed"),
    (camt(closing="0.00").replace(b"<GrpHdr>", b"<a>" * 60 + b"<GrpHdr>"), "statement-malformed"),
    (GERMAN.replace(":62F:", ":64:").encode(), "statement-malformed"),
    (GERMAN.replace("CR119,00", "XX119,00").encode(), "statement-malformed"),
    (OFX_1.replace("<LEDGERBAL>", "<AVAILBAL>").encode(), "statement-malformed"),
    (packed(packed(camt(closing="0.00"))), "unknown-format"),
    (packed(camt(closing="0.00"))[:-30], "statement-malformed"),
    (packed(), "statement-malformed"),
    (camt(closing="0.00").replace(b"UTF-8", b"klingon"), "wrong-encoding"),
    (camt(closing="0.00").replace(b"UTF-8", b"undefined"), "wrong-encoding"),
    (camt(closing="0.00").replace(b"UTF-8", b"shift_jis"), "wrong-encoding"),
    (OFX_2.replace("UTF-8", "undefined").encode(), "wrong-encoding"),
    (camt(closing="0.00", number=int("9" * 4_000)), "statement-malformed"),
    (camt(closing="0.00").replace(b">1</E", b">" + b"9" * 5_000 + b"</E"), "statement-malformed"),
    (camt(closing="0.00").replace(b"<Acct>", PAGED % (b"9" * 5_000)), "statement-malformed"),
    (GERMAN.replace("00007/00001", "00007/" + "9" * 5_000).encode(), "statement-malformed"),
]


@pytest.mark.parametrize(("content", "name"), REFUSED)
def test_what_is_no_statement_is_refused_by_name(content: bytes, name: str) -> None:
    with pytest.raises(BusinessError) as refusal:
        read_statements(content)

    assert refusal.value.type == name


def test_a_bomb_is_unpacked_only_until_it_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 100_000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b" " * 5_000_000)

    for content in (bomb.getvalue(), packed(*[camt(closing="0.00")] * (reading.MOST_FILES + 1))):
        with pytest.raises(BusinessError) as refusal:
            read_statements(content)
        assert refusal.value.type == "statement-too-large"


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packed_file_that_is_damaged_is_refused_however_it_was_packed(method: int) -> None:
    made, content = io.BytesIO(), camt(closing="0.00")
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("1.xml", content)
    whole = made.getvalue()
    assert len(read_statements(whole)) == 1

    for start in range(36, 140, 4):
        damaged = whole[:start] + bytes(255 - byte for byte in whole[start : start + 8]) + whole[start + 8 :]
        with pytest.raises(BusinessError) as refusal:
            read_statements(damaged)
        assert refusal.value.type == "statement-malformed"


@pytest.mark.parametrize("piece", [b"A", b"<", b"<A", b"<A ", b"A>", b"</"])
def test_an_ofx_file_is_read_in_a_time_that_grows_with_its_length(piece: bytes) -> None:
    content = b"<OFX><" + piece * (1_000_000 // len(piece))

    started = time.process_time()
    with pytest.raises(BusinessError) as refusal:
        read_statements(content)

    assert refusal.value.type == "statement-malformed"
    assert time.process_time() - started < 5


def test_lines_that_do_not_explain_the_balances_are_refused() -> None:
    with pytest.raises(BalanceDiffers, match=r"1\.00 EUR differ"):
        one(camt(entry("5.00"), closing="4.00"))


COMPLETE = {
    "betterplace_sepa_mt9401": 26,
    "betterplace_with_binary_character": 2,
    "cmxl_mt940": 3,
    "jejik_generic": 2,
    "jejik_sns": 2,
    "mBank_mt940": 1,
    "sberbank_171011_01234945": 1,
    "self-provided_february_30": 1,
    "self-provided_long_statement_number": 1,
    "self-provided_transaction_details_wrapped": 1,
}
"""How many statements they hold, each with lines that explain its balances."""


@pytest.mark.skipif(not OF_OTHERS.exists(), reason="reference files lie beside the repository")
@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_statements_of_other_banks_are_read_without_loss(name: str) -> None:
    statements = read_mt940((OF_OTHERS / f"mt940_tests_{name}.sta").read_bytes())

    assert len(statements) == COMPLETE[name]
    for statement in statements:
        check_adds_up(statement)
        assert statement.account


@pytest.mark.skipif(not OF_OTHERS.exists(), reason="reference files lie beside the repository")
@pytest.mark.parametrize("file", sorted(OF_OTHERS.glob("*.sta")), ids=lambda file: file.stem)
def test_whatever_a_bank_sends_is_read_or_refused_by_name(file: Path) -> None:
    try:
        statements = read_statements(file.read_bytes())
    except BusinessError as refusal:
        assert refusal.detail
    else:
        entries = sum(line.startswith(b":61:") for line in file.read_bytes().splitlines())
        assert sum(len(statement.lines) for statement in statements) == entries


def test_an_encoding_of_the_account_is_that_of_its_files() -> None:
    text = GERMAN.replace("Alice GmbH", "Tűzoltó Kft").encode("cp1250")

    assert one(text, Account(encoding="cp1250")).lines[0].party_name == "Tűzoltó Kft"


def test_an_encoding_that_is_none_is_refused() -> None:
    with pytest.raises(BusinessError) as refusal:
        one(GERMAN, Account(encoding="undefined"))

    assert refusal.value.type == "wrong-encoding"
