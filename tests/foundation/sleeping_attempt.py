"""A process of its own that attempts a step and puts itself to sleep (SIGSTOP) on its way.

It reads what to attempt from its input, line by line, and writes what became of it.
"""

import asyncio
import json
import os
import signal
import sys
from uuid import UUID

from foundation.database.connections import open_database
from foundation.values.errors import BusinessError
from foundation.values.messages import Call, Caller
from tests import stopped_attempts
from tests.foundation.steps_and_ways_back import PAIRS


def _sleep() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


async def main() -> None:
    """Attempt what is asked for, until nothing is."""
    opened = open_database(os.environ["DATABASE_URL"], pool_size=1)
    stopped_attempts.watch()
    for line in sys.stdin:
        asked = json.loads(line)
        call = Call.direct(Caller(**asked["caller"]), asked["key"])
        stopped_attempts.stop.set(stopped_attempts.Stop(asked["stops_before"], _sleep))
        try:
            await PAIRS[asked["pair"]].step(call, UUID(asked["order_id"]))
            became = "applied"
        except BusinessError as refusal:
            became = refusal.type_name()
        sys.stdout.write(f"{became}\n")
        sys.stdout.flush()
    await opened.close()


if __name__ == "__main__":
    asyncio.run(main())
