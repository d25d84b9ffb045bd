"""Rules that keep processes repeatable and figures exact: no clock, no chance, no accident, no float."""

import ast
from collections.abc import Iterator

from tests.architecture.source import PURE, Finding, Module, Rule

CLOCKS = (
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
)
CHANCE_AND_CLOCKS = (
    *CLOCKS,
    "time",
    "random",
    "secrets",
    "uuid.uuid1",
    "uuid.uuid4",
    "uuid.uuid6",
    "uuid.uuid7",
    "uuid_utils",
    "os",
    "hash",
    "id",
    "asyncio.wait",
    "asyncio.as_completed",
    "asyncio.to_thread",
    "asyncio.run",
    "threading",
)
OUTSIDE = (
    *("io", "open", "os", "pathlib", "print", "shutil", "sys", "tempfile"),
    *("asyncpg", "httpx", "requests", "socket", "sqlalchemy", "subprocess", "urllib"),
    *("logging", "structlog"),
    *(
        "foundation.database.connections",
        "foundation.database.tables",
        "foundation.runtime.settings",
        "foundation.runtime.temporal",
    ),
)

# What takes its argument's order over into its answer; `sorted`, `len`, `any` and the like do not.
KEEPS_ORDER = {"list", "tuple", "enumerate", "iter", "next", "map", "filter", "zip", "sum", "reversed"}
ORDERLESS = {"sorted", "set", "frozenset", "any", "all", "min", "max", "len"}
SETS = {"set", "frozenset", "Set", "AbstractSet", "MutableSet"}
SET_METHODS = {"union", "intersection", "difference", "symmetric_difference"}


def _is_below(meaning: str, names: tuple[str, ...] | list[str]) -> bool:
    return any(meaning == name or meaning.startswith(f"{name}.") for name in names)


def named(module: Module, names: tuple[str, ...] | list[str]) -> Iterator[Finding]:
    """Imports and uses of names, called or handed on, once a line."""
    found = {(line, name) for line, name in _mentioned(module) if _is_below(name, names)}
    return iter(sorted(found))


def _mentioned(module: Module) -> Iterator[Finding]:
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Attribute) and (meaning := module.meaning(node)):
            if meaning.partition(".")[0] in module.imported_packages:
                yield node.lineno, meaning
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.lineno, module.meaning(node.func)


def chance_and_clocks(module: Module) -> Iterator[Finding]:
    """The clock, chance, and what differs from one process of the operating system to the next."""
    return named(module, CHANCE_AND_CLOCKS)


def outside(module: Module) -> Iterator[Finding]:
    """Files, the network, the database, the log."""
    return named(module, OUTSIDE)


def clocks(module: Module) -> Iterator[Finding]:
    """The calendar and the clock."""
    return named(module, CLOCKS)


def floats(module: Module) -> Iterator[Finding]:
    """Binary fractions, as a literal or as a type."""
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"the literal {node.value}"
        elif isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "float"


def orders_by_accident(module: Module) -> Iterator[Finding]:
    """Sets whose order goes into a result: in loops, comprehensions, and what makes a sequence of them."""
    known = _names_of_sets(module)
    harmless = _inside_orderless_calls(module)
    for node in module.nodes:
        for iterated in _iterated(node, harmless):
            if _is_set(iterated, known):
                yield iterated.lineno, f"the order of {ast.unparse(iterated)}"
        match node:
            case ast.Call(func=ast.Attribute(attr="pop", value=popped), args=[]) if _is_set(popped, known):
                yield node.lineno, ast.unparse(node)


def _iterated(node: ast.AST, harmless: set[int]) -> Iterator[ast.expr]:
    if isinstance(node, ast.For | ast.AsyncFor):
        yield node.iter
    elif isinstance(node, ast.ListComp | ast.DictComp | ast.GeneratorExp) and id(node) not in harmless:
        yield from (generator.iter for generator in node.generators)
    elif isinstance(node, ast.Starred | ast.YieldFrom):
        yield node.value
    elif isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in KEEPS_ORDER or name in {"join", "fromkeys", "extend"}:
            yield from node.args


def _inside_orderless_calls(module: Module) -> set[int]:
    """Comprehensions that are only sorted, counted or tested: their order goes nowhere."""
    calls = (node for node in module.nodes if isinstance(node, ast.Call))
    return {
        id(argument)
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in ORDERLESS
        for argument in call.args
    }


def _is_set(node: ast.expr, known: set[str]) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr | ast.Sub | ast.BitXor):
        return any(_is_set(side, known) or _are_keys(side) for side in (node.left, node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in SET_METHODS
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in SETS
    return ast.unparse(node) in known if isinstance(node, ast.Name | ast.Attribute) else False


def _are_keys(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "keys"


def _names_of_sets(module: Module) -> set[str]:
    """Names and attributes that the file says, or shows, to be sets."""
    known: set[str] = set()
    for node in module.nodes:
        if isinstance(node, ast.Assign) and _is_set(node.value, known):
            known.update(ast.unparse(target) for target in node.targets)
        elif isinstance(node, ast.AnnAssign) and _says_set(node.annotation):
            known.add(ast.unparse(node.target))
        elif isinstance(node, ast.arg) and node.annotation and _says_set(node.annotation):
            known.add(node.arg)
    return known


def _says_set(annotation: ast.expr) -> bool:
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(outer, ast.Name) and outer.id in SETS


_AGAIN = "a process is run again from its history after every crash, and must come to the same commands"

RULES = (
    Rule(
        "Processes and rules ask neither the clock nor chance",
        f"{_AGAIN}; time and ids come in as arguments or from temporalio.workflow",
        PURE,
        chance_and_clocks,
        catches=(
            {"workflows/a.py": "from datetime import datetime\nat = datetime.now()"},
            {"workflows/a/b.py": "import datetime as d\non = d.date.today()"},
            {"domains/sales/rules.py": "from uuid import UUID, uuid4"},
            {"domains/sales/rules/orders.py": "import uuid\nx = uuid.uuid4()"},
            {"domains/sales/rules/orders.py": "import random"},
            {"workflows/a.py": "import time\nx = time.monotonic()"},
            {"workflows/a.py": "x = hash('a')"},
            {"workflows/a.py": "from datetime import datetime\nx = Field(default_factory=datetime.now)"},
        ),
        lets_pass={
            "workflows/a.py": "from temporalio import workflow\nfrom uuid import UUID, uuid5\n"
            "from datetime import datetime\nx = workflow.now()\ny = workflow.uuid7()\nself.id('a')",
        },
    ),
    Rule(
        "Processes and rules reach nothing outside",
        f"{_AGAIN}; whatever is read or written is an operation of activities",
        PURE,
        outside,
        catches=(
            {"workflows/a.py": "import httpx"},
            {"workflows/a.py": "from foundation.database.connections import database"},
            {"domains/sales/rules/orders.py": "from sqlalchemy import select"},
            {"domains/sales/rules.py": "x = open('prices.csv')"},
            {"domains/sales/rules.py": "from pathlib import Path"},
        ),
    ),
    Rule(
        "No order of a set goes into a result",
        "it differs from one run of Python to the next, so that a replay, or two documents, would differ",
        PURE,
        orders_by_accident,
        catches=(
            {"workflows/a.py": "for x in {1, 2}: pass"},
            {"workflows/a.py": "x = [y for y in set(z)]"},
            {"domains/sales/rules.py": "codes = {a for a in b}\nx = list(codes)"},
            {"domains/sales/rules.py": "def f(codes: frozenset[str]):\n    return ', '.join(codes)"},
            {"domains/sales/rules.py": "x = tuple(set(a) - set(b))"},
            {"domains/sales/rules.py": "for x in a.keys() & b.keys(): pass"},
            {"workflows/a.py": "class A:\n  def f(self):\n    self.x: set[int] = g()\n    self.x.pop()"},
        ),
        lets_pass={
            "workflows/a.py": "codes = {1}\nx = sorted(codes)\ny = 3 in codes\nz = any(c for c in codes)\n"
            "for c in sorted(codes | {2}): pass\nfor k in {'a': 1}: pass",
        },
    ),
    Rule(
        "Money and quantities are never float",
        "binary fractions cannot hold a cent: 0.1 + 0.2 is not 0.3; Decimal can",
        ("domains/**/*.py", "activities/**/*.py", "foundation/values/money.py"),
        floats,
        catches=(
            {"domains/finance/messages/invoices.py": "amount: float"},
            {"activities/finance.py": "rate = 0.19"},
            {"foundation/values/money.py": "x = float(y)"},
        ),
        lets_pass={"foundation/values/money.py": "from decimal import Decimal\nx = Decimal('0.19')\ny = 19"},
    ),
    Rule(
        "Only the edges ask what time it is",
        "a document's date is a decision and comes in with the command; moments are the database's now()",
        ("workers/**/*.py", "workflows/**/*.py", "activities/**/*.py", "domains/**/*.py"),
        clocks,
        catches=(
            {"activities/sales.py": "from datetime import date\nx = date.today()"},
            {"domains/sales/tables.py": "from datetime import UTC, datetime\nx = datetime.now(UTC)"},
        ),
        lets_pass={"activities/sales.py": "from sqlalchemy import func\nx = func.now()"},
    ),
)
