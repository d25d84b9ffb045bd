"""Passwords and keys that nobody needs to think of: made once, and kept for this user only."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def kept_password(file: Path) -> str:
    """The password in a file, made when there is none yet."""
    return kept_secret(file, lambda: secrets.token_urlsafe(24))


def kept_secret(file: Path, make: Callable[[], str]) -> str:
    """The secret in a file, made when there is none yet."""
    if not file.exists():
        fresh = file.with_name(f"{file.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(make())
        fresh.replace(file)
    return file.read_text().strip()
