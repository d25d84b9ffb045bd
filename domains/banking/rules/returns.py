"""Money that the bank sends back: which payment of an earlier line a line returns.

A line with the end-to-end reference, the number or the bank's reference of a payment is its return, when it
moves the same amount the other way. By who is on its other side, or by what the payment said, it is one only
when the bank says that it is a return: the same money may go back by another payment as well.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from domains.banking.rules.postings import LineFacts, is_named, known_as

DAYS_TO_RETURN = 400
"""So many days after it was paid, money may come back: 13 months for a direct debit that nobody had allowed
(Directive (EU) 2015/2366, article 71), and some days for the banks.
"""
_CODES = re.compile(r"(?:^|-)(?:RRTN|RPCR|UPDD|UPCT|PRDD|PRCT|UPCQ|CQRV|NRTI|RTI|108|109|111|159)$")
"""Returns and reversals among the bank transaction codes of ISO 20022, of SWIFT and of German banks."""
_REASONS = re.compile(
    r"\b(?:AC0[1-9]|AC1[346]|AG0[1-2]|AM0[1-9]|BE0[1-8]|CNOR|DNOR|FOCR|FF0[1-8]|MD0[1-8]|MS0[2-3]"
    r"|RC0[1-8]|RR0[1-4]|SL0[1-2]|SVNR)\b"
)
"""Why money is returned, by the external code set of ISO 20022."""
_WORDS = re.compile(
    r"\b(?:unpaid|bounced|chargeback|returned (?:item|payment|transfer|debit|direct debit|cheque|check)"
    r"|return of (?:an? )?(?:payment|transfer|debit|direct debit|cheque|check)"
    r"|(?:item|payment|transfer|debit|cheque|check) returned|r(?:ü|ue)cklast\w*"
    r"|(?:sepa|lastschrift|scheck|(?:ü|ue)berweisungs?)-?(?:r(?:ü|ue)ckgabe|retoure))\b",
    re.IGNORECASE,
)
"""Goods are returned as well: that word alone says nothing of a payment."""


@dataclass(frozen=True)
class PaidBefore:
    """A payment or refund that a line is, with what the bank said of it; what came in is positive."""

    document_id: UUID
    document_number: str
    posted_on: date
    amount: Decimal
    bank_reference: str
    text: str
    end_to_end_id: str
    party_name: str
    party_iban: str
    code: str


def returned_by(line: LineFacts, paid: Iterable[PaidBefore]) -> list[PaidBefore]:
    """The payments whose money a line may bring back: those that it names, or else those that fit."""
    there = [
        one
        for one in paid
        if one.amount == -line.open_amount and 0 <= (line.booked_on - one.posted_on).days <= DAYS_TO_RETURN
    ]
    if named := [one for one in there if _names(line, one)]:
        return named
    return [one for one in there if _fits(line, one)] if is_said_to_return(line) else []


def is_said_to_return(line: LineFacts) -> bool:
    """Whether the bank says that it sends money back: by its code, a reason, or in words."""
    return any((_CODES.search(line.code.upper()), _REASONS.search(line.text), _WORDS.search(line.text)))


def _names(line: LineFacts, paid: PaidBefore) -> bool:
    same = paid.end_to_end_id != "" and line.end_to_end_id == paid.end_to_end_id
    return same or any(is_named(one, line) for one in (paid.document_number, paid.bank_reference))


def _fits(line: LineFacts, paid: PaidBefore) -> bool:
    other = known_as(paid.party_iban, paid.party_name)
    return (other != "" and other == line.known_as) or is_named(paid.text, line)
