"""Announcements: whoever wants to know is told of what was done, once.

1. Wait until something was done that somebody is to be told of; the log of operations says what was.
2. Write down whom to tell of it, and move the cursor past it, in one transaction.
3. Start a process for each message. Its id follows from the operation and the receiver, so that it is sent
   once, whatever is started again here.

One of these runs for each company, for ever. What it reads is written by every operation, and no process of
the business knows of it: a mail server that is down delays nobody but who waits for its mail.
"""

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.automation import announcing
from domains.automation import rules
from domains.automation.messages import Announce, Announced, AwaitNews, IntendedMessage, TakeUp
from foundation.process.process import Process
from foundation.runtime import visibility
from foundation.values.messages import Caller, Message
from workflows.outgoing_message import MessageDelivery


class ReadOn(Message):
    """Where in the log to go on: at the very start, where the cursor says."""

    after: int | None = None
    most_events: int = 1_000
    """Then the process goes on as a new run, with an empty history."""


@workflow.defn(name="announcements")
class Announcements(Process):
    """Whoever wants to know is told of what was done, once."""

    @workflow.init
    def __init__(self, read_on: ReadOn) -> None:
        super().__init__(read_on)

    @workflow.run
    async def run(self, read_on: ReadOn) -> None:
        """Read on until an operator stops it."""
        after = await self.conduct(self.procedure(read_on))
        if self.ending is None:
            workflow.continue_as_new(read_on.model_copy(update={"after": after}))
        await self.note(self.ending_stage())

    async def procedure(self, read_on: ReadOn) -> int:
        """Steps 1 to 3, again and again; gives how far it has come."""
        after = await self.take_up() if read_on.after is None else read_on.after
        while self.ending is None and workflow.info().get_current_history_length() < read_on.most_events:
            news = await self.step(announcing.await_news, AwaitNews(after=after), per=after)
            if news.found:
                announce = Announce(after=after)
                told = await self.step(announcing.announce, announce, per=after, must=True)
                await self.start(told)
                after = told.up_to
        return after

    async def take_up(self) -> int:
        """Go on where the cursor stands; what was intended and never started is started now."""
        # Not a logical key: who starts anew wants to know where it stands now.
        per = workflow.info().run_id
        listening = self.at("listening", waiting_on="news")
        taken = await self.step(announcing.take_up, TakeUp(), per=per, must=True, stage=listening)
        await self.start(taken)
        return taken.up_to

    async def start(self, told: Announced) -> None:
        """Start a process for each message. Does nothing for one that has its process."""
        for message in told.messages:
            await self.start_one(message)

    async def start_one(self, message: IntendedMessage) -> None:
        """Start the process of a message, which outlives this one."""
        company = self.caller.company
        try:
            await workflow.start_child_workflow(
                MessageDelivery.run,
                message,
                id=rules.process_of(company, message.message_id, message.round),
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                memo={"caller": self.on_behalf_of(message)},
                search_attributes=visibility.at_start(company, None),
                static_summary=f"{message.event} {message.document or ''}".strip(),
            )
        except WorkflowAlreadyStartedError:
            workflow.logger.info("%s is on its way already", message.message_id)

    def on_behalf_of(self, message: IntendedMessage) -> Caller:
        """The message belongs to the story of what it tells of."""
        return self.caller.model_copy(update={"correlation_id": message.correlation_id})
