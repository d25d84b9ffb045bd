"""What is wrong with a setting is a sentence: which one, what is wrong, what is allowed."""

import re
from collections.abc import Iterator

import pytest

from foundation.runtime.settings import WrongSettings, refuse_unknown, settings


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    """The settings are read once; here each test reads its own, and the session's come back."""
    of_the_session = settings()
    settings.cache_clear()
    yield
    settings.cache_clear()
    for name, value in of_the_session.__dict__.items():
        setattr(settings(), name, value)


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        (
            "PERPETUAL_API_PORT",
            "eight",
            "PERPETUAL_API_PORT cannot be 'eight': it should be a valid integer, unable to parse string as "
            "an integer",
        ),
        (
            "PERPETUAL_API_PORT",
            "80000",
            "PERPETUAL_API_PORT cannot be '80000': it should be less than or equal to 65535",
        ),
        (
            "PERPETUAL_WORKER_PROCESSES",
            "0",
            "PERPETUAL_WORKER_PROCESSES cannot be '0': it should be greater than 0",
        ),
        (
            "PERPETUAL_MAIL_SECURITY",
            "ssl",
            "PERPETUAL_MAIL_SECURITY cannot be 'ssl': it should be 'starttls', 'tls' or 'none'",
        ),
        (
            "PERPETUAL_LOG_LEVEL",
            "loud",
            "PERPETUAL_LOG_LEVEL cannot be 'LOUD': it should be 'DEBUG', 'INFO', 'WARNING', 'ERROR' or "
            "'CRITICAL'",
        ),
        (
            "PERPETUAL_SANDBOX",
            "perhaps",
            "PERPETUAL_SANDBOX cannot be 'perhaps': it should be a valid boolean, unable to interpret input",
        ),
        (
            "DATABASE_URL",
            "mysql://root:secret@db/erp",
            "DATABASE_URL cannot be used: it should be an address such as "
            "postgresql://perpetual_app:PASSWORD@db/erp",
        ),
        (
            "TEMPORAL_ADDRESS",
            "https://temporal",
            "TEMPORAL_ADDRESS cannot be 'https://temporal': it should be a host and a port, such as "
            "temporal:7233",
        ),
        (
            "PERPETUAL_OTLP_ENDPOINT",
            "collector",
            "PERPETUAL_OTLP_ENDPOINT cannot be 'collector': it should be an address that begins with http:// "
            "or https://",
        ),
    ],
)
def test_a_wrong_setting_is_a_sentence(
    variable: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(WrongSettings) as refused:
        settings()

    assert str(refused.value) == sentence


def test_a_level_may_be_written_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERPETUAL_LOG_LEVEL", "debug")

    assert settings().log_level == "DEBUG"


def test_a_setting_that_there_is_not_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(WrongSettings) as refused:
        refuse_unknown({"PERPETUAL_API_PROT": "80", "PERPETUAL_ZZZ": "1", "HOME": "/"}.items())

    assert str(refused.value) == (
        "there is no setting PERPETUAL_API_PROT: did you mean PERPETUAL_API_PORT?; "
        "there is no setting PERPETUAL_ZZZ: docs/operations.md has those that there are"
    )


def test_what_kubernetes_and_the_command_s_options_say_is_no_unknown_setting() -> None:
    of_a_service = {
        "PERPETUAL_API_SERVICE_HOST": "10.0.0.1",
        "PERPETUAL_API_SERVICE_PORT_HTTP": "80",
        "PERPETUAL_PORT": "tcp://10.0.0.1:80",
        "PERPETUAL_PORT_80_TCP_ADDR": "10.0.0.1",
    }

    ours = {"PERPETUAL_DIRECTORY": ".", "PERPETUAL_API_PORT": "80"}

    with pytest.raises(WrongSettings) as refused:
        refuse_unknown({**of_a_service, **ours, "PERPETUAL_ZZZ": "1"}.items())

    assert [*re.findall(r"there is no setting (\w+)", str(refused.value))] == ["PERPETUAL_ZZZ"]
