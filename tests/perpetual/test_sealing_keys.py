"""The keys for what only few may read: made once, and kept beside the data for this user only."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from perpetual.installation import sealing_keys


def test_they_are_made_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERPETUAL_SEALING_KEYS")

    made = sealing_keys(tmp_path)

    assert sealing_keys(tmp_path) == made
    assert Fernet(made).decrypt(Fernet(made).encrypt(b"pay")) == b"pay"
    assert (tmp_path / "sealing.keys").stat().st_mode & 0o777 == 0o600


def test_those_that_are_given_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERPETUAL_SEALING_KEYS", "given")

    assert sealing_keys(tmp_path) == "given"
    assert list(tmp_path.iterdir()) == []
