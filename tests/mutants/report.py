"""What a mutation run says in the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rich.table import Table

from tests.mutants.mutant import Mutant
from tests.mutants.trial import Verdict

AT_LEAST_KILLED = {"code": Fraction(90, 100), "checker": Fraction(85, 100)}
"""Of those that are not harmless."""
AT_MOST_HARMLESS = Fraction(12, 100)


@dataclass(frozen=True)
class Tally:
    """How the mutants of a stratum fared; `killed` of them are dead, `harmless` are not asked for."""

    mutants: int = 0
    killed: int = 0
    harmless: int = 0

    @property
    def survived(self) -> int:
        """Those that no test noticed."""
        return self.mutants - self.killed - self.harmless

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.mutants + other.mutants, self.killed + other.killed, self.harmless + other.harmless)

    def is_met(self, least: Fraction) -> bool:
        """Whether enough are dead, and not too many are excused."""
        asked_for = self.mutants - self.harmless
        return self.killed >= least * asked_for and self.harmless <= AT_MOST_HARMLESS * self.mutants

    def row(self, name: str) -> tuple[str, ...]:
        """As a line of the table."""
        share = f"{100 * self.killed / max(self.mutants - self.harmless, 1):.1f} %"
        return name, *(str(n) for n in (self.mutants, self.killed, self.harmless, self.survived)), share


Judged = Sequence[tuple[str, Mutant, Verdict, str]]
"""Of a stratum: a mutant, what became of it, and why it is harmless, if it is."""


def tallies(judged: Judged) -> dict[str, Tally]:
    """By stratum, in the order in which they were judged."""
    of: dict[str, Tally] = {}
    for stratum, _, verdict, reason in judged:
        one = Tally(1, harmless=1) if reason else Tally(1, killed=1 if verdict.killed_by else 0)
        of[stratum] = of.get(stratum, Tally()) + one
    return of


def bars_are_met(of: dict[str, Tally]) -> bool:
    """The floors together, and the checker by itself."""
    code = sum((one for name, one in of.items() if name != "checker"), Tally())
    checker = of.get("checker", Tally())
    return code.is_met(AT_LEAST_KILLED["code"]) and checker.is_met(AT_LEAST_KILLED["checker"])


def table(of: dict[str, Tally]) -> Table:
    """How each stratum fared."""
    shown = Table("stratum", "mutants", "killed", "harmless", "survived", "killed of those not harmless")
    for name, one in of.items():
        shown.add_row(*one.row(name))
    if len(of) > 1:
        shown.add_row(*sum(of.values(), Tally()).row("all"))
    return shown


def survivors(judged: Judged) -> str:
    """Each with its change, and the tests that reached it."""
    said = []
    for _, mutant, verdict, reason in judged:
        if not reason and not verdict.killed_by:
            tests = [f"    {name}" for name in verdict.asked[:10]]
            more = len(verdict.asked) - len(tests)
            tests += [f"    and {more} more"] if more > 0 else []
            nobody = "" if mutant.path.endswith(".sql") else "    no test reaches it"
            said.append("\n".join([mutant.as_diff(), *(tests or [nobody])]))
    return "\n\n".join(said)
