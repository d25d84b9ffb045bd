"""Dunning as it is read: procedures, who is overdue, what is open, dunnings and letters."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    TextClause,
    Uuid,
    bindparam,
    func,
    literal_column,
    select,
    text,
)

from domains.ledger.queries.documents import reversal_of
from domains.master_data.queries import TODAY
from domains.receivables.messages import DunningLevel, PutDunningProcedure
from domains.receivables.rules.dunning import OpenPosition, PositionKind, Standing, stage_of
from domains.receivables.tables.dunning import (
    Dunning,
    DunningLetter,
    DunningLetterLine,
    DunningProcedure,
    DunningProcedureCustomer,
)
from foundation.database.connections import facts, rows_of
from foundation.database.lists import Listing, between, equal, named, only
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity

_PROCEDURE_OF = """
    SELECT p.levels FROM receivables.dunning_procedure p
        LEFT JOIN receivables.dunning_procedure_customer c
            ON c.procedure_code = p.code AND c.customer_code = {customer}
    WHERE c.customer_code IS NOT NULL OR p.is_default
    ORDER BY c.customer_code IS NULL LIMIT 1
"""
_LEVELS = text(_PROCEDURE_OF.format(customer=":customer"))

# An invoice that is overdue and that letters may speak of; the customer has less on account in its currency.
_NEWLY_OVERDUE = f"""
    SELECT DISTINCT ON (i.party_code) i.party_code AS customer_code, i.id AS first_item_id
    FROM ledger.open_item i
        JOIN LATERAL ({_PROCEDURE_OF.format(customer="i.party_code")}) AS p ON true
    WHERE i.party_type = 'customer' AND i.party_code > :last AND i.document_type = 'invoice'
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
# Whose next letter may be due, or whose dunning may be over; what it comes to, says the rule when it is done.
_MAY_HAVE_MORE = f"""
    SELECT d.customer_code, CAST(NULL AS uuid) AS first_item_id
    FROM receivables.dunning d
        LEFT JOIN LATERAL ({_PROCEDURE_OF.format(customer="d.customer_code")}) AS p ON true
        LEFT JOIN LATERAL (
            SELECT min(i.due_on) FILTER (WHERE i.open_amount > 0 AND i.document_type = 'invoice'
                    AND h.kind IS DISTINCT FROM 'stopped') AS first_due_on,
                bool_or(i.open_amount < 0) AS has_money
            FROM ledger.open_item i
                LEFT JOIN receivables.dunning_hold h ON h.open_item_id = i.id AND NOT h.lifted
            WHERE i.party_type = 'customer' AND i.party_code = d.customer_code AND i.open_amount <> 0
        ) AS o ON true
    WHERE d.ended_on IS NULL AND d.customer_code > :last
        AND (coalesce(jsonb_array_length(p.levels), 0) = 0 OR o.has_money
            OR o.first_due_on IS NULL OR o.first_due_on >= :on
            OR (d.disputed_because = '' AND d.level < jsonb_array_length(p.levels)
                AND (d.promised_until IS NULL OR d.promised_until < :on)
                AND d.last_letter_on IS DISTINCT FROM :on
                AND o.first_due_on + CAST(p.levels -> d.level ->> 'days_overdue' AS integer) <= :on
                AND (d.last_letter_on IS NULL OR d.last_letter_on
                    + CAST(p.levels -> d.level ->> 'min_days_since_last_letter' AS integer) <= :on)))
    ORDER BY d.customer_code LIMIT :limit
    """
_TO_REMIND = text(
    f"SELECT * FROM (({_NEWLY_OVERDUE}) UNION ALL ({_MAY_HAVE_MORE})) AS found "
    "ORDER BY customer_code LIMIT :limit"
).bindparams(bindparam("on", type_=Date))

# Locked in the order of their ids, as by whoever settles them; read by a statement of its own, which sees
# what they have left on account meanwhile.
_LOCK_POSITIONS = text(
    """
    SELECT id FROM ledger.open_item
    WHERE party_type = 'customer' AND party_code = :customer AND open_amount <> 0 ORDER BY id FOR UPDATE
    """
)
_POSITIONS = text(
    """
    SELECT i.id, i.document_on, i.due_on, i.currency, i.open_amount, i.base_open_amount,
        CASE WHEN i.on_account THEN 'on_account'
            WHEN i.document_type = 'dunning_letter' THEN 'charge' ELSE 'invoice' END AS kind,
        i.document_number, h.kind AS hold,
        (SELECT max(d.interest_until) FROM receivables.dunning_letter_line d
         WHERE d.open_item_id = i.id) AS interest_until
    FROM ledger.open_item i LEFT JOIN receivables.dunning_hold h ON h.open_item_id = i.id AND NOT h.lifted
    WHERE i.party_type = 'customer' AND i.party_code = :customer AND i.open_amount <> 0
    ORDER BY i.due_on, i.id
    """
)


class DunningProcedureView(PutDunningProcedure):
    """A procedure as it stands."""

    version: int


class DunningView(Message):
    """A customer that is being reminded, or was; what is waited for, and on whom."""

    dunning_id: UUID
    customer_code: str
    begun_on: date
    level: int
    last_letter_on: date | None
    promised_until: date | None
    disputed_because: str
    ended_on: date | None
    outcome: str | None
    ended_because: str
    stage: str
    waiting_on: str | None


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
    reversed_by: str | None = None
    """The number of the reversal, when what it charged was taken back."""


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

    company: dict[str, Any]
    """Who we were when it was written, with the bank account of its currency."""
    customer: dict[str, Any]
    """Who the customer was then."""
    text: str
    rate: ShownQuantity
    interest_percent: ShownQuantity
    lines: list[DunningLetterLineView]


_NAMED = (
    select(func.array_agg(DunningProcedureCustomer.customer_code.distinct()))
    .where(DunningProcedureCustomer.procedure_code == DunningProcedure.code)
    .scalar_subquery()
)
PROCEDURES: Select[Any] = select(DunningProcedure).add_columns(_NAMED.label("customers"))


def procedure_view(row: Any) -> DunningProcedureView:
    """One row of `PROCEDURES`."""
    return DunningProcedureView.model_validate(
        {name: getattr(row, name) for name in ("code", "name", "is_default", "levels", "version")}
        | {"customers": sorted(row.customers or ())},
        strict=False,
    )


async def levels_for(tx: Transaction, customer_code: str) -> Sequence[DunningLevel]:
    """The levels of the procedure that is for a customer; none when it is not to be reminded."""
    found = await tx.scalar(_LEVELS, {"customer": customer_code})
    return [DunningLevel.model_validate(level, strict=False) for level in found or ()]


async def to_remind(tx: Transaction, on: date, last: str, at_most: int) -> list[Row]:
    """Customers to be reminded that are not, and those whose dunning may have more to do on a day; by code,
    behind the last. `first_item_id` is what the first of them owe the longest.
    """
    return (await tx.execute(_TO_REMIND, {"on": on, "last": last, "limit": at_most})).all()


async def positions(tx: Transaction, customer_code: str, *, locked: bool) -> list[OpenPosition]:
    """Everything that is open for a customer, the earliest due first."""
    of = {"customer": customer_code}
    if locked:
        await tx.execute(_LOCK_POSITIONS, of)
    rows = await tx.execute(_POSITIONS, of)
    return [
        OpenPosition(
            item_id=row.id,
            kind=PositionKind(row.kind),
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


_LEVELS_OF = literal_column(
    f"coalesce(jsonb_array_length(({_PROCEDURE_OF.format(customer='dunning.customer_code')})), 0)", Integer
).label("levels")
_ALL_DISPUTED = """
    SELECT coalesce(bool_and(h.kind IS NOT NULL) AND bool_or(h.kind = 'disputed'), false)
    FROM ledger.open_item i LEFT JOIN receivables.dunning_hold h ON h.open_item_id = i.id AND NOT h.lifted
    WHERE i.party_type = 'customer' AND i.party_code = dunning.customer_code AND i.document_type = 'invoice'
        AND i.open_amount > 0 AND i.due_on < {on}
    """


def _dunnings(all_disputed: TextClause, on: ColumnElement[date]) -> Select[Any]:
    """All dunnings; `all_disputed` is what of them is on a day."""
    disputed = all_disputed.columns(all_disputed=Boolean).scalar_subquery().label("all_disputed")
    selected: Select[Any] = select(Dunning)
    return selected.add_columns(_LEVELS_OF, disputed, on.label("on"))


_DAY = bindparam("on", type_=Date)
_DUNNING = _dunnings(text(_ALL_DISPUTED.format(on=":on")).bindparams(_DAY), _DAY).where(
    Dunning.id == bindparam("dunning", type_=Uuid)
)


def dunning_view(row: Any) -> DunningView:
    """One row of `DUNNINGS`, as it stands on its day."""
    standing = standing_of(row)
    shown = stage_of(standing, row.outcome, row.levels, all_disputed=row.all_disputed, on=row.on)
    return DunningView(dunning_id=row.id, **facts(row, DunningView), **vars(shown))


DUNNINGS = Listing(
    name="dunnings",
    about="Who is being reminded, the newest first.",
    view=DunningView,
    rows=_dunnings(text(_ALL_DISPUTED.format(on=TODAY)), literal_column(TODAY, Date)),
    to_view=dunning_view,
    filters=(
        equal(Dunning.customer_code, "customer"),
        equal(Dunning.level),
        *between(Dunning.begun_on),
        only("only_running", Dunning.ended_on.is_(None), "Only those that have not ended"),
    ),
    sorts=named(Dunning.begun_on, Dunning.customer_code, Dunning.level),
    order="-begun_on",
    unique=(Dunning.id,),
)


async def dunning(tx: Transaction, dunning_id: UUID, on: date) -> DunningView:
    """One dunning, as it stands on a day. Refuses: NotFound."""
    row = await tx.existing(_DUNNING, f"dunning {dunning_id}", {"dunning": dunning_id, "on": on})
    return dunning_view(row)


_LETTERS = select(
    *rows_of(DunningLetter).c, reversal_of("dunning_letter", DunningLetter.id).label("reversed_by")
)


def letter_summary(row: Any) -> DunningLetterSummary:
    """One row of `LETTERS`."""
    return DunningLetterSummary(
        letter_id=row.id, letter_number=row.number, **facts(row, DunningLetterSummary)
    )


LETTERS = Listing(
    name="dunning_letters",
    about="Letters, the newest first.",
    view=DunningLetterSummary,
    rows=_LETTERS,
    to_view=letter_summary,
    filters=(
        equal(DunningLetter.customer_code, "customer"),
        equal(DunningLetter.number),
        equal(DunningLetter.dunning_id),
        *between(DunningLetter.written_on),
        *between(DunningLetter.total_amount),
    ),
    sorts=named(DunningLetter.written_on, DunningLetter.number, DunningLetter.total_amount),
    order="-written_on",
    unique=(DunningLetter.id,),
)


async def letter(tx: Transaction, letter_id: UUID) -> DunningLetterView:
    """One letter with its lines. Refuses: NotFound."""
    found = await tx.existing(_LETTERS.where(DunningLetter.id == letter_id), f"dunning letter {letter_id}")
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
