"""Formulas of pay: what they come to, what is refused and where, and that they compute as Python does."""

import re
import time
from collections.abc import Mapping
from decimal import (
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    Underflow,
    localcontext,
)
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domains.payroll.rules import formulas
from domains.payroll.rules.formulas import (
    Formula,
    FormulaDividesByZero,
    FormulaMixesKinds,
    FormulaNameUnknown,
    FormulaNotUnderstood,
    FormulaOutOfBounds,
    FormulaRefused,
    FormulaTooLarge,
)

SECONDS_TO_REFUSE = 0.05

WORKED = [
    # 18.6 per cent of 3,000, by halves: 3000 * 0.186 = 558, / 2 = 279.
    ("round(min(base, 8450) * 0.186 / 2, 2)", {"base": "3000"}, "279.00"),
    # Above the ceiling: 8450 * 0.186 = 1571.70, / 2 = 785.85.
    ("round(min(base, 8450) * 0.186 / 2, 2)", {"base": "9000"}, "785.85"),
    ("hours * rate * 1.25 if hours > 8 else hours * rate", {"hours": "10", "rate": "20"}, "250.00"),
    ("hours * rate * 1.25 if hours > 8 else hours * rate", {"hours": "8", "rate": "20"}, "160"),
    # Only the branch that is chosen is computed.
    ("0 if days == 0 else amount / days", {"days": "0", "amount": "100"}, "0"),
    ("1 if not a == 1 and (b >= 2 or c != 3) else 2", {"a": "0", "b": "2", "c": "3"}, "1"),
    ("1 if not a == 1 and (b >= 2 or c != 3) else 2", {"a": "1", "b": "2", "c": "3"}, "2"),
    ("floor(7.9) + ceil(7.1) + abs(-3) - +1", {}, "17"),
    # As Decimal does it: -7 // 2 is cut towards zero, and the remainder has the sign of -7.
    ("-7 // 2 * 100 + -7 % 2", {}, "-301"),
    ("round(2.5, 0) * 100 + round(2.5, 0, half_even) * 10 + round(2.1, 0, up)", {}, "323"),
    ("round(-2.9, 0, down)", {}, "-2"),
    ("1.05 ** 3", {}, "1.157625"),
    ("0.1 + 0.2", {}, "0.3"),
    ("max(1, 2, 3)\n  - min(a,\n 2)", {"a": "0.5"}, "2.5"),
    ("1e3 + 1E-2", {}, "1000.01"),
    ("-0 * 5", {}, "0"),
]


@pytest.mark.parametrize(("text", "values", "comes_to"), WORKED)
def test_a_formula_comes_to(text: str, values: Mapping[str, str], comes_to: str) -> None:
    formula = Formula.parse(text)

    assert formula.evaluate({name: Decimal(value) for name, value in values.items()}) == Decimal(comes_to)
    assert formula.names == tuple(values)


HOSTILE: list[tuple[str, str, type[FormulaRefused]]] = [
    ("nothing", "", FormulaNotUnderstood),
    ("spaces only", " \n ", FormulaNotUnderstood),
    ("too long", "1+" * 1000 + "1", FormulaTooLarge),
    ("a giant text", "1" * 10_000_000, FormulaTooLarge),
    ("10,000 parentheses", "(" * 10_000 + "1" + ")" * 10_000, FormulaTooLarge),
    ("900 parentheses", "(" * 900 + "1" + ")" * 900, FormulaTooLarge),
    ("open parentheses only", "(" * 1999, FormulaTooLarge),
    ("closing parentheses only", ")" * 1999, FormulaNotUnderstood),
    ("out of its own parentheses", "1)+(2", FormulaNotUnderstood),
    ("1,999 signs", "-" * 1999 + "1", FormulaTooLarge),
    ("490 times not", "1 if " + "not " * 490 + "a else 2", FormulaTooLarge),
    ("a sum of 900 terms", "+".join(["1"] * 900), FormulaTooLarge),
    ("many nodes, not deep", f"min({','.join(['1'] * 900)})", FormulaTooLarge),
    ("a power tower", "9**9**9", FormulaNotUnderstood),
    ("a power tower in parentheses", "((9**9)**9)**9", FormulaOutOfBounds),
    ("a power of a value", "2 ** a", FormulaNotUnderstood),
    ("a power of 0", "2 ** 0", FormulaNotUnderstood),
    ("a fraction as exponent", "2 ** 0.5", FormulaNotUnderstood),
    ("a negative exponent", "2 ** -1", FormulaNotUnderstood),
    ("a high exponent", "2 ** 13", FormulaNotUnderstood),
    ("a huge exponent", "1e999999999", FormulaTooLarge),
    ("a huge negative exponent", "1e-999999999", FormulaTooLarge),
    ("an exponent beyond the bound", "1e99", FormulaOutOfBounds),
    ("a huge number", "9" * 1000, FormulaTooLarge),
    ("many decimals", "0." + "1" * 1000, FormulaTooLarge),
    ("huge by multiplying", "*".join(["99999999999999999999"] * 3), FormulaOutOfBounds),
    ("tiny by dividing", "/".join(["1", *["99999999999999999999"] * 5]), FormulaOutOfBounds),
    ("an attribute", "a.real", FormulaNotUnderstood),
    ("an attribute of a number", "1 .real", FormulaNotUnderstood),
    ("dunder", "().__class__.__bases__", FormulaNotUnderstood),
    ("a dunder name", "__import__", FormulaNotUnderstood),
    ("a dunder call", "__import__(1)", FormulaNotUnderstood),
    ("another function", "eval(1)", FormulaNotUnderstood),
    ("print", "print(1)", FormulaNotUnderstood),
    ("a call of a call", "min(1, 2)(3)", FormulaNotUnderstood),
    ("a call of a number", "(1)(2)", FormulaNotUnderstood),
    ("a keyword argument", "min(a=1, b=2)", FormulaNotUnderstood),
    ("starred", "min(*a)", FormulaNotUnderstood),
    ("twice starred", "min(**a)", FormulaNotUnderstood),
    ("lambda", "(lambda: 1)()", FormulaNotUnderstood),
    ("a list comprehension", "[a for a in b]", FormulaNotUnderstood),
    ("a generator", "min(a for a in b)", FormulaNotUnderstood),
    ("walrus", "(a := 1)", FormulaNotUnderstood),
    ("an assignment", "a = 1", FormulaNotUnderstood),
    ("an f-string", "f'{a}'", FormulaNotUnderstood),
    ("a string", "'a' * 999999999", FormulaNotUnderstood),
    ("bytes", "b'a'", FormulaNotUnderstood),
    ("a comment", "1 # 2", FormulaNotUnderstood),
    ("a subscript", "a[0]", FormulaNotUnderstood),
    ("a slice", "a[1:2]", FormulaNotUnderstood),
    ("a dictionary", "{1: 2}", FormulaNotUnderstood),
    ("a tuple", "1, 2", FormulaNotUnderstood),
    ("a comma", "1,", FormulaNotUnderstood),
    ("an empty tuple", "()", FormulaNotUnderstood),
    ("an ellipsis", "...", FormulaNotUnderstood),
    ("await", "await a", FormulaNotUnderstood),
    ("yield", "(yield 1)", FormulaNotUnderstood),
    ("import", "import os", FormulaNotUnderstood),
    ("two statements", "1; 2", FormulaNotUnderstood),
    ("two lines", "1\n2", FormulaNotUnderstood),
    ("bits", "1 << 99999999", FormulaNotUnderstood),
    ("matrices", "a @ b", FormulaNotUnderstood),
    ("in", "1 if a in b else 2", FormulaNotUnderstood),
    ("is", "1 if a is b else 2", FormulaNotUnderstood),
    ("a comparison in a row", "1 if 1 < 2 < 3 else 4", FormulaNotUnderstood),
    ("600 comparisons in a row", "1 if " + "<".join(["1"] * 600) + " else 2", FormulaNotUnderstood),
    ("80 nested conditions", "1 if 1<2 else (" * 80 + "1" + ")" * 80, FormulaTooLarge),
    ("80 conditions in a row", "1 if 1<2 else " * 80 + "1", FormulaTooLarge),
    ("a truth", "True", FormulaNotUnderstood),
    ("None", "None", FormulaNotUnderstood),
    ("a condition as number", "(1 < 2) + 1", FormulaMixesKinds),
    ("a condition as result", "1 < 2", FormulaMixesKinds),
    ("not of a number", "1 if not 1 else 2", FormulaMixesKinds),
    ("a number as condition", "1 if 2 else 3", FormulaMixesKinds),
    ("or of numbers", "1 or 2", FormulaMixesKinds),
    ("a null character", "1\x00+1", FormulaNotUnderstood),
    ("a tab", "1\t+1", FormulaNotUnderstood),
    ("a carriage return", "1\r+1", FormulaNotUnderstood),
    ("a form feed", "\x0c1", FormulaNotUnderstood),
    ("a backslash at the end of a line", "1 + \\\n 1", FormulaNotUnderstood),
    ("full-width letters", "ｍin(1, 2)", FormulaNotUnderstood),
    ("digits of another script", "١ + 1", FormulaNotUnderstood),
    ("a letter that looks like another", "b\u0430se", FormulaNotUnderstood),
    ("a space without width", "1\u200b+1", FormulaNotUnderstood),
    ("text from right to left", "1 + \u202e2", FormulaNotUnderstood),
    ("a lone surrogate", "1 + \ud800", FormulaNotUnderstood),
    ("a superscript", "2²", FormulaNotUnderstood),
    ("hexadecimal", "0x10", FormulaNotUnderstood),
    ("imaginary", "1j", FormulaNotUnderstood),
    ("underscores", "1_000", FormulaNotUnderstood),
    ("zeros in front", "007", FormulaNotUnderstood),
    ("a number that runs into a word", "1if 1<2 else 2", FormulaNotUnderstood),
    ("no number after the point", "5.", FormulaNotUnderstood),
    ("a point in front", ".5", FormulaNotUnderstood),
    ("an end in the middle", "1 +", FormulaNotUnderstood),
    ("else left out", "1 if 1 < 2", FormulaNotUnderstood),
    ("min of one", "min(1)", FormulaNotUnderstood),
    ("abs of two", "abs(1, 2)", FormulaNotUnderstood),
    ("round without decimals", "round(1)", FormulaNotUnderstood),
    ("round to many decimals", "round(1, 999999999)", FormulaNotUnderstood),
    ("round to a value", "round(1, a)", FormulaNotUnderstood),
    ("round in an unknown way", "round(1, 2, sideways)", FormulaNotUnderstood),
    ("round in way of a number", "round(1, 2, 3)", FormulaNotUnderstood),
    ("a function as value", "min + 1", FormulaNotUnderstood),
    ("a long name", "a" * 41, FormulaTooLarge),
    ("nan", "nan", FormulaNameUnknown),
    ("infinity", "Infinity", FormulaNameUnknown),
    ("division by zero", "1 / (2 - 2)", FormulaDividesByZero),
    ("whole division by zero", "1 // 0", FormulaDividesByZero),
    ("remainder of zero", "0 % 0", FormulaDividesByZero),
]


@pytest.mark.parametrize(
    ("text", "refusal"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
def test_a_hostile_formula_is_refused_by_name_at_its_place_and_soon(
    text: str, refusal: type[FormulaRefused]
) -> None:
    began = time.thread_time()
    with pytest.raises(FormulaRefused) as refused:
        Formula.parse(text).evaluate({})
    took = time.thread_time() - began

    assert type(refused.value) is refusal, refused.value.detail
    assert refused.value.line >= 1
    assert refused.value.column >= 1
    assert len(refused.value.detail) < 200, "a refusal does not repeat what it refuses"
    assert took < SECONDS_TO_REFUSE


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("base * 0.186 +\n  hours * (rate", 2, 11),
        ("base\n * rate\n / (1 - 1)", 3, 5),
        ("base + bonus", 1, 8),
        ("base + rate + 'x'", 1, 15),
        ("base\n\n + rate.real", 3, 8),
    ],
)
def test_a_refusal_says_line_and_column(text: str, line: int, column: int) -> None:
    with pytest.raises(FormulaRefused) as refused:
        Formula.parse(text).evaluate({"base": Decimal(1), "rate": Decimal(1), "hours": Decimal(1)})

    assert (refused.value.line, refused.value.column) == (line, column)
    assert refused.value.detail.startswith(f"line {line}, column {column}: ")


@pytest.mark.parametrize(
    "value", [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), True, 1, 1.5, "1", None]
)
def test_only_finite_decimals_are_values(value: Any) -> None:
    with pytest.raises(FormulaNameUnknown):
        Formula.parse("a + 1").evaluate({"a": value})


@pytest.mark.parametrize("value", ["1e31", "1e-100", "1." + "1" * 40])
def test_a_value_beyond_the_bounds_is_refused(value: str) -> None:
    with pytest.raises(FormulaOutOfBounds):
        Formula.parse("a + 1").evaluate({"a": Decimal(value)})


def test_a_formula_is_read_once() -> None:
    assert Formula.parse("a + 1") is Formula.parse("a + 1")
    assert Formula.parse("a + 1") != Formula.parse("a + 2")


def test_as_many_terms_as_are_allowed_are_read() -> None:
    assert Formula.parse("+".join(["1"] * formulas.DEEPEST)).evaluate({}) == formulas.DEEPEST


NUMBERS = some.from_regex(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,4})?", fullmatch=True)
NAMES = ("base", "hours", "rate")


def _larger(inner: some.SearchStrategy[str]) -> some.SearchStrategy[str]:
    two = some.tuples(inner, inner)
    condition = some.tuples(inner, some.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner).map(" ".join)
    conditions = some.one_of(
        condition,
        condition.map("not ({})".format),
        some.tuples(condition, some.sampled_from(["and", "or"]), condition).map(" ".join),
    )
    return some.one_of(
        some.tuples(inner, some.sampled_from(["+", "-", "*", "/", "//", "%"]), inner).map(" ".join),
        two.map(lambda parts: f"({parts[0]}) * ({parts[1]})"),
        inner.map("-{}".format),
        inner.map("({}) ** 2".format),
        inner.map("abs({})".format),
        inner.map("floor({})".format),
        inner.map("ceil({})".format),
        some.tuples(inner, some.sampled_from(["2", "0, half_even", "4, half_up"])).map(
            lambda parts: f"round({parts[0]}, {parts[1]})"
        ),
        two.map(lambda parts: f"min({parts[0]}, {parts[1]})"),
        two.map(lambda parts: f"max({parts[0]}, {parts[1]}, 7)"),
        some.tuples(inner, conditions, inner).map(
            lambda parts: f"({parts[0]} if {parts[1]} else {parts[2]})"
        ),
    )


FORMULAS = some.recursive(some.one_of(NUMBERS, some.sampled_from(NAMES)), _larger, max_leaves=12)


def as_python(text: str, values: Mapping[str, Decimal]) -> Decimal:
    """What Python itself makes of a formula, with every number a Decimal."""

    def rounded(value: Decimal, places: Decimal, mode: str = ROUND_HALF_UP) -> Decimal:
        return value.quantize(Decimal(1).scaleb(-int(places)), mode)

    known = {
        **values,
        "D": Decimal,
        "round": rounded,
        "half_up": ROUND_HALF_UP,
        "half_even": ROUND_HALF_EVEN,
        "floor": lambda value: value.to_integral_value("ROUND_FLOOR"),
        "ceil": lambda value: value.to_integral_value("ROUND_CEILING"),
    }
    with localcontext(Context(prec=formulas.DIGITS, rounding=ROUND_HALF_EVEN, Emin=-60, Emax=30)) as context:
        for trap in (InvalidOperation, DivisionByZero, Overflow, Underflow):
            context.traps[trap] = True
        result = eval(re.sub(r"(?<![\w.])\d+(\.\d+)?", r"D('\g<0>')", text), known)
        assert isinstance(result, Decimal)
        return result


@given(FORMULAS, some.lists(some.decimals(-9999, 9999, places=2), min_size=3, max_size=3))
def test_a_formula_comes_to_what_python_makes_of_it(text: str, given_values: list[Decimal]) -> None:
    values = dict(zip(NAMES, given_values, strict=True))
    try:
        expected = as_python(text, values)
    except ArithmeticError:
        with pytest.raises((FormulaDividesByZero, FormulaOutOfBounds)):
            Formula.parse(text).evaluate(values)
    else:
        assert Formula.parse(text).evaluate(values) == expected


@given(some.text(max_size=60) | some.text("()+-*/%<>=!., \n0123456789abeifnotrdmx_'\"[]{}:", max_size=80))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    try:
        Formula.parse(text).evaluate({})
    except FormulaRefused as refused:
        assert refused.column <= len(text) + 1
