"""Outgoing message: one message to one receiver, sent once, or given up with the reason.

1. What is to be said is taken from the books: for a webhook, what was done; for a letter, its document.
2. It is handed over. A receiver that is down is tried again, less and less often, for four days.
3. What became of it is written down: sent, or failed, which shows among the exceptions.
"""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError, is_cancelled_exception

from activities.automation import letters, outcomes, webhooks
from domains.automation.messages import GiveUpMessage, IntendedMessage, MessageSent, SendMail, SendMessage
from foundation.outbound.letters import LETTERS, WriteLetter
from foundation.process.process import Process
from foundation.values.errors import BusinessError

TRIED_FOR = timedelta(days=4)
"""Mail is customarily tried for four to five days (RFC 5321, 4.5.4.1)."""


class NobodyTookIt(BusinessError):
    """The receiver has not taken the message in all the time that we tried."""


class NobodyToSendItTo(BusinessError):
    """There is no address for the letter."""


@workflow.defn(name="outgoing_message")
class MessageDelivery(Process):
    """One message to one receiver."""

    @workflow.init
    def __init__(self, message: IntendedMessage) -> None:
        super().__init__(message)
        self.message = message

    @workflow.run
    async def run(self, message: IntendedMessage) -> str:
        """Steps 1 to 3; gives what became of it."""
        return await self.conduct(self.procedure(message))

    async def procedure(self, message: IntendedMessage) -> str:
        """Send it, or say why not."""
        self.know(document=message.document)
        try:
            await self.send_in_time(message)
        except ApplicationError as refusal:
            await self.give_up(message, refusal)
        return self.now.outcome or ""

    async def send_in_time(self, message: IntendedMessage) -> None:
        """Send it as long as there is time. Refuses: NobodyTookIt, and what the receiver refuses for good."""
        sending = asyncio.create_task(self.send(message))
        over = False
        try:
            await workflow.wait_condition(
                lambda: sending.done() or self.ending is not None,
                timeout=TRIED_FOR,
                timeout_summary="Give up",
            )
        except TimeoutError:
            over = True
        if not sending.done():
            sending.cancel()
        try:
            await sending
        except BaseException as failure:
            if is_cancelled_exception(failure) and over:
                raise NobodyTookIt(f"nobody took it for {TRIED_FOR.days} days") from None
            if is_cancelled_exception(failure) and self.ending is not None:
                raise self.ending from None
            raise

    async def send(self, message: IntendedMessage) -> MessageSent:
        """Steps 1 and 2. Refuses: NobodyToSendItTo."""
        if message.letter is None or message.about_id is None:
            send = SendMessage(message_id=message.message_id)
            return await self.step(webhooks.send_webhook, send, stage=self.at("sent", outcome="sent"))
        write = WriteLetter(about_id=message.about_id)
        letter = await self.step(LETTERS[message.letter].writer, write)
        self.know(document=letter.document)
        if not letter.recipient:
            raise NobodyToSendItTo(f"{letter.recipient_name} has no e-mail address")
        mail = SendMail(message_id=message.message_id, letter=letter)
        return await self.step(letters.send_mail, mail, stage=self.at("sent", outcome="sent"))

    async def give_up(self, message: IntendedMessage, refusal: ApplicationError) -> None:
        """Step 3, when it could not be sent."""
        why = f"{refusal.type}: {refusal.message}"[:500]
        over = GiveUpMessage(
            message_id=message.message_id,
            reason=why,
            receiver_is_gone=refusal.type == "receiver-is-gone",
            tried_for_days=isinstance(refusal, NobodyTookIt),
            unaddressed=isinstance(refusal, NobodyToSendItTo),
        )
        failed = self.at("failed", outcome="failed", exception=why, failure=refusal.type)
        if over.unaddressed:
            failed = self.at("unaddressed", outcome="unaddressed", exception=None, failure=None)
        await self.step(outcomes.give_up_message, over, must=True, stage=failed)
