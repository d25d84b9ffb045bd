"""How a process shows itself in the Temporal Web UI: search attributes to find it by, and details to read.

Search attributes are never encrypted and may be seen by whoever runs the cluster: codes and document
numbers only, nothing personal. Summaries and details are payloads, as messages are: a customer's trade name
may stand in both, and a codec would encrypt both alike.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    SearchAttributeUpdate,
    TypedSearchAttributes,
)

from foundation.runtime.failures import DEFECT
from foundation.values.messages import Stage

COMPANY = SearchAttributeKey.for_keyword("ErpCompany")
DOCUMENT = SearchAttributeKey.for_keyword("ErpDocument")
PARTY = SearchAttributeKey.for_keyword("ErpParty")
STAGE = SearchAttributeKey.for_keyword("ErpStage")
WAITING_ON = SearchAttributeKey.for_keyword("ErpWaitingOn")
EXCEPTION = SearchAttributeKey.for_keyword("ErpException")
AMOUNT = SearchAttributeKey.for_float("ErpAmount")
DUE_AT = SearchAttributeKey.for_datetime("ErpDueAt")

KEYWORDS = (COMPANY, DOCUMENT, PARTY, STAGE, WAITING_ON, EXCEPTION)


MOST_OF_A_NAME = 60
"""So many characters of a name: Temporal refuses a summary of more than 400 bytes."""


def named(name: str, code: str) -> str:
    """A party as people know it, with its code: `ACME Ltd (C-1001)`."""
    name = " ".join(name.split())
    if len(name) > MOST_OF_A_NAME:
        name = f"{name[: MOST_OF_A_NAME - 1]}…"
    return f"{name} ({code})" if name else code


def at_start(company: str, party: str | None) -> TypedSearchAttributes:
    """What is known of a process before its first step."""
    pairs: list[SearchAttributePair[Any]] = [SearchAttributePair(COMPANY, company)]
    if party is not None:
        pairs.append(SearchAttributePair(PARTY, party))
    return TypedSearchAttributes(pairs)


def changes(now: Stage, known: TypedSearchAttributes) -> list[SearchAttributeUpdate[Any]]:
    """The search attributes that differ from what is known already; the others are not sent again."""
    wanted: list[tuple[SearchAttributeKey[Any], Any]] = [
        (STAGE, now.stage),
        (WAITING_ON, now.waiting_on),
        (EXCEPTION, now.exception[:200] if now.exception else None),
        (DOCUMENT, now.document),
        (PARTY, now.party),
        # Only to search by: the books have the Decimal.
        (AMOUNT, float(now.amount) if now.amount is not None else None),
        (DUE_AT, now.waiting_until),
    ]
    return [
        key.value_set(value) if value is not None else key.value_unset()
        for key, value in wanted
        if known.get(key) != value
    ]


def heading(kind: str, now: Stage, party: str | None) -> str:
    """What the process is about: `Order SO-000211 for ACME Ltd (C-1001), 1,234.50 EUR`; empty if not known.

    `kind` is what its document is called, `party` whom it is for as `named` writes it.
    """
    about = " ".join(part for part in (kind, now.document) if part) if now.document else kind
    if party or now.party:
        about = f"{about} for {party or now.party}".strip()
    if about and now.amount is not None:
        about += f", {now.amount:,.2f} {now.currency or ''}".rstrip()
    return about


def details(about: str, now: Stage, passed: Sequence[str], since: datetime) -> str:
    """What it is about, the stages, whom it waits for and why, what failed and what to do, in Markdown."""
    reached = f"- **{now.stage}**"
    if now.waiting_on:
        reached += f", waiting on **{now.waiting_on}**"
    lines = [f"**{about}**\n"] if about else []
    lines += [f"- ✓ {stage}" for stage in passed] + [reached]
    word = "ended" if now.outcome else "since"
    lines.append(f"\n{word} {since:%Y-%m-%d %H:%M} UTC")
    if now.waiting_until is not None:
        lines.append(f"\nnext: {now.waiting_until:%Y-%m-%d %H:%M} UTC")
    if now.why:
        lines.append(f"\n**Why:** {now.why}")
    if now.remedy and not now.outcome:
        lines.append(f"\n{now.remedy}")
    if now.exception:
        lines.append(f"\n**Exception:** {now.exception}")
        if now.outcome is None:
            lines.append(f"\n{_what_one_can_do(now)}")
    return "\n".join(lines)


def _what_one_can_do(now: Stage) -> str:
    if now.failure == "held":
        return "It takes no further step until it gets the update `release`."
    if (now.failure or "").startswith(DEFECT):
        return (
            "It takes no further step. Once the mistake is mended, `retry` at the API begins it again before "
            "it. The update `repair` skips the rest of the command, or gives the process up, if that can be."
        )
    return "It is tried again by itself; the update `repair` tries it now, goes on without it or gives it up."
