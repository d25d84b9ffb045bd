"""Writes the templates into the tree: new files, additions to files that are there, and places in lists.

A template lies below `templates/<kind>/` at the path of the file that it makes, with `.txt` behind it. One that
begins with `# add` is added to a file when that is there already: its imports are put with the others.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
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


DOMAIN_PLACES = (
    Place("domains/__init__.py", r'(\n    \("automation", )', r'\1"__domain__", '),
    Place("pyproject.toml", r'(layers = \["automation \| )', r"\1__domain__ | "),
    Place(
        "pyproject.toml", r'(source_modules = \["activities\.automation", )', r'\1"activities.__domain__", '
    ),
    Place("pyproject.toml", r'(    "domains\.automation", )', r'\1"domains.__domain__", '),
    Place("pyproject.toml", r'(\n    "activities\.automation", )', r'\1"activities.__domain__", '),
)
"""Where the bands of domains are said: a new domain is a business domain until somebody moves it."""


def write(root: Path, kind: str, names: Names) -> list[Path]:
    """Write what the templates of a kind make, and give the files, new or changed. Raises: WrongName."""
    rendered = dict(_rendered(kind, names))
    in_the_way = [
        path for path, text in rendered.items() if (root / path).exists() and not _is_addition(text)
    ]
    if in_the_way:
        raise WrongName(f"{in_the_way[0]} is there already: nothing was written")
    written = [_put(root / path, text) for path, text in rendered.items()]
    if kind == "domain":
        written += [_stand_in(root, place, names) for place in DOMAIN_PLACES]
    _tidy(root, [path for path in written if path.suffix == ".py"])
    return sorted(set(written))


def _rendered(kind: str, names: Names) -> Iterator[tuple[str, str]]:
    folder = TEMPLATES / kind
    for template in sorted(folder.rglob("*.txt")):
        path = str(template.relative_to(folder)).removesuffix(".txt")
        yield _spelt(path, names), _spelt(template.read_text(encoding="utf-8"), names)


def _spelt(text: str, names: Names) -> str:
    for found, becomes in names.spellings().items():
        text = text.replace(found, becomes)
    return text


def _is_addition(text: str) -> bool:
    return text.startswith(_ADDED)


def _put(path: Path, text: str) -> Path:
    text = text.removeprefix(_ADDED)
    if path.exists():
        text = _added(path.read_text(encoding="utf-8"), text) if path.suffix == ".py" else _behind(path, text)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    for folder in path.relative_to(Path.cwd()).parents if path.is_relative_to(Path.cwd()) else ():
        _make_package(folder, path)
    return path


def _make_package(folder: Path, path: Path) -> None:
    is_of_tests = path.suffix == ".py" and folder.parts[:1] == ("tests",)
    if is_of_tests and not (folder / "__init__.py").exists():
        (folder / "__init__.py").write_text("", encoding="utf-8")


def _behind(path: Path, text: str) -> str:
    return f"{path.read_text(encoding='utf-8').rstrip()}\n\n{text}"


def _added(there: str, text: str) -> str:
    """A module with further imports and a further end."""
    body = re.sub(r'\A""".*?"""\n', "", text, flags=re.DOTALL)
    imports = [found.group() for found in _IMPORT.finditer(body)]
    rest = _IMPORT.sub("", body).strip()
    last = max((found.end() for found in _IMPORT.finditer(there)), default=there.index('"""', 3) + 3)
    return there[:last] + "\n" + "\n".join(imports) + there[last:].rstrip() + f"\n\n\n{rest}\n"


def _stand_in(root: Path, place: Place, names: Names) -> Path:
    path = root / place.path
    before = path.read_text(encoding="utf-8")
    after, count = re.subn(place.found, _spelt(place.becomes, names), before, count=1)
    if not count:
        raise WrongName(f"{place.path} has no place for a new domain: put {names.domain} there by hand")
    path.write_text(after, encoding="utf-8")
    return path


def _tidy(root: Path, paths: list[Path]) -> None:
    """Sort the imports and format, as `make format` does."""
    ruff = [sys.executable, "-m", "ruff"]
    files = [str(path) for path in paths]
    fix = ["check", "--quiet", "--fix", "--select", "I,F401,F811", *files]
    subprocess.run([*ruff, *fix], cwd=root, check=False)
    subprocess.run([*ruff, "format", "--quiet", *files], cwd=root, check=False)
