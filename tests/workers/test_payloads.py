"""Whether what the SDK is spared is what we mean, and nothing else."""

import dataclasses
import importlib
import inspect
from collections.abc import Iterator, Sequence

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.bridge import worker as bridge
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import PayloadCodec

from foundation.runtime.temporal import DATA_CONVERTER
from workers.payloads import SEARCHES, spare_the_search


class _Marking(PayloadCodec):
    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [Payload(data=b"encoded " + payload.data) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [Payload(data=b"decoded " + payload.data) for payload in payloads]


@pytest.fixture(autouse=True)
def spared() -> Iterator[None]:
    importlib.reload(bridge)
    spare_the_search()
    yield
    importlib.reload(bridge)
    spare_the_search()


def _activation() -> WorkflowActivation:
    activation = WorkflowActivation()
    activation.jobs.add().initialize_workflow.arguments.add(data=b"asked")
    return activation


def _completion() -> WorkflowActivationCompletion:
    completion = WorkflowActivationCompletion()
    completion.successful.commands.add().complete_workflow_execution.result.data = b"answered"
    return completion


async def test_without_a_codec_payloads_stay_as_they_are() -> None:
    activation, completion = _activation(), _completion()
    await bridge.decode_activation(activation, DATA_CONVERTER, False, 3)
    await bridge.encode_completion(completion, DATA_CONVERTER, False, 3)
    assert (activation, completion) == (_activation(), _completion())


async def test_a_codec_is_asked_as_ever() -> None:
    with_codec = dataclasses.replace(DATA_CONVERTER, payload_codec=_Marking())
    activation, completion = _activation(), _completion()
    await bridge.decode_activation(activation, with_codec, decode_headers=False, storage_concurrency_limit=3)
    await bridge.encode_completion(completion, with_codec, encode_headers=False, storage_concurrency_limit=3)
    assert activation.jobs[0].initialize_workflow.arguments[0].data == b"decoded asked"
    result = completion.successful.commands[0].complete_workflow_execution.result
    assert result.data == b"encoded answered"


def test_the_sdk_is_the_one_that_we_know() -> None:
    # Fails with an SDK that has changed: see whether it still searches, and take this away if it does not.
    importlib.reload(bridge)
    for name, parameters in SEARCHES.items():
        assert tuple(inspect.signature(getattr(bridge, name)).parameters) == parameters
    assert "payload_codec" not in inspect.getsource(bridge.decode_activation)


def test_a_second_time_changes_nothing_more() -> None:
    once = bridge.decode_activation
    spare_the_search()
    assert bridge.decode_activation is once
