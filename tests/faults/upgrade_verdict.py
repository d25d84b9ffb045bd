"""What an upgrade in flight has come to: what Temporal's histories, the log and the books say of it."""

from collections import Counter
from dataclasses import dataclass, field

import asyncpg
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.client import Client, WorkflowHistory

from tests.faults.judging import Verdict
from tests.faults.site import Site
from tests.faults.upgrading_clients import CHANNEL

SHOWN = 20
NON_DETERMINISM = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR
WHEN_NEWS_COMES = "WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND"
"""A task that would have ended a process, and something came in between: it is done again, as ever."""
SAID_IN_LOGS = ("TMPRL1100", "ondeterminis", "InvalidCachedStatement")
"""What workers say when a history does not fit, or a statement no longer fits the schema."""
CONFLICTS = """
    SELECT process_id || ': ' || (request ->> 'exception') FROM foundation.operation
    WHERE name = 'process.record_stage' AND request ->> 'failure' ILIKE '%conflict%'
"""
EXCEPTIONS = """
    SELECT (request ->> 'failure') || ': ' || (request ->> 'exception') AS said, count(*)
    FROM foundation.operation
    WHERE name = 'process.record_stage' AND request ->> 'failure' IS NOT NULL GROUP BY 1
"""
LOOKS = """
    SELECT (SELECT count(*) FROM foundation.operation WHERE name = 'sales.look_at_order') AS asked,
        (SELECT coalesce(sum(looks), 0) FROM sales.sales_order) AS done,
        (SELECT count(*) FROM sales.sales_order WHERE looks > 0) AS of_orders,
        (SELECT count(*) FROM sales.sales_order WHERE looks = 0) AS without
"""
LOOKS_SO_FAR = "SELECT count(*) FROM foundation.operation WHERE name = 'sales.look_at_order'"
LATE_LOOKS = """
    SELECT o.number FROM sales.sales_order o JOIN foundation.operation p
        ON p.process_id LIKE '%/order_to_cash/' || o.id AND p.name = 'sales.look_at_order'
    WHERE o.placed_at > $1
"""
CHANNELS = "SELECT channel, count(*) FROM sales.sales_order GROUP BY channel"
FORGOTTEN = """
    SELECT o.number FROM sales.sales_order o
    JOIN foundation.command c ON c.process_id LIKE '%/order_to_cash/' || o.id AND c.kind = 'start'
    WHERE c.body ->> 'channel' <> o.channel AND o.placed_at > $1
"""


@dataclass
class Histories:
    """What Temporal has written down of all processes."""

    processes: int = 0
    builds: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """How many were worked on by which builds, in their order."""
    patches: int = 0
    failed_tasks: Counter[str] = field(default_factory=Counter)

    @classmethod
    async def read(cls, site: Site) -> "Histories":
        """All of them."""
        told, client = cls(), await Client.connect(site.temporal.address)
        async for run in client.list_workflows(""):
            handle = client.get_workflow_handle(run.id, run_id=run.run_id)
            told.count(await handle.fetch_history())
        return told

    def count(self, history: WorkflowHistory) -> None:
        """One process."""
        builds: list[str] = []
        self.processes += 1
        for event in history.events:
            if event.HasField("workflow_task_completed_event_attributes"):
                done = event.workflow_task_completed_event_attributes
                builds.append(done.deployment_version.build_id or "without a build")
            elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
                failed = event.workflow_task_failed_event_attributes
                cause = WorkflowTaskFailedCause.Name(failed.cause)
                self.failed_tasks[cause] += cause != WHEN_NEWS_COMES
            elif event.marker_recorded_event_attributes.marker_name == "core_patch":
                self.patches += 1
        self.builds[tuple(dict.fromkeys(builds))] += 1

    @property
    def of_both(self) -> int:
        """How many processes went from one build to the other."""
        return sum(count for builds, count in self.builds.items() if len(builds) > 1)

    @property
    def non_determinism(self) -> int:
        """How many tasks failed because a history did not fit the programs."""
        return self.failed_tasks[WorkflowTaskFailedCause.Name(NON_DETERMINISM)]


@dataclass
class Upgrade:
    """All that is known at the end."""

    ended: Counter[str]
    verdict: Verdict
    histories: Histories
    conflicts: list[str]
    exceptions: dict[str, int]
    """What processes have shown meanwhile, and how often."""
    said: list[str]
    """What logs say that they must not."""
    looks: dict[str, int]
    channels: dict[str, int]
    door: list[str]
    """What the doors should have refused, or taken."""
    migrated_seconds: float
    kills: int
    seconds: float
    place: str

    @property
    def wrong(self) -> list[str]:
        """Everything that must not be."""
        found = [f"lost: {one}" for one in self.verdict.lost]
        found += [f"doubled: {one}" for one in self.verdict.doubled]
        found += [f"wrong: {one}" for one in self.verdict.other]
        found += [f"conflict: {one}" for one in self.conflicts]
        found += [f"log: {one}" for one in self.said]
        found += [f"door: {one}" for one in self.door]
        found += [f"failed tasks: {cause} {count}" for cause, count in (+self.histories.failed_tasks).items()]
        if not self.histories.of_both:
            found.append("no process went from one version to the other")
        if self.histories.patches != self.looks["asked"]:
            found.append("a step was taken of which its process does not know, or the other way round")
        if not (self.histories.patches and self.looks["without"]):
            found.append("the new step was taken by nobody, or by everybody")
        return found

    def in_words(self) -> str:
        """The counts, and what is wrong."""
        of = ", ".join(f"{' then '.join(builds)}: {count}" for builds, count in self.histories.builds.items())
        lines = [
            f"{sum(self.ended.values())} stories, {self.histories.processes} processes, of builds {of}",
            f"the new step: {self.looks}; patches {self.histories.patches}; channels {self.channels}",
            f"shown by processes meanwhile: {self.exceptions or 'nothing'}",
            f"schema expanded in {self.migrated_seconds:.1f} s beside the load, {self.kills} workers killed",
            *self.wrong[:SHOWN],
            f"{len(self.verdict.lost)} lost, {len(self.verdict.doubled)} doubled, {len(self.conflicts)} "
            f"conflicts, {self.histories.non_determinism} non-determinism, {len(self.wrong)} wrong in all, "
            f"{self.seconds:.0f} s",
        ]
        return "\n".join(lines)


@dataclass
class InTheBooks:
    """What the database tells."""

    conflicts: list[str]
    exceptions: dict[str, int]
    looks: dict[str, int]
    channels: dict[str, int]
    wrong: list[str]

    @classmethod
    async def read(cls, site: Site, *, current_at: float, off_at: float) -> "InTheBooks":
        """When all is done. The moments, as seconds since 1970: B's workers took all work; the new steps were
        switched off everywhere.
        """
        connection = await asyncpg.connect(site.addresses.owner)
        try:
            looks = dict(await connection.fetchrow(LOOKS) or {})
            wrong = [] if looks["asked"] == looks["done"] else [f"steps and their effect differ: {looks}"]
            for question, moment, what in (
                (LATE_LOOKS, off_at, "has taken a step that was switched off before it was placed"),
                (FORGOTTEN, current_at, "has forgotten the field that was added"),
            ):
                asked = question.replace("$1", f"to_timestamp({moment})")
                wrong += [f"{row[0]} {what}" for row in await connection.fetch(asked)]
            channels = {row[0]: row[1] for row in await connection.fetch(CHANNELS)}
            if not channels.get(CHANNEL):
                wrong.append("no order has the field that was added")
            return cls(
                conflicts=[row[0] for row in await connection.fetch(CONFLICTS)],
                exceptions={row["said"]: row["count"] for row in await connection.fetch(EXCEPTIONS)},
                looks=looks,
                channels=channels,
                wrong=wrong,
            )
        finally:
            await connection.close()

    @staticmethod
    async def looks_so_far(site: Site) -> int:
        """How often the new step was taken."""
        connection = await asyncpg.connect(site.addresses.owner)
        try:
            return int(await connection.fetchval(LOOKS_SO_FAR))
        finally:
            await connection.close()


def said_in_logs(site: Site) -> list[str]:
    """Lines of workers and APIs that must not be."""
    found = []
    for log in sorted(site.logs.glob("*.log")):
        if log.name.startswith(("worker", "API")):
            for line in log.read_text(errors="replace").splitlines():
                if any(word in line for word in SAID_IN_LOGS):
                    found.append(f"{log.name}: {line[:300]}")
    return found
