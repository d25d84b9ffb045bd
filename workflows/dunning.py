"""Dunning: a customer is reminded of what is overdue, level by level, until it pays or somebody decides.

1. Finance writes down that the customer is being reminded: one dunning for each customer at a time.
2. Finance looks at what is open, and says what is to be done today.
3. When a letter is due it is written: its fee and its interest are posted, and owed.
4. We wait for the next day. A dispute and a promise to pay are waited for; so is, after the last letter,
   somebody's decision.
5. When nothing is overdue any more, or somebody stops it, it is over.

A letter is named by the day it was due, never by the day it was written: whoever catches up after an outage
writes it once. The next level counts from the day it was written, so that nobody gets two letters at once.
"""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from temporalio import workflow

from activities.receivables import dunning, dunning_letters
from domains.ledger.messages import SettledInvoice
from domains.receivables.messages import (
    BeginDunning,
    DisputeAsked,
    DisputeDunning,
    DunningProgress,
    DunningReview,
    DunningState,
    EndDunning,
    PostDunningLetter,
    PromiseAsked,
    PromiseDunning,
    ReasonAsked,
    ResumeDunning,
    ReviewDunning,
)
from foundation.messages import Caller, Message, Stage
from foundation.process import Process

LOOKS_AT = time(5)
"""The hour in the morning, UTC, from which it looks at what is open; each dunning at a minute of its own."""
AN_HOUR = 3600


class RunDunning(Message):
    """Whom to remind, and from which day on; how often it has looked before it went on as a new run."""

    dunning_id: UUID
    customer_code: str
    on: date
    looks: int = 0
    passed: tuple[str, ...] = ()
    now: Stage | None = None
    is_cancelled: bool = False
    """An operator has asked for that when it was about to go on as a new run."""
    most_events: int = 1_000
    """Then the process goes on as a new run, with an empty history."""


@workflow.defn(name="dunning")
class Dunning(Process):
    """A customer is reminded of what is overdue, level by level."""

    @workflow.init
    def __init__(self, run: RunDunning) -> None:
        super().__init__(run)
        self.dunning_id = run.dunning_id
        self.looks = run.looks
        self.looked = run.looks
        """How many of the looks are done: whoever changes something waits for the next."""
        self.level = 0
        self.next_on: date | None = None
        self.awake = False
        self.leaving = False
        """Whether the process is about to go on as a new run."""
        self.cancelled = run.is_cancelled

    @workflow.run
    async def run(self, run: RunDunning) -> str:
        """The whole way; gives how it ended."""
        await self.conduct(self.procedure(run))
        if self.now.outcome is None:
            again = {"looks": self.looks, "passed": tuple(self.passed), "now": self.now}
            again["is_cancelled"] = self.cancelled
            workflow.continue_as_new(run.model_copy(update=again))
        return self.now.outcome

    async def procedure(self, run: RunDunning) -> None:
        """Steps 1 to 5, or as many of them as one run takes."""
        if run.now is None:
            if not await self.write_down(run):
                return
        else:
            self.now, self.passed = run.now, list(run.passed)
        while workflow.info().get_current_history_length() < run.most_events:
            if await self.is_over():
                return
            await self.until_next_look()
        self.leaving = True

    # 1. The customer is being reminded

    async def write_down(self, run: RunDunning) -> bool:
        """Begin, unless the customer is being reminded already."""
        begin = BeginDunning(
            dunning_id=run.dunning_id,
            customer_code=run.customer_code,
            process_id=workflow.info().workflow_id,
            begun_on=run.on,
        )
        self.know(party=run.customer_code)
        begun = await self.step(dunning.begin_dunning, begin, must=True, stage=self.at("begun"))
        if not begun.begun:
            await self.note(self.at("reminded already", outcome="closed"))
        return begun.begun

    # 2. and 3. Look at what is open, and write the letter that is due

    async def is_over(self) -> bool:
        """Look at what is open until nothing is to be done today; whether nothing is ever again."""
        while True:
            self.awake = False
            if self.cancelled:
                await self.cancel()
            number = self.looks = self.looks + 1
            ask = ReviewDunning(dunning_id=self.dunning_id, on=self.today)
            # Not a logical key: a look is no effect, and who begins again looks on another day.
            per = f"{workflow.info().run_id}/{number}"
            review = await self.step(dunning.review_dunning, ask, per=per, must=True)
            self.know(amount=review.overdue_amount, currency=review.currency)
            self.level, self.next_on = review.level, review.next_on
            if ask.on != self.today:
                continue  # The step took days to be done: what it says is of the day it was asked on.
            if review.state is DunningState.DUE:
                await self.write_letter(review)
            elif review.state in (DunningState.PAID, DunningState.EXCLUDED, DunningState.ENDED):
                await self.end(review)
                return True
            else:
                await self.stand_at(self.stage_for(review))
                self.looked = number
                return False

    async def write_letter(self, review: DunningReview) -> None:
        """Write the next level's letter, dated today; the day it was due names it."""
        assert review.next_on is not None
        post = PostDunningLetter(
            dunning_id=self.dunning_id, scheduled_on=review.next_on, written_on=self.today
        )
        per = f"{review.level + 1}/{review.next_on}"
        posted = await self.step(dunning_letters.post_dunning_letter, post, per=per, must=True)
        if posted.letters:
            self.know(document=posted.letters[-1].letter_number)

    # 4. Wait

    def stage_for(self, review: DunningReview) -> Stage:
        """What the dunning waits for now, on whom, and until when."""
        until = self.morning_of(review.next_on) if review.next_on else None
        match review.state:
            case DunningState.PROMISED:
                return self.at("promised to pay", waiting_on="customer", waiting_until=until)
            case DunningState.DISPUTED:
                return self.at("disputed", waiting_on="accountant")
            case DunningState.LAST_LEVEL:
                return self.at("waiting for a decision", waiting_on="accountant")
        stage = f"reminded, level {review.level}" if review.level else "waiting for the first letter"
        return self.at(stage, waiting_on="customer", waiting_until=until)

    async def stand_at(self, stage: Stage) -> None:
        """Write the stage down when it is a new one."""
        if stage != self.now:
            await self.note(stage)

    async def until_next_look(self) -> None:
        """Look again tomorrow morning, or when something has been said."""
        tomorrow = self.morning_of(self.today + timedelta(days=1))
        try:
            await workflow.wait_condition(
                lambda: self.awake, timeout=tomorrow - workflow.now(), timeout_summary="Look again"
            )
        except TimeoutError:
            return

    @property
    def today(self) -> date:
        """The day in UTC. A letter that is written late is dated when it is written."""
        return workflow.now().date()

    def morning_of(self, day: date) -> datetime:
        """When it looks on a day: within an hour, spread by its id, so that not all look at once."""
        at = datetime.combine(day, LOOKS_AT, UTC)
        return at + timedelta(seconds=self.dunning_id.int % AN_HOUR)

    # 5. Over

    async def end(self, review: DunningReview) -> None:
        """Paid, left out from now on, or stopped by somebody."""
        if review.state is DunningState.ENDED:
            await self.note(self.at(review.outcome, outcome=review.outcome))
            return
        end = EndDunning(dunning_id=self.dunning_id, ended_on=self.today, outcome=review.state.value)
        over = self.at(end.outcome, outcome="closed")
        await self.step(dunning.end_dunning, end, must=True, stage=over)

    def on_cancellation_requested(self) -> None:
        """A cancellation from the Temporal Web UI stops it, as through the API."""
        self.cancelled = self.awake = True

    async def cancel(self) -> None:
        """Stop it, on behalf of an operator."""
        stop = self.stopping("cancelled by an operator")
        await self.step(dunning.end_dunning, stop, per="cancelled", must=True)

    def stopping(self, reason: str) -> EndDunning:
        """No more letters from today."""
        return EndDunning(dunning_id=self.dunning_id, ended_on=self.today, outcome="stopped", reason=reason)

    # What customers and accountants say meanwhile

    @workflow.update(description="The customer disputes an invoice, or all that is overdue")
    async def dispute(self, asked: DisputeAsked, by: Caller) -> DunningProgress:
        """Leave it out of the letters until it is resumed."""
        dispute = DisputeDunning(**dict(asked), dunning_id=self.dunning_id)
        await self.step(dunning.dispute_dunning, dispute, per=self.of_update, by=by)
        return await self.after_next_look()

    @workflow.update(description="The customer promises to pay until a day")
    async def promise(self, asked: PromiseAsked, by: Caller) -> DunningProgress:
        """Wait for that day, then go on at the same level."""
        promise = PromiseDunning(**dict(asked), dunning_id=self.dunning_id, on=self.today)
        await self.step(dunning.promise_dunning, promise, per=self.of_update, by=by)
        return await self.after_next_look()

    @workflow.update(description="A dispute is settled, or a promise counts no more")
    async def resume(self, asked: ReasonAsked, by: Caller) -> DunningProgress:
        """Go on where it was."""
        resume = ResumeDunning(**dict(asked), dunning_id=self.dunning_id)
        await self.step(dunning.resume_dunning, resume, per=self.of_update, by=by)
        return await self.after_next_look()

    @workflow.update(description="Write no more letters")
    async def stop(self, asked: ReasonAsked, by: Caller) -> DunningProgress:
        """End it, with a reason; what is overdue now is not reminded of again."""
        stop = self.stopping(asked.reason)
        await self.step(dunning.end_dunning, stop, per=self.of_update, by=by)
        return await self.after_next_look()

    @workflow.signal(description="Money has settled something of this customer")
    async def invoice_settled(self, settled: SettledInvoice, number: int) -> None:
        """Look at once whether anything is overdue still."""
        del settled, number
        self.awake = True

    @property
    def of_update(self) -> str:
        """Tells the commands apart: each counts once."""
        update = workflow.current_update_info()
        return update.id if update else str(self.looks)

    async def after_next_look(self) -> DunningProgress:
        """Where it stands once it has looked again; when a step of it is parked, where it stood."""
        seen = self.looks
        self.awake = True
        await workflow.wait_condition(
            lambda: self.looked > seen or self.leaving or bool(self.now.outcome or self.now.exception)
        )
        return DunningProgress(
            dunning_id=self.dunning_id,
            stage=self.now.stage,
            waiting_on=self.now.waiting_on,
            level=self.level,
            next_on=self.next_on,
        )
