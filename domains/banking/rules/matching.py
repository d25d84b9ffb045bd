"""By which rules a line is known to be what it is. What no rule knows for certain waits for a person.

In this order: a payment of a payment run by its end-to-end id, or all of a run by its number; a payment,
refund or entry that is in the books already, of the same amount and with the same reference or party; the
number of an open document in the line's text or reference, or several of one party that come to the line's
amount; a party known by its IBAN or name, of which one open document has the line's amount; an account that
lines with this other side were posted to before.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from domains.banking.rules import in_transit as rules
from domains.banking.rules.in_transit import PaymentInTransit
from domains.banking.rules.postings import LineFacts, known_as
from domains.ledger.messages.money import InBooks, Owed
from foundation.values.money import ZERO

_DIGITS = re.compile(r"\d")
_PARTS = re.compile(r"[A-Z]+|[0-9]+")
_BETWEEN = "[^A-Z0-9]{0,2}"
_NOT_IN_NUMBERS = re.compile(r"[^A-Z0-9]")
SHORTEST_NUMBER = 5
"""A number with fewer letters and figures stands in texts by chance."""


class KnownBy(StrEnum):
    """What a line was known by."""

    PAYMENT_RUN = "payment of a run"
    NUMBER = "number of a document"
    BOOKS = "document in the books"
    AMOUNT = "party and amount"
    ACCOUNT = "account learned"


DAYS_BEFORE = 10
"""So many days before the bank has booked it, something may be in the books."""


Party: TypeAlias = tuple[str, str]
"""A party's type and code: a customer and a supplier may have the same."""


class Known(NamedTuple):
    """Who is on the other side of a line, or what it is posted to."""

    party: Party | None
    account_code: str | None


class _Ordered(NamedTuple):
    """What a line names of what payment runs have ordered: a payment, or all that is left of a run."""

    payments: Sequence[PaymentInTransit]
    number: str
    asked: Mapping[str, Any]


class Match(NamedTuple):
    """What a line, or a part of it, is: as a person would ask for it."""

    line: LineFacts
    part: int
    party: str
    asked: Mapping[str, Any]
    rule: KnownBy


@dataclass
class _Document:
    owed: Owed
    left: Decimal


class _Documents:
    """What is open on a side, found by number and by party; less with each line that pays it."""

    def __init__(self, owed: Sequence[Owed]) -> None:
        self._by_number: dict[str, list[_Document]] = defaultdict(list)
        self.by_party: dict[Party, list[_Document]] = defaultdict(list)
        self.party_by_name: dict[str, set[Party]] = defaultdict(set)
        for one in owed:
            document = _Document(one, one.open_amount)
            number = plain(one.document_number)
            if len(number) >= SHORTEST_NUMBER and _DIGITS.search(number):
                self._by_number[number].append(document)
            self.by_party[one.party].append(document)
            self.party_by_name[known_as("", one.party_name)].add(one.party)
        self._numbers = _looks_of(one.document_number for one in owed if plain(one.document_number))

    def named_in(self, *texts: str) -> list[_Document]:
        """The documents whose numbers stand in what a line says; none of a number that several have."""
        found: dict[UUID, _Document] = {}
        for text in texts:
            for written in self._numbers.findall(text.upper()):
                documents = self._by_number.get(plain(written), [])
                if len(documents) == 1 and documents[0].left:
                    found[documents[0].owed.document_id] = documents[0]
        return list(found.values())


def _looks_of(numbers: Iterable[str]) -> re.Pattern[str]:
    """What finds all numbers that look like these: those of a series look alike, however many they are.

    Banks and people leave out, or put in, what stands between letters and figures, and break lines there.
    """
    looks = set()
    for number in numbers:
        parts = _PARTS.findall(number.upper())
        looks.add(
            _BETWEEN.join(rf"\d(?: ?\d){{{len(one) - 1}}}" if one.isdecimal() else one for one in parts)
        )
    anywhere = "|".join(sorted(looks, key=len, reverse=True)) or "(?!)"
    return re.compile(rf"(?<!\d)(?=({anywhere})(?!\d))")


def plain(text: str) -> str:
    """Letters and figures alone."""
    return _NOT_IN_NUMBERS.sub("", text.upper())


def matches(
    lines: Iterable[LineFacts],
    receivable: Sequence[Owed],
    payable: Sequence[Owed],
    known: Mapping[tuple[str, bool], Known],
    books: Iterable[InBooks] = (),
    transit: Sequence[PaymentInTransit] = (),
    ordered_before: Collection[str] = (),
) -> Iterator[Match]:
    """What lines are, as far as a rule knows it; of several lines that one document fits, the first.

    `ordered_before` are end-to-end ids of payment runs: what is in transit no more waits for a person.
    """
    sides = {True: _Documents(receivable), False: _Documents(payable)}
    by_amount: dict[Decimal, list[InBooks]] = defaultdict(list)
    for one in books:
        by_amount[one.amount].append(one)
    for line in lines:
        comes_in = line.open_amount > 0
        if not comes_in and (ordered := _ordered(line, transit)):
            # Whose amount is another waits for a person: the money is no other payment of ours.
            if rules.total(ordered.payments) == -line.open_amount:
                transit = [one for one in transit if one not in ordered.payments]
                yield Match(line, 1, ordered.number, ordered.asked, KnownBy.PAYMENT_RUN)
            continue
        if not comes_in and line.end_to_end_id in ordered_before:
            continue
        documents, counterparty = sides[comes_in], known.get((line.known_as, comes_in))
        if there := _in_books(line, by_amount[line.open_amount], counterparty):
            # Of several that it may be, a person knows which: it is not posted once more.
            if len(there) == 1:
                by_amount[line.open_amount].remove(there[0])
                party = there[0].party or ("", there[0].number)
                yield Match(line, 1, party[1], {"document_id": there[0].document_id}, KnownBy.BOOKS)
            continue
        found, rule = _by_number(line, documents, counterparty), KnownBy.NUMBER
        if not found:
            found, rule = _by_amount(line, documents, counterparty), KnownBy.AMOUNT
        for part, (document, amount) in enumerate(found, 1):
            document.left -= min(amount, document.left)
            yield Match(line, part, document.owed.party_code, _asked(document.owed, amount, comes_in), rule)
        if not found and counterparty is not None and counterparty.account_code is not None:
            asked = {"account_code": counterparty.account_code}
            yield Match(line, 1, counterparty.account_code, asked, KnownBy.ACCOUNT)


def _ordered(line: LineFacts, transit: Sequence[PaymentInTransit]) -> _Ordered | None:
    """The payment whose end-to-end id the line has, or the run whose number."""
    for one in transit:
        if _is_named(one.end_to_end_id, line):
            return _Ordered([one], one.supplier_code, {"run_payment_id": one.payment_id})
    for one in transit:
        if _is_named(one.run_number, line):
            of_run = [other for other in transit if other.run_id == one.run_id]
            return _Ordered(of_run, one.run_number, {"payment_run_id": one.run_id})
    return None


def _by_number(
    line: LineFacts, documents: _Documents, counterparty: Known | None
) -> list[tuple[_Document, Decimal]]:
    named, amount = documents.named_in(line.text, line.end_to_end_id), abs(line.open_amount)
    if len({document.owed.party for document in named}) != 1:
        return []
    if len(named) == 1:
        # What a customer pays too much is on its account, when it is the one who paid; what we have paid too
        # much, a person looks at.
        owed = named[0].owed
        is_theirs = _is_party(line, owed.party, owed.party_name, counterparty)
        fits = amount <= named[0].left or (line.open_amount > 0 and is_theirs)
        return [(named[0], amount)] if fits else []
    if sum((document.left for document in named), ZERO) != amount:
        return []
    return [(document, document.left) for document in named]


def _in_books(line: LineFacts, candidates: Iterable[InBooks], counterparty: Known | None) -> list[InBooks]:
    """What has moved the line's amount shortly before, with its reference, or by who is on its other side."""
    return [
        one
        for one in candidates
        if 0 <= (line.booked_on - one.posted_on).days <= DAYS_BEFORE
        and (
            _is_named(one.number, line)
            or _is_named(one.reference, line)
            or (one.party is not None and _is_party(line, one.party, one.party_name, counterparty))
        )
    ]


def _is_named(number: str, line: LineFacts) -> bool:
    """Whether a number stands in what a line says, whatever is between its letters and figures, and not as a
    part of a longer one.
    """
    wanted = plain(number)
    if len(wanted) < SHORTEST_NUMBER or not _DIGITS.search(wanted):
        return False
    said = [text.upper() for text in (line.text, line.end_to_end_id) if wanted in plain(text)]
    written = rf"(?<!\d){'[^A-Z0-9]*'.join(wanted)}(?!\d)"
    return any(re.search(written, text) for text in said)


def _is_party(line: LineFacts, party: Party, name: str, counterparty: Known | None) -> bool:
    """Whether a party is on the other side of a line: as was learned, or by its very name."""
    learned = counterparty.party if counterparty is not None else None
    return party == learned or known_as("", name) == known_as("", line.party_name)


def _by_amount(
    line: LineFacts, documents: _Documents, counterparty: Known | None
) -> list[tuple[_Document, Decimal]]:
    amount = abs(line.open_amount)
    party = counterparty.party if counterparty is not None else None
    if counterparty is None and line.party_name:
        named = documents.party_by_name.get(known_as("", line.party_name), set())
        party = next(iter(named)) if len(named) == 1 else None
    fitting = [one for one in documents.by_party.get(party or ("", ""), []) if one.left == amount]
    return [(fitting[0], amount)] if len(fitting) == 1 else []


def _asked(owed: Owed, amount: Decimal, comes_in: bool) -> dict[str, Any]:
    if comes_in:
        return {"customer_code": owed.party_code, "invoice_id": owed.document_id, "amount": amount}
    return {"supplier_invoice_id": owed.document_id, "amount": amount}
