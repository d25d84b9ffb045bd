"""The borders between domains that a layer contract cannot say, as questions to the graph of imports.

Each question answers with the imports that cross the border, as `importer imports imported`.
"""

from collections.abc import Iterator
from typing import NamedTuple

from grimp import ImportGraph

LEDGER = "ledger"
"""Below the business domains: what they post, they post in their own transaction."""
READERS = frozenset({"reporting", "analytics", "mrp", "replenishment"})
REFERENCE = frozenset({"master_data", "identity", "settings"})
DOOR = frozenset({"app", "authentication", "door", "health", "problems", "processes", "schedules"})
"""What all routes share: the modules of `api/` that are neither a domain's routes nor a process's."""

A_PROCESS_MAY_KNOW = frozenset(
    {
        *("values.days", "values.errors", "values.messages", "values.money"),
        *(
            "process.accepted_first",
            "process.accepting",
            "process.approvals",
            "process.process",
            "process.next_run",
            "process.rehearsing",
        ),
        *("process.run", "process.run_messages", "process.undo"),
        *("operations.mailbox", "operations.operation", "outbound.letters", "runtime.visibility"),
    }
)
"""The modules of the foundation that have no clock, no database and no settings."""

NOT_FOR_A_PROCESS = frozenset({"sqlalchemy", "asyncpg", "alembic", "pydantic_settings"})


class Place(NamedTuple):
    """Where a module stands: `domains.sales.rules.orders` is on the floor domains, in sales, in its rules."""

    floor: str
    domain: str
    file: str


def place(module: str) -> Place:
    """Where a module stands; what is missing is empty."""
    floor, domain, file, *_ = [*module.split("."), "", ""]
    return Place(floor, domain, file)


def imports_of(graph: ImportGraph, floor: str) -> Iterator[tuple[str, str]]:
    """Every import of one module by another, of the modules on a floor, in order."""
    for importer in sorted(graph.find_descendants(floor) | {floor}):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            yield importer, imported


def _crossing(importer: str, imported: str) -> str:
    return f"{importer} imports {imported}"


def domains_that_activities_should_not_touch(graph: ImportGraph) -> list[str]:
    """Operations know their own domain and reference domains; and how to post into the ledger.

    Of the ledger: its posting, and its messages, queries and rules; not its tables, and not its operations.
    """
    return [
        _crossing(importer, imported)
        for importer, imported in imports_of(graph, "activities")
        if place(imported).floor in {"domains", "activities"}
        and place(importer).domain not in READERS
        and place(imported).domain not in REFERENCE | {place(importer).domain}
        and not (place(imported).domain == LEDGER and _is_open_to_business(place(imported)))
    ]


def _is_open_to_business(of_ledger: Place) -> bool:
    open_files = {"activities": {"posting"}, "domains": {"messages", "queries", "rules"}}
    return of_ledger.file in open_files[of_ledger.floor]


def domains_that_routes_should_not_touch(graph: ImportGraph) -> list[str]:
    """Routes know their own domain and reference domains; and the messages of the others.

    A process joins domains, so that a route which hands it a command must be able to say it.
    """
    return [
        _crossing(importer, imported)
        for importer, imported in imports_of(graph, "api")
        if place(importer).domain not in DOOR
        and place(imported).floor in {"domains", "activities"}
        and place(imported).domain not in REFERENCE | {place(importer).domain}
        and (place(imported).floor, place(imported).file) != ("domains", "messages")
    ]


def what_readers_should_not_touch(graph: ImportGraph) -> list[str]:
    """Reporting, analytics and planning read business domains by their queries, never by their tables."""
    return [
        _crossing(importer, imported)
        for floor in ("domains", "activities")
        for importer, imported in imports_of(graph, floor)
        if place(importer).domain in READERS
        and place(imported).floor == "domains"
        and place(imported).domain not in REFERENCE | {place(importer).domain}
        and place(imported).file not in {"queries", "messages"}
    ]


def what_processes_should_not_touch(graph: ImportGraph) -> list[str]:
    """Processes know operations, messages and pure rules; no table, no query, no database."""
    return [
        _crossing(importer, imported)
        for importer, imported in imports_of(graph, "workflows")
        if imported in NOT_FOR_A_PROCESS
        or (place(imported).floor == "domains" and place(imported).file not in {"messages", "rules"})
        or (place(imported).floor == "foundation" and imported.partition(".")[2] not in A_PROCESS_MAY_KNOW)
    ]
