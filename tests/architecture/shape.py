"""Rules on the shape of the source: sizes, names, docstrings, operations."""

import ast
import re
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

from tests.architecture.source import EVERYWHERE, FLOORS, OF_THE_HOUSE, Finding, Module, Rule

FILE_LINES = 400
FUNCTION_LINES = 40
SAYS_NOTHING = {"util", "utils", "common", "helper", "helpers", "manager", "service", "services", "base"}
NO_DOMAIN = {"processes": "process", "approvals": "approval", "runs": "run"}
"""Modules of `activities/` that belong to no domain, and the first word of their operations' names."""

DECLARES = (
    "foundation.operations.operation.operation",
    "foundation.operations.operation.look",
    "foundation.outbound.outside.outside",
    "foundation.process.batch.batch",
)
"""What makes a function a step of a process."""

BROKEN_SENTENCE = re.compile(r"(?:.+\n)*.*[:;,]\n\s*\n[^\W\d_]")
"""A paragraph that ends amid a sentence, and another of words; a list or an example may follow."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def long_files(module: Module) -> Iterator[Finding]:
    """Files beyond the limit."""
    if (lines := len(module.text.splitlines())) > FILE_LINES:
        yield lines, f"{lines} lines"


def long_functions(module: Module) -> Iterator[Finding]:
    """Functions beyond the limit; the docstring does not count."""
    for node in module.nodes:
        if isinstance(node, Function):
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            docstring = first.lineno - node.body[0].lineno
            lines = (node.end_lineno or node.lineno) - node.lineno + 1 - docstring
            if lines > FUNCTION_LINES:
                yield node.lineno, f"{node.name} has {lines} lines"


def empty_names(module: Module) -> Iterator[Finding]:
    """Files and folders whose name does not say what is in them."""
    relative = _below_its_floor(module.path)
    for part in relative:
        if part in SAYS_NOTHING:
            yield 1, f"'{part}' does not say what is in it"


def platforms(module: Module) -> Iterator[Finding]:
    """Files, folders, functions and classes called platform."""
    if "platform" in _below_its_floor(module.path):
        yield 1, "is called platform"
    for node in module.nodes:
        if isinstance(node, Function | ast.ClassDef) and node.name.lower() == "platform":
            yield node.lineno, f"{node.name} is called platform"


def silent(module: Module) -> Iterator[Finding]:
    """Public modules, classes, functions and methods without a docstring."""
    if not ast.get_docstring(module.tree):
        yield 1, "the module has no docstring"
    yield from _silent_in(module.tree, "")


def _silent_in(parent: ast.Module | ast.ClassDef, prefix: str) -> Iterator[Finding]:
    for node in parent.body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield node.lineno, f"{prefix}{node.name} has no docstring"
        if isinstance(node, ast.ClassDef):
            yield from _silent_in(node, f"{prefix}{node.name}.")


def broken_sentences(module: Module) -> Iterator[Finding]:
    """Docstrings, also of fields, whose first paragraph is no sentence and goes on as one in the next."""
    for node in module.nodes:
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))) if BROKEN_SENTENCE.match(cleandoc(text)):
                yield node.lineno, "the first paragraph breaks off, and the next goes on"


def waits_in_vain(module: Module) -> Iterator[Finding]:
    """Loops that look again and again, and go on as if they had seen it when they have not."""
    last = {node.body[-1] for node in module.nodes if isinstance(node, Function)}
    for loop in module.nodes:
        if isinstance(loop, ast.For | ast.AsyncFor) and not loop.orelse and _sleeps(loop):
            leaves = [node for node in _own(loop) if isinstance(node, ast.Break | ast.Return)]
            if any(isinstance(node, ast.Break) for node in leaves) or (leaves and loop in last):
                yield loop.lineno, "goes on when what it waits for does not come: say so in its else"


def _own(loop: ast.For | ast.AsyncFor) -> Iterator[ast.AST]:
    """What stands in a loop, and in none within it."""
    waiting: list[ast.AST] = list(loop.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.For | ast.AsyncFor | ast.While | Function):
            waiting.extend(ast.iter_child_nodes(node))


def _sleeps(loop: ast.For | ast.AsyncFor) -> bool:
    calls = (node.func for node in _own(loop) if isinstance(node, ast.Call))
    return any(isinstance(called, ast.Attribute) and called.attr == "sleep" for called in calls)


def undeclared_operations(module: Module) -> Iterator[Finding]:
    """In modules that declare operations, public functions that are not one, well named and described."""
    domain = "".join(_below_its_floor(module.path)[:1])
    functions = [node for node in module.tree.body if isinstance(node, Function)]
    declared = {node.name: list(_operations(module, node)) for node in functions}
    for node in functions if any(declared.values()) else []:
        names = declared[node.name]
        if node.name.startswith("_") and not names:
            continue
        wanted = f"{NO_DOMAIN.get(domain, domain)}.{node.name}"
        if names != [wanted]:
            yield node.lineno, f'{node.name} must be declared once, as @operation("{wanted}")'
        if not (ast.get_docstring(node) or "").split("\n\n")[0].rstrip().endswith((".", "?", "!")):
            yield node.lineno, f"{node.name} does not say in a sentence what it does"


def _operations(module: Module, function: Function) -> Iterator[object]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and module.meaning(decorator.func) in DECLARES:
            first = decorator.args[0] if decorator.args else None
            yield first.value if isinstance(first, ast.Constant) else None


def transactions_by_hand(module: Module) -> Iterator[Finding]:
    """Calls of commit and rollback."""
    for node in module.nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="commit" | "rollback" as ending)):
                yield node.lineno, f"{ending}()"


def _below_its_floor(path: Path) -> tuple[str, ...]:
    """The parts of a module's name below the nearest floor, without `__init__`."""
    parts = path.with_suffix("").parts
    floor = max(
        (index for index, part in enumerate(parts) if part in (*FLOORS, "benchmarks", "tests")), default=0
    )
    return tuple(part for part in parts[floor + 1 :] if part != "__init__")


_OPERATION = '''
from foundation.operations.operation import operation
@operation("{name}")
async def pay(session: object, ask: object) -> object:
    """{says}"""
'''

_LOOK = '''
from foundation.operation import look
@look("run.count")
async def count(session: object, ask: object) -> object:
    """Counts."""
'''

RULES = (
    Rule(
        f"A file has at most {FILE_LINES} lines",
        "a reader holds one subject at a time; beyond that it becomes a package, one module per document",
        EVERYWHERE,
        long_files,
        catches=({"foundation/money.py": "x = 1\n" * (FILE_LINES + 1)},),
        lets_pass={"foundation/money.py": "x = 1\n" * FILE_LINES},
    ),
    Rule(
        f"A function has at most {FUNCTION_LINES} lines",
        "one function holds the branching and fits on a screen; its leaves are functions of their own",
        EVERYWHERE,
        long_functions,
        catches=(
            {"api/sales.py": "def long() -> None:\n" + "    x = 1\n" * FUNCTION_LINES},
            {"api/sales.py": "class A:\n    async def long(self) -> None:\n" + "        x = 1\n" * 40},
        ),
        lets_pass={
            "api/sales.py": 'def fits() -> None:\n    """Says.\n\n    More.\n    """\n' + "    x = 1\n" * 39
        },
    ),
    Rule(
        "No module is called utils, common, helpers, manager, service or base",
        "such a name says nothing, so that everything ends up there",
        EVERYWHERE,
        empty_names,
        catches=({"domains/sales/utils.py": ""}, {"api/common/pages.py": ""}, {"tests/helpers.py": ""}),
        lets_pass={"domains/sales/orders.py": ""},
    ),
    Rule(
        "A test that waits in vain fails",
        "it would pass without ever having seen what it is about",
        ("tests/**/*.py",),
        waits_in_vain,
        catches=(
            {"tests/a.py": "for _ in range(9):\n    if b():\n        break\n    sleep.sleep(1)\n"},
            {"tests/a.py": "def a():\n  for _ in b:\n    if c:\n      return\n    t.sleep(1)\n"},
        ),
        lets_pass={
            "tests/a.py": "for _ in b:\n    if c:\n        break\n    t.sleep(1)\nelse:\n    raise d\n"
        },
    ),
    Rule(
        "Nothing is called platform",
        "it shadows the standard library's module of that name",
        EVERYWHERE,
        platforms,
        catches=({"workers/platform.py": ""}, {"workers/main.py": "class Platform: ..."}),
    ),
    Rule(
        "Everything public has a docstring",
        "nobody should have to guess: a sentence for a business reader, then units, rounding, refusals",
        OF_THE_HOUSE,
        silent,
        catches=(
            {"foundation/money.py": '"""Says."""\ndef rounded() -> None: ...'},
            {"foundation/money.py": '"""Says."""\nclass A:\n    """Says."""\n    def f(self) -> None: ...'},
            {"foundation/money.py": "x = 1"},
        ),
        lets_pass={"foundation/money.py": '"""Says."""\ndef _own() -> None: ...'},
    ),
    Rule(
        "A docstring's first paragraph is a sentence, or several",
        "it is read alone in lists, in an editor's hint and in the API's description",
        EVERYWHERE,
        broken_sentences,
        catches=(
            {"foundation/money.py": '"""Money:\n\nAmounts in a currency.\n"""'},
            {"foundation/money.py": 'class A:\n    x: int\n    """One,\n    or;\n\n    Nothing.\n    """'},
        ),
        lets_pass={"foundation/money.py": '"""Money:\nof all kinds.\n\nLists:\n\n1. Euro\n2. `USD`\n"""'},
    ),
    Rule(
        "An operation is one public function, named domain.function and described; beside it stands no other",
        "its name stays in keys, logs and histories, and an undeclared one has no transaction and no key; "
        "what several operations share stands in a module of its own",
        ("activities/**/*.py",),
        undeclared_operations,
        catches=(
            {
                "activities/sales.py": _OPERATION.format(name="sales.pay", says="Pays.")
                + 'async def bill(session: object) -> None:\n    """Bills."""'
            },
            {"activities/sales.py": _OPERATION.format(name="ledger.pay", says="Pays.")},
            {"activities/ledger/payments.py": _OPERATION.format(name="payments.pay", says="Pays.")},
            {"activities/sales.py": _OPERATION.format(name="sales.pay", says="pays")},
        ),
        lets_pass={
            "activities/ledger/payments.py": _OPERATION.format(name="ledger.pay", says="Pays."),
            "activities/runs.py": _LOOK,
            "activities/ledger/posting.py": 'async def post(session: object) -> None:\n    """Posts."""',
        },
    ),
    Rule(
        "No operation commits or rolls back",
        "one operation is one transaction: @operation commits its effect, its key and its log together",
        ("activities/**/*.py", "domains/**/*.py"),
        transactions_by_hand,
        catches=({"activities/sales.py": "async def f(s):\n    await s.commit()"},),
    ),
)
