"""Bank matching run: the lines of a statement that a rule knows are posted; the others wait for a person.

1. Banking lists what the open lines of the statement are: whose money, for which invoice, on which account.
2. Each is posted by the ledger's own ways. One that cannot be posted keeps no other waiting.
3. The run is done when all were tried; what could not be posted waits until somebody has mended it.

A statement may have several runs: with what a person has posted since, a rule may know more.
"""

from uuid import UUID

from temporalio import workflow

from activities.banking import postings
from domains.banking.messages.postings import ListMatches, MatchingProgress
from foundation.process.next_run import Carried, known
from foundation.process.run import Run, SoFar
from foundation.process.run_messages import Listed, ListSome
from foundation.values.messages import Message


class MatchStatement(Message):
    """The statement."""

    statement_id: UUID
    statement_number: str


MatchingSoFar = Carried[MatchStatement, SoFar]


@workflow.defn(name="bank_matching_run")
class BankMatchingRun(Run):
    """The lines of a statement that a rule knows are posted."""

    @workflow.init
    def __init__(self, run: MatchStatement | MatchingSoFar) -> None:
        super().__init__(run)
        self.asked, _ = known(run, lambda _: SoFar())

    @workflow.run
    async def run(self, run: MatchStatement | MatchingSoFar) -> str:
        """Steps 1 to 3; gives how it ended."""
        await self.conduct(self.procedure(self.asked))
        return self.now.stage

    async def procedure(self, run: MatchStatement) -> None:
        """Steps 1 to 3, or as much of them as one run of the process takes."""
        self.know(document=run.statement_number)
        await self.over_many(self.list_matches, postings.post_line, dict)

    async def list_matches(self, ask: ListSome) -> Listed:
        """Step 1."""
        wanted = ListMatches(**dict(ask), statement_id=self.asked.statement_id)
        return await self.lists(postings.list_matches, wanted)

    def answer(self) -> MatchingProgress:
        """What the caller who asks for the run is told."""
        progress = dict(self.progress_of_items())
        return MatchingProgress(**progress, statement_id=self.asked.statement_id, run_id=self.id)
