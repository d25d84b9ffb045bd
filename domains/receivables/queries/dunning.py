"""Dunning as it is read: procedures, who is overdue, what is open, dunnings and letters."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, bindparam, func, select, text

from domains.ledger.queries.filters import between, facts, matching, sorted_by
from domains.receivables.messages import DunningLevel, OverdueCustomer, OverdueFound, PutDunningProcedure
from domains.receivables.rules.dunning import ItemKind, OpenPosition, Standing
from domains.receivables.tables.dunning import (
    Dunning,
    DunningLetter,
    DunningLetterLine,
    DunningProcedure,
    DunningProcedureCustomer,
)
from foundation.errors import NotFound
from foundation.messages import Message, ShownAmount, ShownQuantity
from foundation.tables import ProcessState
from foundation.transaction import Row, Transaction

AT_ONCE = 200
"""So many customers are found at once."""

_PROCEDURE_OF = """
    SELECT p.levels FROM receivables.dunning_procedure p
        LEFT JOIN receivables.dunning_procedure_customer c
            ON c.procedure_code = p.code AND c.customer_code = {customer}
    WHERE c.customer_code IS NOT NULL OR p.is_default
    ORDER BY c.customer_code IS NULL LIMIT 1
"""
_LEVELS = text(_PROCEDURE_OF.format(customer=":customer"))

# An invoice that is overdue and that letters may speak of; the customer has less on account in its currency.
_OVERDUE = text(
    f"""
    SELECT DISTINCT ON (i.party_code) i.party_code AS customer_code, i.id
    FROM ledger.open_item i
        JOIN LATERAL ({_PROCEDURE_OF.format(customer="i.party_code")}) AS p ON true
    WHERE i.party_type = 'customer' AND i.party_code > :after AND i.document_type = 'invoice'
        AND i.open_amount > 0
        AND i.due_on + CAST(p.levels -> 0 ->> 'days_overdue' AS integer) <= :on
        AND NOT EXISTS (
            SELECT FROM receivables.dunning_hold h WHERE h.open_item_id = i.id AND NOT h.lifted)
        AND NOT EXISTS (
            SELECT FROM receivables.dunning d WHERE d.customer_code = i.party_code AND d.ended_on IS NULL)
        AND 0 < (
            SELECT sum(o.open_amount) FROM ledger.open_item o
            WHERE o.party_type = 'customer' AND o.party_code = i.party_code AND o.currency = i.currency AND (
                o.open_amount < 0 OR o.document_type = 'invoice' AND o.due_on < :on AND o.open_amount > 0
                    AND NOT EXISTS (SELECT FROM receivables.dunning_hold h
                        WHERE h.open_item_id = o.id AND NOT h.lifted)))
    ORDER BY i.party_code, i.due_on, i.id
    LIMIT :limit
    """
).bindparams(bindparam("on", type_=Date))

# Locked in the order of their ids, as by whoever settles them.
_POSITIONS = """
    WITH items AS (
        SELECT * FROM ledger.open_item
        WHERE party_type = 'customer' AND party_code = :customer AND open_amount <> 0 ORDER BY id {lock}
    )
    SELECT i.id, i.document_on, i.due_on, i.currency, i.open_amount, i.base_open_amount,
        CASE WHEN i.on_account THEN 'on_account'
            WHEN i.document_type = 'dunning_letter' THEN 'charge' ELSE 'invoice' END AS kind,
        i.document_number, h.kind AS hold,
        (SELECT max(d.interest_until) FROM receivables.dunning_letter_line d
         WHERE d.open_item_id = i.id) AS interest_until
    FROM items i LEFT JOIN receivables.dunning_hold h ON h.open_item_id = i.id AND NOT h.lifted
    ORDER BY i.due_on, i.id
    """
_POSITIONS_LOCKED = text(_POSITIONS.format(lock="FOR UPDATE"))
_POSITIONS_UNLOCKED = text(_POSITIONS.format(lock=""))


class DunningProcedureView(PutDunningProcedure):
    """A procedure as it stands."""

    version: int


class DunningView(Message):
    """A customer that is being reminded, or was; with where its process stands."""

    dunning_id: UUID
    customer_code: str
    process_id: str
    begun_on: date
    level: int
    last_letter_on: date | None
    promised_until: date | None
    disputed_because: str
    ended_on: date | None
    outcome: str | None
    ended_because: str
    stage: str | None
    waiting_on: str | None
    exception: str | None


class DunningLetterSummary(Message):
    """A letter as a list shows it; amounts in its currency."""

    letter_id: UUID
    letter_number: str
    dunning_id: UUID
    customer_code: str
    level: int
    scheduled_on: date
    written_on: date
    pay_by: date
    currency: str
    title: str
    overdue_amount: ShownAmount
    fee_amount: ShownAmount
    interest_amount: ShownAmount
    charge_amount: ShownAmount
    total_amount: ShownAmount


class DunningLetterLineView(Message):
    """One open item that a letter speaks of."""

    line_number: int
    open_item_id: UUID
    kind: str
    document_number: str
    document_on: date
    due_on: date
    open_amount: ShownAmount
    interest_from: date | None
    interest_until: date | None
    interest_amount: ShownAmount


class DunningLetterView(DunningLetterSummary):
    """The whole letter."""

    customer: dict[str, Any]
    """Who the customer was when it was written."""
    text: str
    rate: ShownQuantity
    interest_percent: ShownQuantity
    process_id: str
    lines: list[DunningLetterLineView]


def procedures() -> Select[Any]:
    """The procedures, by code."""
    of = DunningProcedureCustomer
    named = (
        select(func.array_agg(of.customer_code.distinct()))
        .where(of.procedure_code == DunningProcedure.code)
        .scalar_subquery()
    )
    return select(DunningProcedure).add_columns(named.label("customers")).order_by(DunningProcedure.code)


def procedure_view(row: Any) -> DunningProcedureView:
    """One row of `procedures`."""
    return DunningProcedureView.model_validate(
        {name: getattr(row, name) for name in ("code", "name", "is_default", "levels", "version")}
        | {"customers": sorted(row.customers or ())},
        strict=False,
    )


async def levels_for(tx: Transaction, customer_code: str) -> Sequence[DunningLevel]:
    """The levels of the procedure that is for a customer; none when it is not to be reminded."""
    found = await tx.scalar(_LEVELS, {"customer": customer_code})
    return [DunningLevel.model_validate(level, strict=False) for level in found or ()]


async def overdue_customers(tx: Transaction, on: date, after: str) -> OverdueFound:
    """Customers to be reminded that are not, by code, after the given one."""
    asked = {"on": on, "after": after, "limit": AT_ONCE}
    rows = (await tx.execute(_OVERDUE, asked)).all()
    return OverdueFound(
        customers=tuple(OverdueCustomer(customer_code=row[0], first_item_id=row[1]) for row in rows),
        is_all=len(rows) < AT_ONCE,
    )


async def positions(tx: Transaction, customer_code: str, *, locked: bool) -> list[OpenPosition]:
    """Everything that is open for a customer, the earliest due first."""
    statement = _POSITIONS_LOCKED if locked else _POSITIONS_UNLOCKED
    rows = await tx.execute(statement, {"customer": customer_code})
    return [
        OpenPosition(
            item_id=row.id,
            kind=ItemKind(row.kind),
            document_number=row.document_number,
            document_on=row.document_on,
            due_on=row.due_on,
            currency=row.currency,
            open_amount=row.open_amount,
            base_open_amount=row.base_open_amount,
            hold=row.hold,
            interest_until=row.interest_until,
        )
        for row in rows
    ]


def standing_of(dunning: Row) -> Standing:
    """How far a dunning has come."""
    return Standing(
        begun_on=dunning.begun_on,
        level=dunning.level,
        last_letter_on=dunning.last_letter_on,
        promised_until=dunning.promised_until,
        is_disputed=bool(dunning.disputed_because),
        has_ended=dunning.ended_on is not None,
    )


def dunnings(
    *, customer: str | None = None, only_running: bool = False, sort: str | None = None
) -> Select[Any]:
    """Dunnings that fit, the newest first unless sorted otherwise."""
    selected: Select[Any] = select(Dunning).add_columns(
        ProcessState.stage, ProcessState.waiting_on, ProcessState.exception
    )
    selected = selected.outerjoin(ProcessState, ProcessState.id == Dunning.process_id)
    wanted = matching(selected, {Dunning.customer_code: customer})
    if only_running:
        wanted = wanted.where(Dunning.ended_on.is_(None))
    columns = {
        "begun_on": Dunning.begun_on,
        "customer_code": Dunning.customer_code,
        "level": Dunning.level,
    }
    return sorted_by(wanted, sort or "-begun_on", columns, Dunning.id)


def dunning_view(row: Any) -> DunningView:
    """One row of `dunnings`."""
    return DunningView(dunning_id=row.id, **facts(row, DunningView))


async def dunning(tx: Transaction, dunning_id: UUID) -> DunningView:
    """One dunning. Refuses: NotFound."""
    row = (await tx.execute(dunnings().where(Dunning.id == dunning_id))).one_or_none()
    if row is None:
        raise NotFound(f"there is no dunning {dunning_id}")
    return dunning_view(row)


def letters(
    *,
    customer: str | None = None,
    number: str | None = None,
    dunning_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    sort: str | None = None,
) -> Select[Any]:
    """Letters that fit, the newest first unless sorted otherwise."""
    wanted = matching(
        select(DunningLetter),
        {
            DunningLetter.customer_code: customer,
            DunningLetter.number: number,
            DunningLetter.dunning_id: dunning_id,
        },
    )
    columns = {
        "written_on": DunningLetter.written_on,
        "number": DunningLetter.number,
        "total_amount": DunningLetter.total_amount,
    }
    wanted = between(wanted, DunningLetter.written_on, since, until)
    return sorted_by(wanted, sort or "-written_on", columns, DunningLetter.id)


def letter_summary(row: Any) -> DunningLetterSummary:
    """One row of `letters`."""
    return DunningLetterSummary(
        letter_id=row.id, letter_number=row.number, **facts(row, DunningLetterSummary)
    )


async def letter(tx: Transaction, letter_id: UUID) -> DunningLetterView:
    """One letter with its lines. Refuses: NotFound."""
    found = await tx.get(DunningLetter, letter_id)
    if found is None:
        raise NotFound(f"there is no dunning letter {letter_id}")
    lines = select(DunningLetterLine).where(DunningLetterLine.letter_id == letter_id)
    lines = lines.order_by(DunningLetterLine.line_number)
    return DunningLetterView(
        letter_id=found.id,
        letter_number=found.number,
        lines=[
            DunningLetterLineView(**facts(line, DunningLetterLineView)) for line in await tx.execute(lines)
        ],
        **facts(found, DunningLetterView),
    )
