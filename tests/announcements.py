"""What others are told of, as a test sees it: through the REST API, and at doubles of the outside world."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError

from activities.automation import announcing, subscriptions
from domains.automation import rules
from domains.automation.messages import Announce, IntendedMessage, Subscribe, TakeUp
from foundation.database.connections import database
from foundation.runtime import visibility
from foundation.runtime.settings import settings
from foundation.values.messages import Call, Caller
from tests.erp import Erp
from workflows.outgoing_message import MessageDelivery

_READ_BY_NOBODY = text(
    """
    SELECT foundation.answer_commands(jsonb_agg(jsonb_build_object('id', id, 'answer', '{}'::jsonb)))
    FROM foundation.command WHERE process_id = :process AND answered_at IS NULL
    """
)


async def subscribe_by_hand(caller: Caller, url: str, *events: str) -> None:
    """Make a webhook, and leave the company's log to be read by hand: its process is not begun."""
    hook = Subscribe(webhook_id=uuid4(), url=url, events=events)
    await subscriptions.subscribe(Call.direct(caller, str(uuid4())), hook)
    async with database().write(caller.company, caller.actor) as tx:
        await tx.execute(_READ_BY_NOBODY, {"process": f"{caller.company}/announcements"})


def listen_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the log often, and wait for no receiver long."""
    monkeypatch.setattr(settings(), "announcements_poll_seconds", 0.05)
    monkeypatch.setattr(settings(), "announcements_wait_seconds", 0.5)
    monkeypatch.setattr(settings(), "webhook_timeout_seconds", 0.5)


@dataclass
class Announcing:
    """A company that tells others of what it does."""

    erp: Erp

    @property
    def by_hand(self) -> Caller:
        """Who does by hand what a process does otherwise."""
        return Caller(company=self.erp.company, actor="a tester", correlation_id="by hand")

    @property
    def process(self) -> WorkflowHandle[Any, Any]:
        """The process that reads the company's log."""
        return self.erp.temporal.get_workflow_handle(f"{self.erp.company}/announcements")

    async def stop(self) -> None:
        """End the process that reads the log, as an operator would.

        The server that skips time stands still for ever when a process is killed in the middle of something,
        or ends after its parent: there should be nothing on its way any more.
        """
        with suppress(RPCError):
            await self.process.cancel()
            await self.process.result()

    async def until_parked(self) -> Any:
        """Wait until something is parked, and give its process."""
        for _ in range(100):
            if shown := await self.exceptions():
                return shown[0]
            await asyncio.sleep(0.05)
        raise AssertionError("nothing is parked")

    async def want(self, url: str, *events: str) -> None:
        """Make a webhook by hand, with no process that reads the log."""
        await subscribe_by_hand(self.by_hand, url, *events)

    async def write_down(self) -> list[IntendedMessage]:
        """Read the log by hand, with no process that does it: what is to be sent."""
        taken = await announcing.take_up(Call.direct(self.by_hand, str(uuid4())), TakeUp())
        announced = await announcing.announce(
            Call.direct(self.by_hand, str(uuid4())), Announce(after=taken.up_to)
        )
        return list(announced.messages)

    async def send(self, message: IntendedMessage) -> WorkflowHandle[Any, Any]:
        """Start the process of a message by hand."""
        company = self.erp.company
        return await self.erp.temporal.start_workflow(
            MessageDelivery.run,
            message,
            id=rules.process_of(company, message.message_id, message.round),
            task_queue=settings().task_queue,
            memo={"caller": self.by_hand},
            search_attributes=visibility.at_start(company, None),
        )

    async def subscribe(self, url: str, *events: str) -> Any:
        """Make a webhook."""
        return await self.erp.post("/v1/webhooks", {"url": url, "events": list(events)})

    async def messages(self, **query: Any) -> list[Any]:
        """What is to be sent or was, the newest first."""
        return list((await self.erp.get("/v1/outgoing-messages", limit=200, **query))["items"])

    async def until(
        self, status: str, count: int = 1, *, patience: timedelta = timedelta(seconds=60), **query: Any
    ) -> list[Any]:
        """Wait until so many messages have a status."""
        for _ in range(int(patience / timedelta(seconds=0.05))):
            found = await self.messages(status=status, **query)
            if len(found) >= count:
                return found
            await asyncio.sleep(0.05)
        raise AssertionError(f"{len(found)} of {count} are {status}: {await self.messages(**query)}")

    def process_of(self, message: Any) -> WorkflowHandle[Any, Any]:
        """The process that sends a message."""
        return self.erp.temporal.get_workflow_handle(
            f"{self.erp.company}/outgoing_message/{message['message_id']}"
        )

    async def exceptions(self) -> list[Any]:
        """What shows among the processes with an exception."""
        return list((await self.erp.get("/v1/processes", only_exceptions=True))["items"])
