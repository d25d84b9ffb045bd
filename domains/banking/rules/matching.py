"""By which rules a line is known to be what it is. What no rule knows for certain waits for a person.

In this order: a payment of a payment run by its end-to-end id, also when it comes back, or all of a run by
its number; a payment, refund or entry that is in the books already, of the same amount and with the same
reference or party; a payment of a payment run by amount and party; a payment of an earlier line whose money
the bank sends back; the number of an open document in the line's text or reference, or several of one party
that come to the line's amount; a party known by its IBAN or name, of which one open document has the line's
amount; an account that lines with this other side were posted to before.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from domains.banking.rules.in_transit import PaymentsOfRuns
from domains.banking.rules.postings import LineFacts, is_a_number, is_named, known_as, plain
from domains.banking.rules.returns import PaidBefore, returned_by
from domains.ledger.messages.money import InBooks, Owed
from foundation.values.money import ZERO

_PARTS = re.compile(r"[A-Z]+|[0-9]+")
_BETWEEN = "[^A-Z0-9]{0,2}"


class KnownBy(StrEnum):
    """What a line was known by."""

    PAYMENT_RUN = "payment of a run"
    NUMBER = "number of a document"
    BOOKS = "document in the books"
    RETURNED = "returned by the bank"
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
            for number in dict.fromkeys((plain(one.document_number), plain(one.reference))):
                if is_a_number(number):
                    self._by_number[number].append(document)
            self.by_party[one.party].append(document)
            self.party_by_name[known_as("", one.party_name)].add(one.party)
        numbers = (number for one in owed for number in (one.document_number, one.reference))
        self._numbers = _looks_of(number for number in numbers if is_a_number(plain(number)))

    def party_of(self, line: LineFacts, counterparty: Known | None) -> Party | None:
        """Who is on the other side of a line, as was learned, or by the very name of one who has something
        open.
        """
        if counterparty is not None or not line.party_name:
            return counterparty.party if counterparty is not None else None
        named = self.party_by_name.get(known_as("", line.party_name), set())
        return next(iter(named)) if len(named) == 1 else None

    def named_in(self, line: LineFacts, party: Party | None) -> list[_Document]:
        """The documents whose numbers, ours or their party's, stand in what a line says: those of its party
        where that is known, and none of a number that several have.
        """
        found: dict[UUID, _Document] = {}
        for text in (line.text, line.end_to_end_id):
            for written in self._numbers.findall(text.upper()):
                documents = self._by_number.get(plain(written), [])
                documents = [one for one in documents if party is None or one.owed.party == party]
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


def matches(
    lines: Iterable[LineFacts],
    receivable: Sequence[Owed],
    payable: Sequence[Owed],
    known: Mapping[tuple[str, bool], Known],
    books: Iterable[InBooks] = (),
    paid: Iterable[PaidBefore] = (),
    runs: PaymentsOfRuns | None = None,
) -> Iterator[Match]:
    """What lines are, as far as a rule knows it; of several lines that one document fits, the first."""
    sides = {True: _Documents(receivable), False: _Documents(payable)}
    by_amount: dict[Decimal, list[InBooks]] = defaultdict(list)
    for one in books:
        by_amount[one.amount].append(one)
    may_return = list(paid)
    for line in lines:
        comes_in = line.open_amount > 0
        counterparty = known.get((line.known_as, comes_in))
        there = _in_books(line, by_amount[line.open_amount], counterparty)
        # What is on the bank's account already goes before what has only the same amount and party.
        if runs is not None and runs.know(line) and (runs.are_named_in(line) or not there):
            ordered = runs.returned(line) if comes_in else runs.made(line)
            if ordered is not None:
                rule = KnownBy.RETURNED if comes_in else KnownBy.PAYMENT_RUN
                yield Match(line, 1, ordered.number, ordered.asked, rule)
            continue
        if there:
            # Of several that it may be, a person knows which: it is not posted once more.
            if len(there) == 1:
                by_amount[line.open_amount].remove(there[0])
                party = there[0].party or ("", there[0].number)
                yield Match(line, 1, party[1], {"document_id": there[0].document_id}, KnownBy.BOOKS)
            continue
        if back := returned_by(line, may_return):
            if len(back) == 1:
                may_return.remove(back[0])
                of_it = {"returned_document_id": back[0].document_id}
                yield Match(line, 1, back[0].document_number, of_it, KnownBy.RETURNED)
            continue
        yield from _open_or_learned(line, sides[comes_in], counterparty)


def _open_or_learned(line: LineFacts, documents: _Documents, counterparty: Known | None) -> Iterator[Match]:
    """What is open that a line pays, by number or amount; else the account that was learned for it."""
    found, rule = _by_number(line, documents, counterparty), KnownBy.NUMBER
    if not found:
        found, rule = _by_amount(line, documents, counterparty), KnownBy.AMOUNT
    for part, (document, amount) in enumerate(found, 1):
        document.left -= min(amount, document.left)
        asked = _asked(document.owed, amount, line.open_amount > 0)
        yield Match(line, part, document.owed.party_code, asked, rule)
    if not found and counterparty is not None and counterparty.account_code is not None:
        account = {"account_code": counterparty.account_code}
        yield Match(line, 1, counterparty.account_code, account, KnownBy.ACCOUNT)


def _by_number(
    line: LineFacts, documents: _Documents, counterparty: Known | None
) -> list[tuple[_Document, Decimal]]:
    named = documents.named_in(line, documents.party_of(line, counterparty))
    amount = abs(line.open_amount)
    if len({document.owed.party for document in named}) != 1:
        return []
    if len(named) == 1:
        # What a customer pays too much is on its account, when it is the one who paid; what we have paid too
        # much, a person looks at. What a supplier calls its invoice, others may call theirs: it is all of it.
        owed, left = named[0].owed, named[0].left
        is_theirs = _is_party(line, owed.party, owed.party_name, counterparty)
        is_certain = is_theirs or is_named(owed.document_number, line)
        in_part = amount < left and is_certain
        too_much = amount > left and line.open_amount > 0 and is_theirs
        return [(named[0], amount)] if amount == left or in_part or too_much else []
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
            is_named(one.number, line)
            or is_named(one.reference, line)
            or (one.party is not None and _is_party(line, one.party, one.party_name, counterparty))
        )
    ]


def _is_party(line: LineFacts, party: Party, name: str, counterparty: Known | None) -> bool:
    """Whether a party is on the other side of a line: as was learned, or by its very name."""
    learned = counterparty.party if counterparty is not None else None
    return party == learned or known_as("", name) == known_as("", line.party_name)


def _by_amount(
    line: LineFacts, documents: _Documents, counterparty: Known | None
) -> list[tuple[_Document, Decimal]]:
    amount, party = abs(line.open_amount), documents.party_of(line, counterparty)
    fitting = [one for one in documents.by_party.get(party or ("", ""), []) if one.left == amount]
    return [(fitting[0], amount)] if len(fitting) == 1 else []


def _asked(owed: Owed, amount: Decimal, comes_in: bool) -> dict[str, Any]:
    if comes_in:
        return {"customer_code": owed.party_code, "invoice_id": owed.document_id, "amount": amount}
    return {"supplier_invoice_id": owed.document_id, "amount": amount}
