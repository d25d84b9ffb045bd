"""Formulas of pay: a small language of numbers, names and conditions, which can compute and nothing else.

A formula is read once, into functions of ours: no text is ever run as Python. Everything is bounded: how long
it is, how deep, how many digits; what is beyond a bound, or no part of the language, is refused at its place.
The grammar stands in docs/payroll.md, the reasons in ADR 0039.
"""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    Underflow,
)
from functools import lru_cache
from keyword import iskeyword
from typing import Self

from foundation.values.errors import BusinessError

LONGEST = 2000
"""Characters of a formula."""
MOST_NODES = 300
"""Numbers, names, operators, functions and conditions together."""
DEEPEST = 60
"""So many operations may stand in one another; a sum of 60 terms is as deep."""
MOST_DIGITS = 20
"""Of one number as it is written."""
MOST_PLACES = 12
"""Decimals that may be rounded to, and the highest exponent of a power."""
DIGITS = 34
"""Significant digits of every result on the way, rounded half even beyond (decimal128, IEEE 754)."""

_EXACTLY = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-60,
    Emax=30,
    traps=[InvalidOperation, DivisionByZero, Overflow, Underflow],
)
"""No result is as large as 10 to the 31st, and none that is not 0 is nearer to it than 10 to the -60th."""

ROUNDINGS: Mapping[str, str] = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
}
"""How is rounded, by name: half up goes away from zero at the half, up always does, down never."""
FUNCTIONS = frozenset({"min", "max", "round", "abs", "floor", "ceil"})
RESERVED = FUNCTIONS | ROUNDINGS.keys()
"""What no value can be called."""

_WORDS = frozenset({"if", "else", "and", "or", "not"})
_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|//|<=|>=|==|!=|[-+*/%(),<>])"
    r"|(?P<space>[ \n]+)"
)
_NUMBER = re.compile(r"[0-9.]+(?:[eE][+-]?[0-9]{1,2})?")
_WHOLE = re.compile(r"[0-9]{1,2}")

Values = Mapping[str, Decimal]
_Number = Callable[[Values], Decimal]
_Truth = Callable[[Values], bool]

_OPERATIONS: Mapping[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: _EXACTLY.add,
    ast.Sub: _EXACTLY.subtract,
    ast.Mult: _EXACTLY.multiply,
    ast.Div: _EXACTLY.divide,
    ast.FloorDiv: _EXACTLY.divide_int,
    ast.Mod: _EXACTLY.remainder,
}
_DIVIDING = (ast.Div, ast.FloorDiv, ast.Mod)
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Decimal, Decimal], bool]] = {
    ast.Lt: lambda one, other: one < other,
    ast.LtE: lambda one, other: one <= other,
    ast.Gt: lambda one, other: one > other,
    ast.GtE: lambda one, other: one >= other,
    ast.Eq: lambda one, other: one == other,
    ast.NotEq: lambda one, other: one != other,
}
_CHOICES: Mapping[str, Callable[[list[Decimal]], Decimal]] = {"min": min, "max": max}
_OF_ONE: Mapping[str, Callable[[Decimal], Decimal]] = {
    "abs": _EXACTLY.abs,
    "floor": lambda value: value.to_integral_value(ROUND_FLOOR),
    "ceil": lambda value: value.to_integral_value(ROUND_CEILING),
}


class FormulaRefused(BusinessError):
    """A formula cannot be taken, or comes to nothing; `line` and `column`, from 1 on, say where."""

    line: int = 1
    column: int = 1

    @classmethod
    def at(cls, text: str, offset: int, why: str) -> Self:
        """The refusal of what stands at a character of a text."""
        before = text[:offset]
        line, column = before.count("\n") + 1, offset - before.rfind("\n")
        refusal = cls(f"line {line}, column {column}: {why}", errors=[("formula", why)])
        refusal.line, refusal.column = line, column
        return refusal


class FormulaTooLarge(FormulaRefused):
    """The formula, or a number in it, is longer, deeper or larger than any formula of pay."""


class FormulaNotUnderstood(FormulaRefused):
    """Something is missing, left over, or no part of the language of formulas."""


class FormulaMixesKinds(FormulaRefused):
    """A condition stands where a number is wanted, or a number where a condition is."""


class FormulaNameUnknown(FormulaRefused):
    """A name stands for nothing, or for what is no finite number."""


class FormulaDividesByZero(FormulaRefused):
    """What is divided by came to 0."""


class FormulaOutOfBounds(FormulaRefused):
    """A result is too large, too near to zero, or not defined."""


@dataclass(frozen=True)
class Formula:
    """A formula that was read: its text, the names that it needs, in their order, and how it is computed."""

    text: str
    names: tuple[str, ...]
    _compute: _Number = field(repr=False, compare=False)

    @classmethod
    def parse(cls, text: str) -> "Formula":
        """Read a formula; one that was read before is not read again.

        Refuses: FormulaNotUnderstood, FormulaTooLarge, FormulaMixesKinds, FormulaOutOfBounds.
        """
        return _parsed(text)

    def evaluate(self, values: Values) -> Decimal:
        """What the formula comes to, not rounded but for what it rounds itself.

        Refuses: FormulaNameUnknown, FormulaDividesByZero, FormulaOutOfBounds.
        """
        return self._compute(values)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Formula:
    _check_text(text)
    try:
        tree = ast.parse(f"({text.replace(chr(10), ' ')})", mode="eval")
    except SyntaxError as wrong:
        where = min(max((wrong.offset or 1) - 2, 0), len(text))
        raise FormulaNotUnderstood.at(text, where, "something is missing or left over here") from None
    except (RecursionError, MemoryError, ValueError):
        raise FormulaTooLarge.at(text, 0, "it is nested too deeply to be read") from None
    reader = _Reader(text)
    compute = reader.number(tree.body, 1)
    return Formula(text, tuple(reader.names), compute)


def _check_text(text: str) -> None:
    """That there are only numbers, names and signs of the language, before a parser sees it."""
    if len(text) > LONGEST:
        why = f"{len(text)} characters are more than {LONGEST}; compute parts of it as components"
        raise FormulaTooLarge.at(text, LONGEST, why)
    if not text.strip(" \n"):
        raise FormulaNotUnderstood.at(text, 0, "there is nothing to compute")
    open_since: list[int] = []
    offset, before = 0, ""
    while offset < len(text):
        token = _TOKEN.match(text, offset)
        if token is None:
            raise FormulaNotUnderstood.at(text, offset, f"{text[offset]!r} is no part of a formula")
        _check_token(text, token, before)
        if token[0] == "(":
            open_since.append(offset)
            if len(open_since) > DEEPEST:
                raise FormulaTooLarge.at(text, offset, f"more than {DEEPEST} parentheses are open here")
        elif token[0] == ")":
            if not open_since:
                raise FormulaNotUnderstood.at(text, offset, "no parenthesis is open that this could close")
            open_since.pop()
        offset, before = token.end(), token.lastgroup or ""
    if open_since:
        raise FormulaNotUnderstood.at(text, open_since[-1], "this parenthesis is never closed")


def _check_token(text: str, token: re.Match[str], before: str) -> None:
    what, at = token[0], token.start()
    if token.lastgroup == "number":
        if not _NUMBER.fullmatch(what) or len(what.lower().partition("e")[0].replace(".", "")) > MOST_DIGITS:
            why = f"a number has at most {MOST_DIGITS} digits, and an exponent of two"
            raise FormulaTooLarge.at(text, at, why)
    elif token.lastgroup == "name":
        if before == "number":
            raise FormulaNotUnderstood.at(text, at, "a sign or a space is missing after the number")
        if len(what) > 40:
            raise FormulaTooLarge.at(text, at, "a name has at most 40 characters")
        if what.startswith("_") or (iskeyword(what) and what not in _WORDS):
            raise FormulaNotUnderstood.at(text, at, f"{what!r} is no part of a formula")


class _Reader:
    """Makes functions of a formula's tree; what the language does not have is refused where it stands."""

    def __init__(self, text: str) -> None:
        self.names: dict[str, None] = {}
        self._text = text
        self._nodes = 0

    def number(self, node: ast.expr, depth: int) -> _Number:
        """What computes a node that must be a number."""
        self._count(node, depth)
        match node:
            case ast.Constant():
                return self._literal(node)
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                value = self.number(operand, depth + 1)
                return value if isinstance(sign, ast.UAdd) else lambda values: _EXACTLY.minus(value(values))
            case ast.BinOp(op=ast.Pow()):
                return self._power(node, depth)
            case ast.BinOp(op=sign) if type(sign) in _OPERATIONS:
                return self._operation(node, depth)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                chosen = self.truth(test, depth + 1)
                then, other = self.number(body, depth + 1), self.number(orelse, depth + 1)
                return lambda values: then(values) if chosen(values) else other(values)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
                return self._call(node, name, args, depth)
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                raise self._refused(FormulaMixesKinds, node, "a condition stands where a number is wanted")
        raise self._refused(FormulaNotUnderstood, node, "this is no part of a formula")

    def truth(self, node: ast.expr, depth: int) -> _Truth:
        """What decides a node that must be a condition."""
        self._count(node, depth)
        match node:
            case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in _COMPARISONS:
                compare = _COMPARISONS[type(sign)]
                one, other = self.number(left, depth + 1), self.number(right, depth + 1)
                return lambda values: compare(one(values), other(values))
            case ast.Compare():
                why = "compare two values at a time, and join comparisons by and"
                raise self._refused(FormulaNotUnderstood, node, why)
            case ast.BoolOp(op=sign, values=parts):
                truths = [self.truth(part, depth + 1) for part in parts]
                joined = all if isinstance(sign, ast.And) else any
                return lambda values: joined(truth(values) for truth in truths)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.truth(operand, depth + 1)
                return lambda values: not inner(values)
        raise self._refused(FormulaMixesKinds, node, "a number stands where a condition is wanted")

    def _literal(self, node: ast.expr) -> _Number:
        text = self._written(node)
        value = self._within(node, lambda: self._all_digits(node, Decimal(text)))
        return lambda values: value

    def _name(self, node: ast.expr, name: str) -> _Number:
        if name in RESERVED:
            raise self._refused(FormulaNotUnderstood, node, f"{name!r} is no value: it is a function's word")
        self.names[name] = None
        unknown = self._refused

        def value_of(values: Values) -> Decimal:
            value = values.get(name)
            if value is None:
                raise unknown(FormulaNameUnknown, node, f"nothing is called {name!r}")
            if not isinstance(value, Decimal) or not value.is_finite():
                raise unknown(FormulaNameUnknown, node, f"{name!r} is {value!r}, and no finite Decimal")
            return self._within(node, lambda: self._all_digits(node, value))

        return value_of

    def _all_digits(self, node: ast.expr, value: Decimal) -> Decimal:
        if _EXACTLY.plus(value) != value:
            raise self._refused(FormulaOutOfBounds, node, f"a value has at most {DIGITS} digits")
        return value

    def _operation(self, node: ast.BinOp, depth: int) -> _Number:
        apply, divides = _OPERATIONS[type(node.op)], isinstance(node.op, _DIVIDING)
        left, right = self.number(node.left, depth + 1), self.number(node.right, depth + 1)

        def operate(values: Values) -> Decimal:
            one, other = left(values), right(values)
            if divides and not other:
                raise self._refused(FormulaDividesByZero, node.right, "this came to 0, and is divided by")
            return self._within(node, lambda: apply(one, other))

        return operate

    def _power(self, node: ast.BinOp, depth: int) -> _Number:
        exponent = self._whole(node.right, "the exponent of a power")
        if not exponent:
            raise self._refused(FormulaNotUnderstood, node.right, "the exponent of a power is 1 or more")
        left = self.number(node.left, depth + 1)

        def raised(values: Values) -> Decimal:
            value = left(values)
            return self._within(node, lambda: _EXACTLY.power(value, exponent))

        return raised

    def _call(self, node: ast.expr, name: str, args: list[ast.expr], depth: int) -> _Number:
        if name == "round":
            return self._round(node, args, depth)
        of = [self.number(arg, depth + 1) for arg in args]
        if choose := _CHOICES.get(name):
            if len(of) < 2:
                raise self._refused(FormulaNotUnderstood, node, f"{name} chooses between two values or more")
            return lambda values: choose([one(values) for one in of])
        if len(of) != 1:
            raise self._refused(FormulaNotUnderstood, node, f"{name} takes one value")
        apply, value = _OF_ONE[name], of[0]
        return lambda values: self._within(node, lambda: apply(value(values)))

    def _round(self, node: ast.expr, args: list[ast.expr], depth: int) -> _Number:
        match args:
            case [_, _]:
                mode = "half_up"
            case [_, _, ast.Name(id=mode)] if mode in ROUNDINGS:
                pass
            case _:
                why = f"round takes a value, its decimals and one of {', '.join(ROUNDINGS)}"
                raise self._refused(FormulaNotUnderstood, node, why)
        unit = Decimal(1).scaleb(-self._whole(args[1], "the number of decimals"))
        rounding, value = ROUNDINGS[mode], self.number(args[0], depth + 1)

        def rounded(values: Values) -> Decimal:
            exact = value(values)
            return self._within(node, lambda: exact.quantize(unit, rounding, _EXACTLY))

        return rounded

    def _whole(self, node: ast.expr, what: str) -> int:
        """A small whole number that is written out."""
        text = self._written(node)
        if not isinstance(node, ast.Constant) or not _WHOLE.fullmatch(text) or int(text) > MOST_PLACES:
            why = f"{what} is written as a whole number from 0 to {MOST_PLACES}"
            raise self._refused(FormulaNotUnderstood, node, why)
        return int(text)

    def _count(self, node: ast.expr, depth: int) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES or depth > DEEPEST:
            why = f"more than {MOST_NODES} operations and values, or {DEEPEST} in one another"
            raise self._refused(FormulaTooLarge, node, f"{why}; compute parts of it as components")

    def _within(self, node: ast.expr, compute: Callable[[], Decimal]) -> Decimal:
        try:
            return compute()
        except (InvalidOperation, Overflow, Underflow):
            why = "the result is too large, too near to zero, or not defined"
            raise self._refused(FormulaOutOfBounds, node, why) from None

    def _written(self, node: ast.expr) -> str:
        return self._text[node.col_offset - 1 : (node.end_col_offset or 0) - 1]

    def _refused(self, kind: type[FormulaRefused], node: ast.expr, why: str) -> FormulaRefused:
        return kind.at(self._text, max(node.col_offset - 1, 0), why)
