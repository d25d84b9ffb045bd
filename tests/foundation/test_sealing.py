"""What only few may read is sealed wherever its message is written down, and opened by us only."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from pydantic import ValidationError
from pydantic_core import from_json, to_json
from temporalio.api.common.v1 import Payload

from foundation.runtime import sealing
from foundation.runtime.sealing import MARK, NoSealingKey, Sealed, new_key, opened, seal
from foundation.runtime.settings import settings
from foundation.runtime.temporal import DATA_CONVERTER
from foundation.values import versions
from foundation.values.messages import Amount, Message

OLD, NEW = new_key(), new_key()


class Raise(Message):
    """A message with an amount, several texts, and a text that may be missing."""

    person: str
    salary: Sealed[Amount]
    accounts: Sealed[tuple[str, ...]] = ()
    tax_id: Sealed[str | None] = None


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    _set(monkeypatch, OLD)
    yield
    settings.cache_clear()


def _set(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    monkeypatch.setenv("PERPETUAL_SEALING_KEYS", ", ".join(keys))
    settings.cache_clear()


RAISE = Raise(
    person="E-1", salary=Decimal("4711.08"), accounts=("DE89370400440532013000",), tax_id="86095742719"
)


def test_what_is_written_down_shows_nothing_and_is_read_again() -> None:
    written = to_json(RAISE)

    assert not any(secret in written for secret in (b"4711", b"DE89", b"8609"))
    assert written.count(MARK.encode()) == 3
    assert versions.read(Raise, from_json(written)) == RAISE
    assert RAISE.model_dump()["salary"] == Decimal("4711.08")


def test_nothing_of_it_is_shown_where_the_message_is() -> None:
    assert "4711" not in repr(RAISE)
    assert "4711" not in str(RAISE)


def test_that_something_is_missing_is_not_seen_either() -> None:
    without = Raise(person="E-1", salary=Decimal(1))

    assert from_json(to_json(without))["tax_id"].startswith(MARK)
    assert versions.read(Raise, from_json(to_json(without))) == without


def test_two_times_the_same_is_not_seen_to_be() -> None:
    assert seal("4711.08") != seal("4711.08")


def test_what_is_sent_to_us_is_not_opened() -> None:
    for body in (
        {"person": "E-1", "salary": seal("1")},
        {"person": "E-1", "salary": "1", "tax_id": seal("a")},
    ):
        with pytest.raises(ValidationError, match="nothing may begin with"):
            Raise.model_validate(body)
        with pytest.raises(ValidationError, match="nothing may begin with"):
            Raise.model_validate_json(to_json(body))


def test_what_is_sent_is_checked_as_ever() -> None:
    with pytest.raises(ValidationError, match="salary"):
        Raise.model_validate({"person": "E-1", "salary": "much"})
    with pytest.raises(ValidationError, match="salary"):
        versions.read(Raise, {"person": "E-1", "salary": seal("much")})


def test_temporal_keeps_it_sealed_and_a_process_reads_it() -> None:
    (payload,) = DATA_CONVERTER.payload_converter.to_payloads([RAISE])

    assert isinstance(payload, Payload)
    assert b"4711" not in payload.data
    assert DATA_CONVERTER.payload_converter.from_payload(payload, Raise) == RAISE


def test_a_new_key_seals_and_the_old_one_still_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    of_old = seal("4711.08")
    _set(monkeypatch, NEW, OLD)
    of_new = seal("4711.08")

    assert of_old.split(":")[1] != of_new.split(":")[1]
    assert (opened(of_old), opened(of_new)) == ("4711.08", "4711.08")

    _set(monkeypatch, NEW)
    assert opened(of_new) == "4711.08"
    with pytest.raises(NoSealingKey, match=of_old.split(":")[1]):
        opened(of_old)


def test_what_was_changed_is_not_opened() -> None:
    text = seal("4711.08")

    with pytest.raises(NoSealingKey):
        opened(text[:-10] + "AAAAAAAA==")


def test_without_a_key_nothing_is_written_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch)

    with pytest.raises(Exception, match="set PERPETUAL_SEALING_KEYS"):
        to_json(RAISE)


def test_keys_of_the_settings_are_not_shown() -> None:
    assert OLD not in repr(settings())
    assert len(sealing._keys()) == 1
