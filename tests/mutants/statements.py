"""Mutants of Python: what a function compares, counts, decides, answers, refuses and asks others for."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.mutants.mutant import Mutant, Source

COMPARISONS: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", ">=")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<=")),
    ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.In: ("in", ("not in",)),
    ast.NotIn: (r"not\s+in", ("in",)),
    ast.Is: ("is", ("is not",)),
    ast.IsNot: (r"is\s+not", ("is",)),
}
ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: (r"\*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
}
LOGS = {"log", "logger", "console"}
"""What a program says of itself: nothing depends on it."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Change = tuple[str, int, int, str]


def mutants(source: Source) -> Iterator[Mutant]:
    """All of a file's functions, in the order of its text; some of them may not compile."""
    lines = [0]
    for line in source.text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    said = _Said(source.text, lines)
    for place, function in functions(ast.parse(source.text)):
        changes = {change for statement in _body(function) for change in _of(statement, function, said)}
        for operator, start, end, replacement in sorted(changes, key=lambda one: (one[1], *one)):
            yield source.mutant(operator, place=place, start=start, end=end, replacement=replacement)


def compiles(mutant: Mutant, text: bytes) -> bool:
    """Whether it is a program at all, and another one."""
    try:
        return ast.dump(ast.parse(mutant.applied(text))) != ast.dump(ast.parse(text))
    except SyntaxError:
        return False


def functions(tree: ast.AST, within: str = "") -> Iterator[tuple[str, Function]]:
    """All functions and methods, each with its full name in the file."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function | ast.ClassDef):
            name = f"{within}{node.name}"
            if isinstance(node, Function):
                yield name, node
            yield from functions(node, f"{name}.")
        else:
            yield from functions(node, within)


@dataclass(frozen=True)
class _Said:
    """A file's text, by nodes."""

    text: bytes
    lines: list[int]

    def start(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        return self.lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.lines[node.end_lineno - 1] + node.end_col_offset

    def of(self, node: ast.expr | ast.stmt) -> str:
        return self.text[self.start(node) : self.end(node)].decode()

    def whole(self, operator: str, node: ast.expr | ast.stmt, replacement: str) -> Change:
        return operator, self.start(node), self.end(node), replacement

    def between(
        self, operator: str, left: ast.expr, sign: str, right: ast.expr, other: str
    ) -> Iterator[Change]:
        """The sign between two expressions, which is another."""
        start = self.end(left)
        word = sign[0].isalpha()
        found = re.search(rf"\b{sign}\b" if word else sign, self.text[start : self.start(right)].decode())
        if found:
            yield operator, start + found.start(), start + found.end(), other


def _body(function: Function) -> list[ast.stmt]:
    return function.body[1:] if ast.get_docstring(function) is not None else function.body


def _of(node: ast.AST, function: Function, said: _Said) -> Iterator[Change]:
    if isinstance(node, Function | ast.ClassDef | ast.Assert | ast.JoinedStr):
        return  # A function within has its own turn; an assertion tells the type checker what cannot be.
    if isinstance(node, ast.Expr) and _is_log(node.value):
        return
    yield from _of_statement(node, function, said)
    yield from _of_signs(node, said)
    yield from _of_figures(node, said)
    for name, child in ast.iter_fields(node):
        if name not in {"annotation", "decorator_list", "type_comment"}:
            for one in child if isinstance(child, list) else [child]:
                if isinstance(one, ast.AST):
                    yield from _of(one, function, said)


def _of_statement(node: ast.AST, function: Function, said: _Said) -> Iterator[Change]:
    match node:
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.Raise() | ast.AugAssign():
            yield said.whole("removed", node, "pass")
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield said.whole("removed", node, "pass")
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            if _is_question(value, function):
                yield said.whole("answer", value, f"not ({said.of(value)})")
            else:
                yield said.whole("answer", value, "None")
        case ast.If(test=test) | ast.IfExp(test=test) if not _is_swapped_already(test):
            yield said.whole("branch", test, f"not ({said.of(test)})")


def _of_signs(node: ast.AST, said: _Said) -> Iterator[Change]:
    match node:
        case ast.Compare():
            left = node.left
            for compares, right in zip(node.ops, node.comparators, strict=True):
                written, others = COMPARISONS[type(compares)]
                for other in others:
                    yield from said.between("comparison", left, written, right, other)
                left = right
        case ast.BoolOp():
            sign, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            for left, right in zip(node.values, node.values[1:], strict=False):
                yield from said.between(sign, left, sign, right, other)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield said.whole("not", node, f"({said.of(operand)})")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield said.whole("arithmetic", node, said.of(operand))
        case ast.BinOp() if type(node.op) in ARITHMETIC and not (_is_text(node.left) or _is_text(node.right)):
            written, other = ARITHMETIC[type(node.op)]
            yield from said.between("arithmetic", node.left, written, node.right, other)


def _of_figures(node: ast.AST, said: _Said) -> Iterator[Change]:
    match node:
        case ast.Constant(value=bool() as value):
            yield said.whole("constant", node, str(not value))
        case ast.Constant(value=int() as value):
            yield said.whole("constant", node, "0" if value == 1 else str(value + 1))
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str() as value) as written]):
            yield said.whole("constant", written, '"1"' if value == "0" else f'"{value}1"')
        case ast.Call():
            for keyword in node.keywords:
                if keyword.arg is not None:
                    yield _without(keyword, said)


def _without(keyword: ast.keyword, said: _Said) -> Change:
    comma = re.match(rb"\s*,[ \t]*", said.text[(end := said.end(keyword)) :])
    return "argument", said.start(keyword), end + (comma.end() if comma else 0), ""


def _is_question(value: ast.expr, function: Function) -> bool:
    is_bool = isinstance(function.returns, ast.Name) and function.returns.id == "bool"
    return is_bool or isinstance(value, ast.Compare) or _is_not(value)


def _is_swapped_already(test: ast.expr) -> bool:
    """By the operator of its `not` or of its one comparison."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return True
    return _is_not(test)


def _is_not(value: ast.expr) -> bool:
    return isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _is_text(value: ast.expr) -> bool:
    """Text and lists are put together, not added."""
    if isinstance(value, ast.BinOp):
        return _is_text(value.left) or _is_text(value.right)
    return isinstance(value, ast.JoinedStr | ast.List | ast.Tuple) or (
        isinstance(value, ast.Constant) and isinstance(value.value, str)
    )


def _is_log(value: ast.expr) -> bool:
    if isinstance(value, ast.Await):
        return _is_log(value.value)
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
        return False
    of = value.func.value
    return isinstance(of, ast.Name) and of.id in LOGS
