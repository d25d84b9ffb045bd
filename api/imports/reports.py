"""What an import did, or would do: counted by target, with every error's place."""

from collections import Counter
from collections.abc import Iterable, Sequence

from api.imports.preparing import Prepared, RowError
from api.imports.sending import Fate, RecordOutcome
from foundation.values.messages import Message

SHOWN_ERRORS = 1000


class ImportedTarget(Message):
    """One target from one source. `ready` counts the records that are correct as far as files can tell."""

    target: str
    source: str
    rows: int
    ready: int
    created: int
    changed: int
    unchanged: int
    accepted: int
    """Documents, taken once by their external id: now or before."""
    refused: int
    unreached: int


class ImportReport(Message):
    """The whole import. A dry run writes nothing; its counts after `ready` are zero."""

    dry_run: bool
    targets: list[ImportedTarget]
    error_count: int
    errors: list[RowError]
    """Over HTTP, the first thousand."""


def report_of(
    prepared: Iterable[Prepared],
    outcomes: Sequence[Sequence[RecordOutcome]],
    *,
    dry_run: bool,
    most_errors: int | None = SHOWN_ERRORS,
) -> ImportReport:
    """The report on what was prepared and what became of it; `outcomes` are empty after a dry run."""
    targets: list[ImportedTarget] = []
    errors: list[RowError] = []
    sent = [*outcomes]
    for one in prepared:
        of_this = sent.pop(0) if sent else ()
        targets.append(_counted(one, of_this))
        errors += one.errors
        errors += [error for outcome in of_this for error in outcome.errors]
    return ImportReport(
        dry_run=dry_run, targets=targets, error_count=len(errors), errors=errors[:most_errors]
    )


def _counted(one: Prepared, outcomes: Sequence[RecordOutcome]) -> ImportedTarget:
    fates = Counter(outcome.fate for outcome in outcomes)
    return ImportedTarget(
        target=one.target.name,
        source=one.source,
        rows=one.rows,
        ready=len(one.records),
        **{fate.value: fates[fate] for fate in Fate},
    )
