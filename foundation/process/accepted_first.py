"""What was accepted and has not come: commands that were lost with a worker and a server, and come again.

One of them may have had an effect before it was lost. Who looks into the books because of a fact would find
what came of it, and could come to an end without having been told.
"""

from typing import Any

from foundation.operations.mailbox import CommandsComing, FindComing
from foundation.operations.operation import OPERATIONS, Operation
from foundation.process.process import Process

ACCEPTED_FIRST = "accepted-first"


async def take_what_was_accepted(process: Process, per: object, *, told: int) -> None:
    """Take the commands that were accepted before what it is told now, by its number, or that may have had an
    effect, whether they are here already or are to come again. What was asked for later comes after it.
    """
    # One that is begun again takes everything as it did.
    if process.mailbox.takes_as_before or not await process.follows(ACCEPTED_FIRST):
        return
    find: Operation[Any, CommandsComing] = OPERATIONS["process.find_coming"]
    wanted = FindComing(process_id=process.id, told=told)
    coming = await process.step(find, wanted, per=per, must=True)
    await process.serve_until(lambda: all(map(process.mailbox.has_taken, coming.numbers)))
