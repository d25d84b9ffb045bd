"""Whose address is whose: the owner's is for migrations, the application's for API and workers."""

from pathlib import Path

import pytest

from perpetual import addresses
from perpetual.addresses import APPLICATION, OWNER, Addresses
from perpetual.servers.postgres import Postgres
from perpetual.servers.startup_errors import StartupError

OWNERS = "postgresql://erp:o%40@db.example:6432/books?application_name=x"
APPLICATIONS = "postgresql://perpetual_app:a@pooler.example/books"


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the terminal has."""
    for name in (OWNER, APPLICATION):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("variable", [OWNER, APPLICATION])
def test_from_the_owner_s_address_alone_the_application_s_is_made_and_stays_the_same(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, OWNERS)

    made = addresses.to_start(tmp_path)

    password = (tmp_path / "application.password").read_text()
    there = "db.example:6432/books?application_name=x"
    assert made == Addresses(OWNERS, f"postgresql://perpetual_app:{password}@{there}")
    assert len(password) >= 32
    assert (tmp_path / "application.password").stat().st_mode & 0o777 == 0o600
    assert addresses.to_start(tmp_path) == made


def test_both_addresses_are_taken_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OWNER, OWNERS)
    monkeypatch.setenv(APPLICATION, APPLICATIONS)

    assert addresses.to_start(tmp_path) == addresses.to_migrate() == Addresses(OWNERS, APPLICATIONS)
    assert addresses.to_look_at(tmp_path) == OWNERS
    assert list(tmp_path.iterdir()) == []


def test_the_application_s_address_alone_is_enough_to_look_and_not_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(APPLICATION, APPLICATIONS)

    assert addresses.to_look_at(tmp_path) == APPLICATIONS
    with pytest.raises(
        StartupError, match=f"give the owner's address as {OWNER}, and as {APPLICATION} what API"
    ):
        addresses.to_start(tmp_path)
    with pytest.raises(StartupError, match="needs two addresses"):
        addresses.to_migrate()


def test_without_any_address_there_is_a_server_of_our_own(tmp_path: Path) -> None:
    assert addresses.to_start(tmp_path) is None
    with pytest.raises(StartupError, match="nothing was ever started"):
        addresses.to_look_at(tmp_path)


def test_data_from_before_there_were_two_passwords_get_the_second(tmp_path: Path) -> None:
    postgres = Postgres(tmp_path, 54_000)
    postgres.directory.mkdir(exist_ok=True)
    postgres.password_file.write_text("as-it-was")

    application = postgres.application_url

    password = postgres.application_password_file.read_text()
    assert application == f"postgresql://perpetual_app:{password}@127.0.0.1:54000/perpetual"
    assert postgres.owner_url == "postgresql://perpetual:as-it-was@127.0.0.1:54000/perpetual"
    assert postgres.application_password_file.stat().st_mode & 0o777 == 0o600
    assert postgres.application_url == application
