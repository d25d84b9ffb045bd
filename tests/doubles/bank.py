"""A bank that takes payment files, with faults built in."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from xml.etree import ElementTree


class TimedOut(Exception):
    """The bank has taken the file, and the answer did not arrive."""


@dataclass(frozen=True)
class Told:
    """What the bank says at one moment: of a whole file, or of payments by their end-to-end ids."""

    message_id: str
    at: datetime
    of_all: str = ""
    why: str = ""
    of_payments: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Status and reason."""


@dataclass
class Bank:
    """It takes a file and times out; knows it when it is sent again, and says so; rejects some payments; and
    tells everything twice, in any order.

    Its own book is what it has really executed: each payment by its end-to-end id, and what went to each
    account.
    """

    chance: random.Random
    opens_at: datetime
    rejects: float = 0.1
    """The share of payments that it does not execute."""
    says_nothing_of: float = 0.05
    """The share of payments that it executes without telling so, but on the statement."""
    executed: Counter[str] = field(default_factory=Counter)
    credited: Counter[str] = field(default_factory=Counter)
    amounts: dict[str, str] = field(default_factory=dict)
    """By end-to-end id, of all that was ever ordered."""
    accounts: dict[str, str] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    _files: set[str] = field(default_factory=set)
    _tells: list[Told] = field(default_factory=list)
    _on_statements: set[str] = field(default_factory=set)

    def take(self, file: bytes) -> None:
        """A pain.001 has come. Raises TimedOut the first time, when all of it is under way."""
        root = ElementTree.fromstring(file)  # Our own file.
        message_id = root.findtext(".//{*}GrpHdr/{*}MsgId") or ""
        if message_id in self._files:
            self._tell(Told(message_id, self._moment(3), of_all="RJCT", why="AM05"))
            return
        self._files.add(message_id)
        self._tell(Told(message_id, self._moment(0), of_all="ACTC"))
        ordered = [self._order(one) for one in root.iterfind(".//{*}CdtTrfTxInf")]
        self._tell(Told(message_id, self._moment(1), of_payments=dict.fromkeys(ordered, ("ACSP", ""))))
        for part in self._parts(ordered):
            told = {one: ("RJCT", "MS03") if one in self.rejected else ("ACSC", "") for one in part}
            said = {one: status for one, status in told.items() if self._is_told(one)}
            self._tell(Told(message_id, self._moment(5), of_payments=said))
        raise TimedOut

    def answers(self) -> Iterator[Told]:
        """All that it has to say and has not said, each thing twice, in any order."""
        told, self._tells = self._tells * 2, []
        self.chance.shuffle(told)
        yield from told

    def statement(self) -> dict[str, str]:
        """What it has executed and has stated nowhere, by end-to-end id."""
        new = {one: self.amounts[one] for one in self.executed if one not in self._on_statements}
        self._on_statements |= new.keys()
        return new

    def _order(self, payment: ElementTree.Element) -> str:
        end_to_end = payment.findtext(".//{*}EndToEndId") or ""
        self.amounts[end_to_end] = payment.findtext(".//{*}InstdAmt") or ""
        self.accounts[end_to_end] = payment.findtext(".//{*}CdtrAcct//{*}IBAN") or ""
        if self.chance.random() < self.rejects:
            self.rejected.add(end_to_end)
        else:
            self.executed[end_to_end] += 1
            self.credited[self.accounts[end_to_end]] += 1
        return end_to_end

    def _is_told(self, end_to_end: str) -> bool:
        return end_to_end in self.rejected or self.chance.random() >= self.says_nothing_of

    def _parts(self, ordered: list[str]) -> Iterator[list[str]]:
        """Ten answers or so, each of some of the payments."""
        mixed = self.chance.sample(ordered, len(ordered))
        size = len(mixed) // 10 + 1
        for begin in range(0, len(mixed), size):
            yield mixed[begin : begin + size]

    def _tell(self, told: Told) -> None:
        if told.of_all or told.of_payments:
            self._tells.append(told)

    def _moment(self, minutes: int) -> datetime:
        """Nothing is said at the same moment."""
        self.opens_at += timedelta(milliseconds=1)
        return self.opens_at + timedelta(minutes=minutes)
