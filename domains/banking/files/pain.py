"""What a bank is to pay, as pain.001.001.09 of ISO 20022: a customer's credit transfer initiation.

A run is one order, which the bank books payment by payment: each is a line of the statement, with its
end-to-end id. Wages are booked as one (`BtchBookg`), and marked as such (category purpose `SALA`): the
statement has the run's number, and nobody's pay. Euros are paid as SEPA credit transfers, by the
implementation guidelines of the European Payments Council (EPC132-08): each side bears its own charges,
addresses name town and country as fields of their own, and a bank that is not known by its BIC is
`NOTPROVIDED`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from foundation.values.money import ZERO, rounded

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
LONGEST_NAME = 70
LONGEST_TOWN = 35
LONGEST_TEXT = 140
_ALLOWED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")
"""What every bank takes: the Latin characters of EPC217-08."""
_WRITTEN_OUT = str.maketrans(
    {
        "ß": "ss",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "Ø": "O",
        "ø": "o",
        "Æ": "AE",
        "æ": "ae",
        "Œ": "OE",
        "œ": "oe",
        "Ł": "L",
        "ł": "l",
        "Đ": "D",
        "đ": "d",
        "&": "+",
        "_": "-",
    }
)


_SLASHES = re.compile("/+")


class PayerToWrite(NamedTuple):
    """Who pays, and from which account."""

    name: str
    city: str
    country: str
    iban: str
    bic: str


class PaymentToWrite(NamedTuple):
    """To whom, how much, and for which invoices."""

    end_to_end_id: str
    name: str
    city: str
    country: str
    iban: str
    bic: str
    amount: Decimal
    references: Sequence[str]
    """What the invoices are called, by us and by the supplier."""


class OrderToWrite(NamedTuple):
    """What the bank is to pay on a day. `number` names the order and the message."""

    number: str
    made_at: datetime
    pay_on: date
    currency: str
    payer: PayerToWrite
    payments: Sequence[PaymentToWrite]
    is_of_wages: bool = False


def written(order: OrderToWrite) -> bytes:
    """The file, UTF-8. The same order is the same bytes."""
    document = Element("Document", {"xmlns": NAMESPACE})
    initiation = SubElement(document, "CstmrCdtTrfInitn")
    total = str(rounded(sum((one.amount for one in order.payments), ZERO), order.currency))
    header = SubElement(initiation, "GrpHdr")
    _text(header, "MsgId", order.number)
    _text(header, "CreDtTm", order.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _text(header, "NbOfTxs", str(len(order.payments)))
    _text(header, "CtrlSum", total)
    _text(header, "InitgPty/Nm", latin(order.payer.name, LONGEST_NAME))
    initiation.append(_instruction(order, total))
    return bytes(tostring(document, encoding="UTF-8", xml_declaration=True))


def _instruction(order: OrderToWrite, total: str) -> Element:
    is_sepa = order.currency == "EUR"
    instruction = Element("PmtInf")
    _text(instruction, "PmtInfId", order.number)
    _text(instruction, "PmtMtd", "TRF")
    # Of wages the statement has one sum, and no single ones.
    _text(instruction, "BtchBookg", "true" if order.is_of_wages else "false")
    _text(instruction, "NbOfTxs", str(len(order.payments)))
    _text(instruction, "CtrlSum", total)
    if is_sepa or order.is_of_wages:
        how = SubElement(instruction, "PmtTpInf")
        if is_sepa:
            _text(how, "SvcLvl/Cd", "SEPA")
        if order.is_of_wages:
            _text(how, "CtgyPurp/Cd", "SALA")
    _text(instruction, "ReqdExctnDt/Dt", order.pay_on.isoformat())
    _party(instruction, "Dbtr", order.payer.name, order.payer.city, order.payer.country)
    _text(instruction, "DbtrAcct/Id/IBAN", order.payer.iban)
    _bank(instruction, "DbtrAgt", order.payer.bic)
    _text(instruction, "ChrgBr", "SLEV" if is_sepa else "SHAR")
    instruction.extend(_transaction(one, order.currency) for one in order.payments)
    return instruction


def _transaction(payment: PaymentToWrite, currency: str) -> Element:
    transaction = Element("CdtTrfTxInf")
    _text(transaction, "PmtId/EndToEndId", payment.end_to_end_id)
    amount = _text(transaction, "Amt/InstdAmt", str(rounded(payment.amount, currency)))
    amount.set("Ccy", currency)
    if payment.bic:
        _bank(transaction, "CdtrAgt", payment.bic)
    _party(transaction, "Cdtr", payment.name, payment.city, payment.country)
    _text(transaction, "CdtrAcct/Id/IBAN", payment.iban)
    _text(transaction, "RmtInf/Ustrd", said_of(payment.references))
    return transaction


def both_numbers(ours: str, theirs: str) -> str:
    """What an invoice is called: our number, and the supplier's own when it is known and another."""
    return f"{ours} / {theirs}" if theirs.strip() and theirs != ours else ours


def said_of(references: Iterable[str]) -> str:
    """What the payment is for, as far as there is room: then how many more there are."""
    numbers = [latin(one, LONGEST_TEXT) for one in references]
    for count in range(len(numbers), 0, -1):
        more = f" +{len(numbers) - count}" if count < len(numbers) else ""
        text = ", ".join(numbers[:count]) + more
        if len(text) <= LONGEST_TEXT:
            return text
    return f"{numbers[0][: LONGEST_TEXT - 8]} +{len(numbers) - 1}"


def latin(text: str, longest: int) -> str:
    """A text in the characters that every bank takes; what is none of them becomes a point.

    A slash begins or ends no text, and no two follow each other.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_WRITTEN_OUT))
    letters = (one for one in plain if not unicodedata.combining(one))
    taken = "".join(one if one in _ALLOWED else " " if one.isspace() else "." for one in letters)
    return _SLASHES.sub("/", " ".join(taken.split()))[:longest].strip("/ ")


def _party(parent: Element, name: str, said: str, city: str, country: str) -> None:
    party = SubElement(parent, name)
    _text(party, "Nm", latin(said, LONGEST_NAME))
    if city:
        address = SubElement(party, "PstlAdr")
        _text(address, "TwnNm", latin(city, LONGEST_TOWN))
        _text(address, "Ctry", country)


def _bank(parent: Element, name: str, bic: str) -> None:
    if bic:
        _text(parent, f"{name}/FinInstnId/BICFI", bic)
    else:
        _text(parent, f"{name}/FinInstnId/Othr/Id", "NOTPROVIDED")


def _text(parent: Element, path: str, text: str) -> Element:
    """An element at the end of a path of new ones, with its text."""
    for name in path.split("/"):
        parent = SubElement(parent, name)
    parent.text = text
    return parent
