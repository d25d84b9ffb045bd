"""Mutants of a query's conditions: comparisons, AND, OR, NOT, EXISTS, IN, outer joins, whole conditions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from tests.mutants.mutant import Mutant, Source

TOKEN = re.compile(
    rb"(?P<comment>--[^\n]*)|(?P<string>'(?:[^']|'')*')|(?P<word>[A-Za-z_]\w*)|(?P<number>\d+)"
    rb"|(?P<sign><>|<=|>=|!=|->>|->|\|\||::|[=<>+\-*/?#@~]+)|(?P<bracket>[()])|(?P<other>[,.;:\[\]$])"
)
COMPARISONS = {
    "=": ("<>",),
    "<>": ("=",),
    "<": ("<=", ">="),
    ">": (">=", "<="),
    "<=": ("<", ">"),
    ">=": (">", "<"),
}
BEGINS = {"WHERE", "ON", "HAVING", "AND", "OR", "WHEN"}
"""The words that a condition follows."""
CLAUSES = {"GROUP", "ORDER", "UNION", "EXCEPT", "LEFT", "RIGHT", "FULL", "CROSS", "INNER", "JOIN", "LIMIT"}
ENDS = BEGINS | CLAUSES | {"THEN", "ELSE", "END"}


@dataclass(frozen=True)
class Token:
    """A word or sign of a query, and how many brackets it stands in."""

    text: str
    kind: str
    start: int
    end: int
    depth: int

    @property
    def word(self) -> str:
        """A word in capitals; nothing when it is none."""
        return self.text.upper() if self.kind == "word" else ""


def mutants(source: Source) -> Iterator[Mutant]:
    """All of a file, in the order of its text."""
    tokens = list(_tokens(source.text))
    place = PurePosixPath(source.path).stem
    found = [*_of_words(tokens), *_of_comparisons(tokens), *_whole_conditions(tokens)]
    for operator, start, end, replacement in sorted(found, key=lambda one: one[1]):
        yield source.mutant(operator, place=place, start=start, end=end, replacement=replacement)


Change = tuple[str, int, int, str]


def _tokens(text: bytes) -> Iterator[Token]:
    depth = 0
    for found in TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind == "comment":
            continue
        said = found.group().decode()
        depth -= said == ")"
        yield Token(said, kind, found.start(), found.end(), depth)
        depth += said == "("


def _of_words(tokens: list[Token]) -> Iterator[Change]:
    between = {later for at, one in enumerate(tokens) if (later := _and_of_between(tokens, at)) is not None}
    for at, one in enumerate(tokens):
        before, after = tokens[at - 1].word, tokens[at + 1].word if at + 1 < len(tokens) else ""
        match one.word:
            case "AND" if at not in between:
                yield "and", one.start, one.end, "OR"
            case "OR":
                yield "or", one.start, one.end, "AND"
            case "NOT":
                yield "not", one.start, tokens[at + 1].start, ""
            case "IS" if after != "NOT":
                yield "not", one.start, one.end, "IS NOT"
            case "EXISTS" | "IN" if before != "NOT":
                yield "not", one.start, one.end, f"NOT {one.word}"
            case "LEFT" if after == "JOIN":
                yield "join", one.start, tokens[at + 1].start, ""


def _of_comparisons(tokens: list[Token]) -> Iterator[Change]:
    for at, one in enumerate(tokens):
        for other in COMPARISONS.get(one.text, ()) if one.kind == "sign" else ():
            yield "comparison", one.start, one.end, other
        if one.text in COMPARISONS and (after := tokens[at + 1]).kind == "number":
            yield "number", after.start, after.end, str(int(after.text) + 1)


def _whole_conditions(tokens: list[Token]) -> Iterator[Change]:
    between = {later for at, one in enumerate(tokens) if (later := _and_of_between(tokens, at)) is not None}
    for at, one in enumerate(tokens):
        opens = one.text == "("
        if not opens and (one.word not in BEGINS or at in between):
            continue
        depth = one.depth + opens
        last = at + 1
        while last < len(tokens) and not _is_end(tokens[last], last, depth, between):
            last += 1
        follows = tokens[last].word if last < len(tokens) else ""
        if last == at + 1 or tokens[at + 1].word in {"SELECT", "VALUES", "WHERE", "TRUE", "FALSE"}:
            continue
        if opens and follows not in {"AND", "OR"}:
            continue
        always = "false" if "OR" in {one.word, follows} else "true"
        yield "condition", tokens[at + 1].start, tokens[last - 1].end, always


def _is_end(token: Token, at: int, depth: int, between: set[int]) -> bool:
    if token.depth < depth:
        return True
    return token.depth == depth and at not in between and (token.word in ENDS or token.text == ",")


def _and_of_between(tokens: list[Token], at: int) -> int | None:
    if tokens[at].word != "BETWEEN":
        return None
    later = range(at + 1, len(tokens))
    return next((i for i in later if tokens[i].word == "AND" and tokens[i].depth == tokens[at].depth), None)
