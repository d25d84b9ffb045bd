"""Writes the templates into the tree: new files, additions to files that are there, and places in lists.

A template lies below `templates/<kind>/` at the path of the file that it makes, with `.txt` behind it. One
that begins with `# add` is added to a file when that is there already; its imports are put with the others.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from perpetual.scaffold.names import Names, WrongName

TEMPLATES = Path(__file__).parent / "templates"
_ADDED = "# add to a file that is there\n"
_IMPORT = re.compile(r"^(?:from|import) .*?(?:\((?:[^()]*)\))?$", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """A line in a file that a new domain must stand in: what is found there, and what it becomes."""

    path: str
    found: str
    becomes: str
    must: bool = True
    """Whether nothing is written where it is not found."""


DOMAIN_PLACES = (
    Place("domains/__init__.py", r'(\n        "automation",)', r'\1\n        "__domain__",'),
    Place("pyproject.toml", r'(layers = \["replenishment", "automation \| )', r"\1__domain__ | "),
    Place("pyproject.toml", r'("domains\.automation",)', r'\1 "domains.__domain__",'),
    Place("pyproject.toml", r'("activities\.automation",)', r'\1 "activities.__domain__",'),
)
"""Where the bands of domains are said: a new domain is a business domain until somebody moves it."""
_OF_ONE_ROUTE = r"(?:(?!\n\n\n)[\s\S])*"
PROCESS_PLACES = (
    Place(
        "domains/__domain__/tables.py",
        r'(@document\("/v1/__documents-path__"(?:, party="\w+")?)\)',
        r'\1, process="__process__")',
        must=False,
    ),
    Place(
        "api/__domain__.py",
        rf'@__documents__\.post\("", {_OF_ONE_ROUTE}?TO WRITE{_OF_ONE_ROUTE}\n\n\n',
        "",
        must=False,
    ),
)
"""A document that has a process says so, and is not posted beside it: unless somebody has written that."""
PLACES = {"domain": DOMAIN_PLACES, "process": PROCESS_PLACES}


def write(root: Path, kind: str, names: Names) -> list[Path]:
    """Write what the templates of a kind make, and give the files, new or changed.

    Raises: WrongName, before anything is written.
    """
    texts = dict(rendered(kind, names))
    for path, text in texts.items():
        if (root / path).exists() and not text.startswith(_ADDED):
            raise WrongName(f"{path} is there already: nothing was written")
    listed = _listed(root, names, PLACES.get(kind, ()))
    for file, text in listed.items():
        file.write_text(text, encoding="utf-8")
    written = [*listed, *(_put(root / path, text) for path, text in texts.items())]
    _tidy(root, [path for path in written if path.suffix == ".py"])
    return sorted(set(written))


def rendered(kind: str, names: Names) -> Iterator[tuple[str, str]]:
    """The files that a kind has, each with its path and its text."""
    folder = TEMPLATES / kind
    for template in sorted(folder.rglob("*.txt")):
        path = str(template.relative_to(folder)).removesuffix(".txt")
        yield spelt(path, names), spelt(template.read_text(encoding="utf-8"), names)


def spelt(text: str, names: Names) -> str:
    """A template's text with the names in it."""
    for found, becomes in names.spellings().items():
        text = text.replace(found, becomes)
    return text


def _put(path: Path, text: str) -> Path:
    text = text.removeprefix(_ADDED)
    if path.exists():
        text = _added(path.read_text(encoding="utf-8"), text) if path.suffix == ".py" else _behind(path, text)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if path.suffix == ".py" and not (package := path.parent / "__init__.py").exists():
        package.write_text("", encoding="utf-8")
    return path


def _behind(path: Path, text: str) -> str:
    return f"{path.read_text(encoding='utf-8').rstrip()}\n\n{text}"


def _added(there: str, text: str) -> str:
    """A module with further imports and a further end."""
    body = re.sub(r'\A""".*?"""\n', "", text, flags=re.DOTALL)
    imports = [found.group() for found in _IMPORT.finditer(body)]
    rest = _IMPORT.sub("", body).strip()
    last = max((found.end() for found in _IMPORT.finditer(there)), default=there.index('"""', 3) + 3)
    return there[:last] + "\n" + "\n".join(imports) + there[last:].rstrip() + f"\n\n\n{rest}\n"


def _listed(root: Path, names: Names, places: Iterable[Place]) -> dict[Path, str]:
    """The files in which something new has a place, with it. Raises: WrongName."""
    texts: dict[Path, str] = {}
    for place in places:
        path = root / spelt(place.path, names)
        before = texts.get(path) or path.read_text(encoding="utf-8")
        texts[path], count = re.subn(spelt(place.found, names), spelt(place.becomes, names), before)
        if place.must and not count:
            raise WrongName(f"{place.path} has no place for a new domain: nothing was written")
    return texts


def _tidy(root: Path, paths: list[Path]) -> None:
    """Sort the imports and format, as `make format` does."""
    ruff = [sys.executable, "-m", "ruff"]
    files = [str(path) for path in paths]
    fix = ["check", "--quiet", "--fix", "--select", "I,F401,F811", *files]
    subprocess.run([*ruff, *fix], cwd=root, check=False)
    subprocess.run([*ruff, "format", "--quiet", *files], cwd=root, check=False)
