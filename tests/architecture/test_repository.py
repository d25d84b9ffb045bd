"""What is checked in works anywhere: no machine's paths, no registry's address, no missing command."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, plant

OF_ONE_MACHINE = re.compile(r"(?<![\w.*~-])/(?:work|root|Users|home/(?!perpetual|app)\w+)/[\w.]")
REGISTRY = re.compile(
    r"--(?:extra-)?index-url|--find-links|--trusted-host|index-url\s*=|/simple/?\s*$|files\.pythonhosted\.org"
)
MAKE_COMMAND = re.compile(r"(?:^|`|&& )make ([a-z][a-z-]*)(?= |`|$)", re.MULTILINE)
MAKE_TARGET = re.compile(r"^([a-z][a-z-]*):(?!=)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
LOCKED = re.compile(
    r"^[a-z0-9][\w.-]*(?:\[.*\])?==.*\\\n(?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", re.MULTILINE
)


def tracked(root: Path) -> list[Path]:
    """The files that git knows and that are there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)
    return [root / name for name in listed.stdout.split("\0") if name and (root / name).is_file()]


def lines_with(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    """Where a pattern stands, as `path:line: text`; files that are not text are passed over."""
    places: list[str] = []
    for path in files:
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        if pattern.flags & re.MULTILINE or pattern.search(text):
            numbered = enumerate(text.splitlines(), 1)
            places += [f"{path.name}:{number}: {line}" for number, line in numbered if pattern.search(line)]
    return places


def unknown_make_targets(root: Path) -> list[str]:
    """Commands that a page tells people to run and that the Makefile does not have."""
    known = set(MAKE_TARGET.findall((root / "Makefile").read_text()))
    pages = [page for page in (*root.glob("*.md"), *root.glob("docs/**/*.md")) if page.is_file()]
    return [
        f"{page.relative_to(root)}: make {target}"
        for page in pages
        for target in MAKE_COMMAND.findall(page.read_text())
        if target not in known
    ]


def dead_links(root: Path) -> list[str]:
    """Links from a page to a file that is not there."""
    pages = [page for page in (*root.glob("*.md"), *root.glob("docs/**/*.md")) if page.is_file()]
    return [
        f"{page.relative_to(root)}: {link}"
        for page in pages
        for link in LINK.findall(page.read_text())
        if not (page.parent / link).exists()
    ]


def unhashed(lock: str) -> list[str]:
    """Locked packages without a hash."""
    without = LOCKED.sub("", lock)
    return [line for line in without.splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.parametrize(
    "pattern", [OF_ONE_MACHINE, REGISTRY], ids=["path of one machine", "registry address"]
)
def test_nothing_is_tied_to_the_machine_it_was_written_on(pattern: re.Pattern[str]) -> None:
    files = [path for path in tracked(ROOT) if path != Path(__file__)]

    assert lines_with(pattern, files) == []


def test_commands_in_the_pages_exist() -> None:
    assert unknown_make_targets(ROOT) == []


def test_links_in_the_pages_lead_somewhere() -> None:
    assert dead_links(ROOT) == []


def test_every_locked_package_has_its_hash() -> None:
    assert unhashed((ROOT / "requirements.lock").read_text()) == []


def test_ties_dead_links_and_missing_commands_are_seen(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "Makefile": "up: env\n\tperpetual up\n",
            "README.md": "Run `make up`, then `make down`; see [why](docs/why.md).\nWe make do.\n",
            "run.sh": "cd /home/somebody/perpetual\npip install --index-url https://example.org/simple x\n",
        },
    )

    assert unknown_make_targets(tmp_path) == ["README.md: make down"]
    assert dead_links(tmp_path) == ["README.md: docs/why.md"]
    assert len(lines_with(OF_ONE_MACHINE, [tmp_path / "run.sh"])) == 1
    assert len(lines_with(REGISTRY, [tmp_path / "run.sh"])) == 1
    assert unhashed("temporalio==1.35.0\n") == ["temporalio==1.35.0"]
