"""What the pages name — events, operations, commands, API paths, settings — and what of it there is not."""

import re
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|(?<=[\s`(]))perpetual (?P<name>[a-z][a-z-]*)(?P<rest>[^`\n|;&]*)")
OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")
SETTING = re.compile(r"PERPETUAL_[A-Z_]*[A-Z]")
PATH = re.compile(r"(?:\b(?P<method>GET|POST|PUT|PATCH|DELETE) )?(?P<path>(?:/v1|…)/[\w{}/…-]+)(?P<own>\$)?")
SHORT_CALL = re.compile(r"^(?:\w+=\$\()?api (?P<key>\S+) (?P<path>[\w/$-]+)(?P<body> ')?", re.MULTILINE)
"""What the README's shell function `api` is called with: a key, `-` for a GET, and the path below /v1."""
PARAMETER = re.compile(r"\{[\w:]*\}|\$[A-Z]+")
NUMBER = re.compile(r"/[A-Z]{2,3}(?:-\d{4})?-\d{6}\b")

Named = Iterator[tuple[str, str]]
"""Pages, each with something that it names."""


class Route(NamedTuple):
    """A method and a path, its parameters as `{}`."""

    method: str
    path: str


def pages(root: Path) -> list[Path]:
    """The README and everything in docs."""
    return sorted(page for page in (root / "README.md", *root.glob("docs/**/*.md")) if page.is_file())


def without_parameters(path: str) -> str:
    """A path whose parameters have no names: `/v1/runs/{}/items` for `/v1/runs/{run_id}/items`.

    A document's number stands for one: `/v1/sales-orders/SO-000211`.
    """
    return PARAMETER.sub("{}", NUMBER.sub("/{}", path))


def unknown_names(root: Path, first_words: Collection[str], known: Collection[str]) -> list[str]:
    """Events, operations and tables, as `sales.order_confirmed` or `sales.*`, that there are not."""
    words = "|".join(sorted(first_words))
    dotted = re.compile(rf"(?<=[`\"'])(?:{words})\.[a-z_*]+(?=[`\"'])")
    named = ((page, name) for page, code in _code(root) for name in dotted.findall(code))
    return [f"{page}: {name}" for page, name in named if not any(fnmatchcase(one, name) for one in known)]


def unknown_commands(root: Path, known: Mapping[str, Collection[str]]) -> list[str]:
    """Commands that there are not, and options that they do not take."""
    found = ((page, match) for page, code in _code(root) for match in COMMAND.finditer(code))
    return [
        f"{page}: perpetual {match['name']} {option}".rstrip()
        for page, match in found
        for option in ("", *OPTION.findall(match["rest"]))
        if match["name"] not in known or (option and option not in known[match["name"]])
    ]


def unknown_settings(root: Path, known: Collection[str]) -> list[str]:
    """Settings that nothing reads."""
    named = ((page, name) for page, text in _texts(root) for name in SETTING.findall(text))
    return [f"{page}: {name}" for page, name in named if name not in known]


def unknown_paths(root: Path, known: Collection[Route]) -> list[str]:
    """Paths of the API that it has not, or not with this method. `…` stands for what is left out."""
    return [
        f"{page}: {route.method} {route.path}".replace(": * ", ": ")
        for page, route in _routes(root)
        if not any(_fits(route, one) for one in known)
    ]


def _fits(named: Route, known: Route) -> bool:
    return named.method in ("*", known.method) and fnmatchcase(known.path, named.path.replace("…", "*"))


def _routes(root: Path) -> Iterator[tuple[str, Route]]:
    for page, code in _code(root):
        for match in PATH.finditer(code):
            if not match["own"]:
                yield page, Route(match["method"] or "*", without_parameters(match["path"]))
        for match in SHORT_CALL.finditer(code):
            method = "POST" if match["body"] else "GET"
            yield page, Route(method, without_parameters(f"/v1/{match['path']}"))


def _code(root: Path) -> Named:
    return ((page, match[0]) for page, text in _texts(root) for match in CODE.finditer(text))


def _texts(root: Path) -> Named:
    return ((str(page.relative_to(root)), page.read_text()) for page in pages(root))
