"""The command `perpetual make-current`: the workers of this version take all work."""

import asyncio

from rich.console import Console

from foundation.runtime.settings import settings
from perpetual.servers.startup_errors import StartupError


def make_current() -> None:
    """Have the workers of this version take all work: processes under way, and those that are begun.

    Run it when they are running beside those of the version before, which can be stopped afterwards. It
    changes nothing else; doing it again changes nothing. `up` does it by itself. See docs/upgrades.md.

    Example: `TEMPORAL_ADDRESS=temporal:7233 perpetual make-current`.
    """
    from foundation.runtime import temporal  # noqa: PLC0415
    from workers import builds  # noqa: PLC0415

    async def make() -> str:
        return await builds.make_current(await temporal.connect(settings()), settings())

    try:
        build = asyncio.run(make())
    except (builds.NotKnown, RuntimeError) as failure:
        raise StartupError(f"Temporal at {settings().temporal_address}: {failure}") from failure
    Console().print(f"The build {build} takes all work.", highlight=False)
